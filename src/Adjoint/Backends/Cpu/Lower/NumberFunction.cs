namespace Adjoint;

/// <summary>Expressions of arguments and constants, the same at every point, as functions of the arguments.</summary>
static class NumberFunction
{
    /// <summary>Whether an expression is one that depends on an argument.</summary>
    public static bool Fits(BoundProgram program, Expr expr) => program.Constant(expr) is null
        && !expr.Any(e => e is not (Number or ExtentValue or AttributeValue or Negate or Binary or Call or Stop));

    /// <summary>It allocates when it is made, not when it is called.</summary>
    public static Func<double[], double> Of(BoundProgram program, Expr expr)
    {
        if (program.Constant(expr) is { } constant) return _ => constant;
        if (expr is AttributeValue attribute)
        {
            var number = program.Argument(attribute.Name);
            return numbers => numbers[number];
        }
        var parts = expr.Parts().Select(p => Of(program, p)).ToArray();
        var (a, b) = (parts[0], parts[^1]);
        return expr switch
        {
            Negate => n => -a(n),
            Stop => a,
            Call call => n => call.Function.Value(a(n), b(n)),
            Binary { Operator: Arithmetic.Add } => n => a(n) + b(n),
            Binary { Operator: Arithmetic.Subtract } => n => a(n) - b(n),
            Binary { Operator: Arithmetic.Multiply } => n => a(n) * b(n),
            Binary { Operator: Arithmetic.Divide } => n => a(n) / b(n),
            Binary => n => a(n) - Math.Floor(a(n) / b(n)) * b(n),
            _ => throw Throw.Internal($"{expr} is no number"),
        };
    }
}
