namespace Adjoint;

/// <summary>The error function in double, about 1 ulp: .NET has none.</summary>
static class ErrorFunction
{
    /// <summary>2 / sqrt(pi) times the integral of exp(-u²) from 0 to <paramref name="x"/>.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        var a = Math.Abs(x);
        if (a > 6) return Math.Sign(x); // 1 - erf(6) is 2e-17, below half an ulp of 1
        return a < 2.5 ? Series(x) : Math.Sign(x) * (1 - Tail(a));
    }

    // exp(-x²) times a series of positive terms: no cancellation.
    static double Series(double x)
    {
        double term = x, sum = x;
        for (var n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // The continued fraction of erfc, evaluated from the bottom: 60 levels reach double precision from 2.5 up.
    static double Tail(double x)
    {
        var fraction = x;
        for (var k = 60; k >= 1; k--) fraction = x + k / 2.0 / fraction;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
