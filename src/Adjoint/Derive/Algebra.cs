namespace Adjoint;

/// <summary>Expressions built with the identities of 0 and 1, and constants folded; nothing that could hide a NaN of an operand.</summary>
static class Algebra
{
    public static Expr Add(Expr a, Expr b) => (a, b) switch
    {
        (Number { Value: 0 }, _) => b,
        (_, Number { Value: 0 }) => a,
        (Number x, Number y) => new Number(x.Value + y.Value),
        (_, Negate n) => Subtract(a, n.Value),
        (_, Number { Value: < 0 } y) => new Binary(Arithmetic.Subtract, a, new Number(-y.Value)),
        _ => new Binary(Arithmetic.Add, a, b),
    };

    public static Expr Subtract(Expr a, Expr b) => (a, b) switch
    {
        (_, Number { Value: 0 }) => a,
        (Number { Value: 0 }, _) => Negate(b),
        (Number x, Number y) => new Number(x.Value - y.Value),
        (_, Negate n) => Add(a, n.Value),
        _ => new Binary(Arithmetic.Subtract, a, b),
    };

    public static Expr Multiply(Expr a, Expr b) => (a, b) switch
    {
        (Number { Value: 0 }, _) or (_, Number { Value: 0 }) => Expr.Zero,
        (Number { Value: 1 }, _) => b,
        (_, Number { Value: 1 }) => a,
        (Number { Value: -1 }, _) => Negate(b),
        (_, Number { Value: -1 }) => Negate(a),
        (Number x, Number y) => new Number(x.Value * y.Value),
        _ => new Binary(Arithmetic.Multiply, a, b),
    };

    public static Expr Divide(Expr a, Expr b) => (a, b) switch
    {
        (Number { Value: 0 }, _) => Expr.Zero,
        (_, Number { Value: 1 }) => a,
        _ => new Binary(Arithmetic.Divide, a, b),
    };

    public static Expr Negate(Expr a) => a switch
    {
        Number n => new Number(-n.Value),
        Negate n => n.Value,
        _ => new Negate(a),
    };

    /// <summary>The opposite condition. Floating data keep <c>not</c>: with a NaN both a &lt; b and a &gt;= b are false.</summary>
    public static Expr Not(Expr condition, Func<Expr, bool> isOrdered) => condition switch
    {
        Not not => not.Value,
        Compare compare when isOrdered(compare.Left) && isOrdered(compare.Right) => compare with { Operator = Opposite(compare.Operator) },
        _ => new Not(condition),
    };

    static Comparison Opposite(Comparison comparison) => comparison switch
    {
        Comparison.Equal => Comparison.NotEqual,
        Comparison.NotEqual => Comparison.Equal,
        Comparison.Less => Comparison.GreaterOrEqual,
        Comparison.LessOrEqual => Comparison.Greater,
        Comparison.Greater => Comparison.LessOrEqual,
        _ => Comparison.Less,
    };
}
