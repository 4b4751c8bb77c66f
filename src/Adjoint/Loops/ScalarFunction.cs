namespace Adjoint;

// The whole calculus of scalars is this table: a row is a name, its value, and its partial derivatives in the notation,
// written in the arguments a, b and in the function's own value y. Nothing else knows what a function is.

/// <summary>A named function of one or two numbers.</summary>
/// <param name="Derivatives">One expression per argument in <c>a</c>, <c>b</c> and <c>y</c>.</param>
public sealed record ScalarFunction(string Name, int Arity, Func<double, double, double> Value, EquatableArray<string> Derivatives)
{
    public static readonly EquatableArray<ScalarFunction> All =
    [
        Unary("exp", Math.Exp, "y"),
        Unary("log", Math.Log, "1 / a"),
        Unary("log1p", Log1p, "1 / (1 + a)"),
        Unary("tanh", Math.Tanh, "1 - square(y)"),
        Unary("sigmoid", Sigmoid, "y * (1 - y)"),
        Unary("softplus", Softplus, "sigmoid(a)"),
        Unary("erf", ErrorFunction.Erf, "1.1283791670955126 * exp(-square(a))"),
        Unary("sqrt", Math.Sqrt, "0.5 / y"),
        Unary("square", a => a * a, "2 * a"),
        Unary("abs", Math.Abs, "sign(a)"),
        Unary("sign", a => double.IsNaN(a) ? a : Math.Sign(a), "0"),
        Unary("floor", Math.Floor, "0"),
        Unary("sin", Math.Sin, "cos(a)"),
        Unary("cos", Math.Cos, "-sin(a)"),
        Unary("atan", Math.Atan, "1 / (1 + square(a))"),
        new("pow", 2, Math.Pow, ["b * pow(a, b - 1)", "where(a > 0, y * log(a), 0)"]),
        new("max", 2, (a, b) => a >= b || double.IsNaN(a) ? a : b, ["a >= b", "a < b"]),
        new("min", 2, (a, b) => a <= b || double.IsNaN(a) ? a : b, ["a <= b", "a > b"]),
    ];

    static readonly Dictionary<string, ScalarFunction> ByName = All.ToDictionary(f => f.Name);

    public static ScalarFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The function of that name; it must exist.</summary>
    public static ScalarFunction Named(string name) => ByName[name];

    // A row is its name: two rows are equal when their names are, and comparing delegates would only cost time.
    public bool Equals(ScalarFunction? other) => ReferenceEquals(this, other);
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    static ScalarFunction Unary(string name, Func<double, double> value, string derivative) =>
        new(name, 1, (a, _) => value(a), [derivative]);

    static double Sigmoid(double a) => a >= 0 ? 1 / (1 + Math.Exp(-a)) : Math.Exp(a) / (1 + Math.Exp(a));

    static double Softplus(double a) => Math.Max(a, 0) + Log1p(Math.Exp(-Math.Abs(a)));

    // log(1 + a) without losing the low bits of a small a (the correction is Kahan's: log(u) * a / (u - 1)).
    static double Log1p(double a)
    {
        var u = 1 + a;
        if (u == 1) return a;
        return double.IsInfinity(u) ? Math.Log(u) : Math.Log(u) * (a / (u - 1));
    }
}
