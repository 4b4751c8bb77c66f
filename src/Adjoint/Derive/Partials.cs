namespace Adjoint;

/// <summary>What one read of a line passes back: <c>d(read) += Value  if Guards</c>.</summary>
/// <param name="Guards">Conditions of the <c>where</c> branches around the read.</param>
sealed record Partial(Access Read, EquatableArray<Expr> Guards, Expr Value);

/// <summary>The chain rule inside one expression, from its value down to the cells it reads.</summary>
sealed class Partials
{
    // Derivatives of the table, parsed once: (function, argument) to an expression in the axes a, b and y.
    static readonly Dictionary<(ScalarFunction, int), Expr> Derivatives = ScalarFunction.All
        .SelectMany(f => f.Derivatives.Select((text, i) => ((f, i), Parser.Expression(text)))).ToDictionary(p => p.Item1, p => p.Item2);

    readonly List<Partial> found = [];
    readonly Func<Expr, bool> isOrdered;

    Partials(Func<Expr, bool> isOrdered) => this.isOrdered = isOrdered;

    /// <param name="given">Gradient of the expression's value.</param>
    /// <returns>One entry for each cell read (under each guard), in text order; reads without gradient are left to the caller.</returns>
    public static List<Partial> Of(Expr expr, Expr given, Func<Expr, bool> isOrdered)
    {
        var partials = new Partials(isOrdered);
        partials.Descend(expr, given, []);
        return partials.found;
    }

    void Descend(Expr expr, Expr given, EquatableArray<Expr> guards)
    {
        if (given is Number { Value: 0 }) return;
        switch (expr)
        {
            case Access access: Add(access, guards, given); break;
            case Negate negate: Descend(negate.Value, Algebra.Negate(given), guards); break;
            case Binary { Operator: Arithmetic.Add } sum:
                Descend(sum.Left, given, guards);
                Descend(sum.Right, given, guards);
                break;
            case Binary { Operator: Arithmetic.Subtract } difference:
                Descend(difference.Left, given, guards);
                Descend(difference.Right, Algebra.Negate(given), guards);
                break;
            case Binary { Operator: Arithmetic.Multiply } product:
                Descend(product.Left, Algebra.Multiply(given, product.Right), guards);
                Descend(product.Right, Algebra.Multiply(given, product.Left), guards);
                break;
            case Binary { Operator: Arithmetic.Divide } quotient:
                Descend(quotient.Left, Algebra.Divide(given, quotient.Right), guards);
                // in output form -(a/b)/b, so that a forward line that computes a/b is recognised
                Descend(quotient.Right, Algebra.Negate(Algebra.Divide(Algebra.Multiply(given, quotient), quotient.Right)), guards);
                break;
            case Call call:
                for (var i = 0; i < call.Arguments.Count; i++)
                    Descend(call.Arguments[i], Algebra.Multiply(given, Derivative(call, i)), guards);
                break;
            case Where where:
                Descend(where.Then, given, [.. guards, where.Condition]);
                Descend(where.Else, given, [.. guards, Algebra.Not(where.Condition, isOrdered)]);
                break;
        }
    }

    static Expr Derivative(Call call, int argument) => Derivatives[(call.Function, argument)].Map(node => node switch
    {
        AxisValue { Axis: "a" } => call.Arguments[0],
        AxisValue { Axis: "b" } => call.Arguments[1],
        AxisValue { Axis: "y" } => call,
        Binary { Operator: Arithmetic.Subtract } b => Algebra.Subtract(b.Left, b.Right), // pow(a, 3 - 1) is pow(a, 2)
        _ => node,
    });

    void Add(Access read, EquatableArray<Expr> guards, Expr value)
    {
        var at = found.FindIndex(p => p.Read == read && p.Guards == guards);
        if (at < 0) found.Add(new(read, guards, value));
        else found[at] = found[at] with { Value = Algebra.Add(found[at].Value, value) };
    }
}
