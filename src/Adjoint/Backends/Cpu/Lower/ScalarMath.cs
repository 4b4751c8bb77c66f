namespace Adjoint;

/// <summary>Functions of the notation as scalar methods that kernels call where they have no code of their own.</summary>
static class ScalarMath
{
    static readonly Dictionary<string, Delegate> Methods = new()
    {
        ["exp"] = (Func<double, double>)Math.Exp,
        ["log"] = (Func<double, double>)Math.Log,
        ["log1p"] = (Func<double, double>)Log1p,
        ["tanh"] = (Func<double, double>)Math.Tanh,
        ["sigmoid"] = (Func<double, double>)Sigmoid,
        ["softplus"] = (Func<double, double>)Softplus,
        ["erf"] = (Func<double, double>)ErrorFunction.Erf,
        ["sin"] = (Func<double, double>)Math.Sin,
        ["cos"] = (Func<double, double>)Math.Cos,
        ["atan"] = (Func<double, double>)Math.Atan,
        ["pow"] = (Func<double, double, double>)Math.Pow,
        ["%"] = (Func<double, double, double>)Remainder,
    };

    /// <summary>A call of a function on doubles.</summary>
    public static CodeExpr Call(string function, params CodeExpr[] args) =>
        Methods.TryGetValue(function, out var method) ? new CodeCall(method.Method, CodeType.Double, args)
            : throw Throw.Internal($"kernels have no function {function}");

    static double Log1p(double a) => ScalarFunction.Named("log1p").Value(a, 0);

    static double Sigmoid(double a) => a >= 0 ? 1 / (1 + Math.Exp(-a)) : Math.Exp(a) / (1 + Math.Exp(a));

    static double Softplus(double a) => ScalarFunction.Named("softplus").Value(a, 0);

    /// <summary>What `%` leaves: exact for whole numbers, with the sign of the divisor.</summary>
    public static double Remainder(double a, double b)
    {
        var remainder = a % b;
        return remainder != 0 && remainder < 0 != b < 0 ? remainder + b : remainder;
    }
}
