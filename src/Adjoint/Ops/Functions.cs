namespace Adjoint;

// Every function is written in the scalar functions of the notation, in a form that keeps the low bits where a
// plain formula would lose them (asinh, atanh, expm1); its derivative follows from that form.

/// <summary>Elementwise exponential, logarithm, circular and hyperbolic functions, and the error function.</summary>
public static class FunctionOps
{
    /// <summary>e to the power x.</summary>
    public static readonly Op Exp = Op.Define("""
        exp(x[..]) -> y
          y[..] = exp(x[..])
        """);

    /// <summary>2 to the power x.</summary>
    public static readonly Op Exp2 = Op.Define("""
        exp2(x[..]) -> y
          y[..] = exp(0.6931471805599453 * x[..])
        """);

    /// <summary>exp(x) - 1, exact for small x: with t = tanh(x/2) it is 2t / (1 - t).</summary>
    public static readonly Op Expm1 = Op.Define("""
        expm1(x[..]) -> y
          t[..] = tanh(0.5 * x[..])
          y[..] = where(abs(x[..]) < 1, 2 * t[..] / (1 - t[..]), exp(x[..]) - 1)
        """).Within("x", -2, 2);

    /// <summary>The natural logarithm.</summary>
    public static readonly Op Log = Op.Define("""
        log(x[..]) -> y
          y[..] = log(x[..])
        """).Within("x", 0.1, 3);

    /// <summary>The logarithm to base 2.</summary>
    public static readonly Op Log2 = Op.Define("""
        log2(x[..]) -> y
          y[..] = log(x[..]) / 0.6931471805599453
        """).Within("x", 0.1, 3);

    /// <summary>The logarithm to base 10.</summary>
    public static readonly Op Log10 = Op.Define("""
        log10(x[..]) -> y
          y[..] = log(x[..]) / 2.302585092994046
        """).Within("x", 0.1, 3);

    /// <summary>log(1 + x), exact for small x.</summary>
    public static readonly Op Log1p = Op.Define("""
        log1p(x[..]) -> y
          y[..] = log1p(x[..])
        """).Within("x", -0.7, 2);

    /// <summary>log(exp(x) + exp(z)) without overflow.</summary>
    public static readonly Op LogAddExp = Op.Define("""
        log_add_exp(x[..], z[..]) -> y
          y[..] = z[..] + softplus(x[..] - z[..])
        """);

    /// <summary>log(x / (1 - x)), the inverse of the sigmoid.</summary>
    public static readonly Op Logit = Op.Define("""
        logit(x[..]) -> y
          y[..] = log(x[..]) - log1p(-x[..])
        """).Within("x", 0.1, 0.9);

    /// <summary>x log x, and 0 at 0: the terms of an entropy.</summary>
    public static readonly Op XLogX = Op.Define("""
        x_log_x(x[..]) -> y
          y[..] = where(x[..] > 0, x[..] * log(x[..]), 0)
        """).Within("x", 0.1, 3);

    /// <summary>Sine of an angle in radians.</summary>
    public static readonly Op Sin = Op.Define("""
        sin(x[..]) -> y
          y[..] = sin(x[..])
        """);

    /// <summary>Cosine of an angle in radians.</summary>
    public static readonly Op Cos = Op.Define("""
        cos(x[..]) -> y
          y[..] = cos(x[..])
        """);

    /// <summary>Tangent of an angle in radians.</summary>
    public static readonly Op Tan = Op.Define("""
        tan(x[..]) -> y
          y[..] = sin(x[..]) / cos(x[..])
        """).Within("x", -1.2, 1.2);

    /// <summary>The angle in [-pi/2, pi/2] whose sine is x.</summary>
    public static readonly Op Asin = Op.Define("""
        asin(x[..]) -> y
          y[..] = atan(x[..] / sqrt((1 - x[..]) * (1 + x[..])))
        """).Within("x", -0.9, 0.9);

    /// <summary>The angle in [0, pi] whose cosine is x.</summary>
    public static readonly Op Acos = Op.Define("""
        acos(x[..]) -> y
          y[..] = 2 * atan(sqrt((1 - x[..]) / (1 + x[..])))
        """).Within("x", -0.9, 0.9);

    /// <summary>The angle in (-pi/2, pi/2) whose tangent is x.</summary>
    public static readonly Op Atan = Op.Define("""
        atan(x[..]) -> y
          y[..] = atan(x[..])
        """);

    /// <summary>The angle of the point (x, z) in (-pi, pi]; 0 at the origin. The quotient is kept at most 1.</summary>
    public static readonly Op Atan2 = Op.Define("""
        atan2(z[..], x[..]) -> y
          turn[..] = where(x[..] >= 0, 0, where(z[..] >= 0, 3.141592653589793, -3.141592653589793))
          flat[..] = where(x[..] == 0, 0, atan(z[..] / x[..]))
          side[..] = sign(z[..]) * 1.5707963267948966
          y[..]    = where(abs(x[..]) >= abs(z[..]), flat[..] + turn[..], side[..] - atan(x[..] / z[..]))
        """);

    /// <summary>(exp(x) - exp(-x)) / 2.</summary>
    public static readonly Op Sinh = Op.Define("""
        sinh(x[..]) -> y
          y[..] = 0.5 * (exp(x[..]) - exp(-x[..]))
        """);

    /// <summary>(exp(x) + exp(-x)) / 2.</summary>
    public static readonly Op Cosh = Op.Define("""
        cosh(x[..]) -> y
          y[..] = 0.5 * (exp(x[..]) + exp(-x[..]))
        """);

    /// <summary>The hyperbolic tangent.</summary>
    public static readonly Op Tanh = Op.Define("""
        tanh(x[..]) -> y
          y[..] = tanh(x[..])
        """);

    /// <summary>The inverse of sinh: log(x + sqrt(1 + x²)), exact for small and for negative x.</summary>
    public static readonly Op Asinh = Op.Define("""
        asinh(x[..]) -> y
          r[..] = 1 + sqrt(1 + square(x[..]))
          y[..] = where(x[..] >= 0, log1p(x[..] + square(x[..]) / r[..]), -log1p(-x[..] + square(x[..]) / r[..]))
        """);

    /// <summary>The inverse of cosh, for x of at least 1.</summary>
    public static readonly Op Acosh = Op.Define("""
        acosh(x[..]) -> y
          y[..] = log1p(x[..] - 1 + sqrt((x[..] - 1) * (x[..] + 1)))
        """).Within("x", 1.2, 3);

    /// <summary>The inverse of tanh, for x between -1 and 1.</summary>
    public static readonly Op Atanh = Op.Define("""
        atanh(x[..]) -> y
          y[..] = 0.5 * (log1p(x[..]) - log1p(-x[..]))
        """).Within("x", -0.9, 0.9);

    /// <summary>The error function.</summary>
    public static readonly Op Erf = Op.Define("""
        erf(x[..]) -> y
          y[..] = erf(x[..])
        """);

    /// <summary>1 - erf(x). Where erf rounds to 1 the result is 0.</summary>
    public static readonly Op Erfc = Op.Define("""
        erfc(x[..]) -> y
          y[..] = 1 - erf(x[..])
        """);

    /// <summary>The probability that a standard normal number is at most x.</summary>
    public static readonly Op NormalCdf = Op.Define("""
        normal_cdf(x[..]) -> y
          y[..] = 0.5 * (1 + erf(0.7071067811865476 * x[..]))
        """);

    internal static Op[] All =>
    [
        Exp, Exp2, Expm1, Log, Log2, Log10, Log1p, LogAddExp, Logit, XLogX, Sin, Cos, Tan, Asin, Acos, Atan, Atan2,
        Sinh, Cosh, Tanh, Asinh, Acosh, Atanh, Erf, Erfc, NormalCdf,
    ];
}

public sealed partial class Tensor
{
    /// <summary>e to the power x: [..].</summary>
    public Tensor Exp() => FunctionOps.Exp.Call([this]);

    /// <summary>2 to the power x: [..].</summary>
    public Tensor Exp2() => FunctionOps.Exp2.Call([this]);

    /// <summary>exp(x) - 1, exact for small x: [..].</summary>
    public Tensor Expm1() => FunctionOps.Expm1.Call([this]);

    /// <summary>The natural logarithm: [..].</summary>
    public Tensor Log() => FunctionOps.Log.Call([this]);

    /// <summary>The logarithm to base 2: [..].</summary>
    public Tensor Log2() => FunctionOps.Log2.Call([this]);

    /// <summary>The logarithm to base 10: [..].</summary>
    public Tensor Log10() => FunctionOps.Log10.Call([this]);

    /// <summary>log(1 + x), exact for small x: [..].</summary>
    public Tensor Log1p() => FunctionOps.Log1p.Call([this]);

    /// <summary>The inverse of the sigmoid: [..].</summary>
    public Tensor Logit() => FunctionOps.Logit.Call([this]);

    /// <summary>x log x, 0 at 0: [..].</summary>
    public Tensor XLogX() => FunctionOps.XLogX.Call([this]);

    /// <summary>Sine: [..].</summary>
    public Tensor Sin() => FunctionOps.Sin.Call([this]);

    /// <summary>Cosine: [..].</summary>
    public Tensor Cos() => FunctionOps.Cos.Call([this]);

    /// <summary>Tangent: [..].</summary>
    public Tensor Tan() => FunctionOps.Tan.Call([this]);

    /// <summary>Inverse sine: [..].</summary>
    public Tensor Asin() => FunctionOps.Asin.Call([this]);

    /// <summary>Inverse cosine: [..].</summary>
    public Tensor Acos() => FunctionOps.Acos.Call([this]);

    /// <summary>Inverse tangent: [..].</summary>
    public Tensor Atan() => FunctionOps.Atan.Call([this]);

    /// <summary>Hyperbolic sine: [..].</summary>
    public Tensor Sinh() => FunctionOps.Sinh.Call([this]);

    /// <summary>Hyperbolic cosine: [..].</summary>
    public Tensor Cosh() => FunctionOps.Cosh.Call([this]);

    /// <summary>Hyperbolic tangent: [..].</summary>
    public Tensor Tanh() => FunctionOps.Tanh.Call([this]);

    /// <summary>Inverse of sinh: [..].</summary>
    public Tensor Asinh() => FunctionOps.Asinh.Call([this]);

    /// <summary>Inverse of cosh: [..].</summary>
    public Tensor Acosh() => FunctionOps.Acosh.Call([this]);

    /// <summary>Inverse of tanh: [..].</summary>
    public Tensor Atanh() => FunctionOps.Atanh.Call([this]);

    /// <summary>The error function: [..].</summary>
    public Tensor Erf() => FunctionOps.Erf.Call([this]);

    /// <summary>1 - erf(x): [..].</summary>
    public Tensor Erfc() => FunctionOps.Erfc.Call([this]);

    /// <summary>The probability that a standard normal number is at most x: [..].</summary>
    public Tensor NormalCdf() => FunctionOps.NormalCdf.Call([this]);

    /// <summary>log(exp(x) + exp(z)) without overflow: [..].</summary>
    public Tensor LogAddExp(Tensor z) => FunctionOps.LogAddExp.Call([this, z]);

    /// <summary>The angle of the point (x, this): [..].</summary>
    public Tensor Atan2(Tensor x) => FunctionOps.Atan2.Call([this, x]);
}
