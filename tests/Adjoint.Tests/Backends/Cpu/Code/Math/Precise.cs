namespace Adjoint.Tests;

// A number as the sum of two doubles, about 100 bits, and the functions of the notation in it: slow, plain series, written
// to be right. What the vector functions in double are measured against.

/// <summary>high + low with |low| at most half a unit in the last place of high.</summary>
readonly record struct Precise(double High, double Low)
{
    static readonly Precise Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);
    static readonly Precise TwoByRootPi = new(1.1283791670955126, 1.533545961316588e-17);

    // pi / 2 in three doubles: what is left after taking off many of them must still have 100 bits.
    static readonly double[] HalfPi = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33];

    public static implicit operator Precise(double value) => new(value, 0);

    public static Precise operator +(Precise a, Precise b)
    {
        var (high, low) = Sum(a.High, b.High);
        var (low1, low2) = Sum(a.Low, b.Low);
        (high, low) = Ordered(high, low + low1);
        return Ordered(high, low + low2);
    }

    public static Precise operator -(Precise a) => new(-a.High, -a.Low);
    public static Precise operator -(Precise a, Precise b) => a + -b;

    public static Precise operator *(Precise a, Precise b)
    {
        var product = a.High * b.High;
        return Ordered(product, Math.FusedMultiplyAdd(a.High, b.High, -product) + (a.High * b.Low + a.Low * b.High));
    }

    public static Precise operator /(Precise a, Precise b)
    {
        var first = a.High / b.High;
        var rest = a - b * first;
        var second = rest.High / b.High;
        rest -= b * second;
        return new Precise(first, 0) + second + rest.High / b.High;
    }

    /// <summary>The distance of a double from this number, in units of the last place of the double nearest to it.</summary>
    public double Ulps(double value)
    {
        if (double.IsNaN(High)) return double.IsNaN(value) ? 0 : double.PositiveInfinity;
        if (value == High && (double.IsInfinity(value) || Low == 0)) return 0;
        if (!double.IsFinite(value) || !double.IsFinite(High)) return double.PositiveInfinity;
        var magnitude = Math.Abs(High);
        return Math.Abs((this - value).High) / (magnitude == double.MaxValue ? magnitude - Math.BitDecrement(magnitude) : Math.BitIncrement(magnitude) - magnitude);
    }

    public static Precise Exp(Precise x)
    {
        var n = Math.Round(x.High / Ln2.High);
        var r = (x - Ln2 * n) * (1.0 / 256);
        Precise sum = 1, term = 1;
        for (var k = 1; k < 14; k++) sum += term = term * r / k;
        for (var k = 0; k < 8; k++) sum *= sum;
        // In two steps, so that a result below the normal numbers is rounded once.
        var scale = Math.ScaleB(1, (int)n / 2);
        return new(sum.High * scale * Math.ScaleB(1, (int)n - (int)n / 2), sum.Low * scale * Math.ScaleB(1, (int)n - (int)n / 2));
    }

    // One step of Newton from the double: its error squared is below the last bit.
    public static Precise Log(Precise x)
    {
        var guess = Math.Log(x.High);
        var rest = x * Exp(-guess) - 1;
        return guess + (rest - rest * rest * 0.5);
    }

    public static Precise Log1p(Precise x)
    {
        if (Math.Abs(x.High) > 1e-4) return Log(x + 1);
        Precise sum = 0, power = x;
        for (var k = 1; k < 9; k++, power = -(power * x)) sum += power / k;
        return sum;
    }

    public static Precise Tanh(Precise x)
    {
        if (Math.Abs(x.High) < 1e-3) return x - x * x * x / 3 + x * x * x * x * x * 2 / 15 - x * x * x * x * x * x * x * 17 / 315;
        var e = Exp(x + x);
        return (e - 1) / (e + 1);
    }

    public static Precise Sigmoid(Precise x) => x.High < 0 ? Exp(x) / (Exp(x) + 1) : (Precise)1 / (Exp(-x) + 1);

    public static Precise Softplus(Precise x) => x.High > 0 ? x + Log1p(Exp(-x)) : Log1p(Exp(x));

    // exp(-x²) times a series of positive terms.
    public static Precise Erf(Precise x)
    {
        Precise sum = x, term = x;
        for (var n = 1; Math.Abs(term.High) > 1e-33 * Math.Abs(sum.High); n++) sum += term = term * x * x * 2 / (2 * n + 1);
        return TwoByRootPi * Exp(-(x * x)) * sum;
    }

    public static Precise Sin(Precise x) => SinCos(x).Sin;

    public static Precise Cos(Precise x) => SinCos(x).Cos;

    public static Precise Atan(Precise x)
    {
        var guess = Math.Atan(x.High);
        var (sin, cos) = SinCos(guess);
        return guess + (x * cos - sin) / (cos + x * sin);
    }

    public static Precise Pow(double x, double y) => Exp(Log(x) * y);

    static (Precise Sin, Precise Cos) SinCos(Precise x)
    {
        var k = Math.Round(x.High / HalfPi[0]);
        var r = x - (Precise)HalfPi[0] * k - (Precise)HalfPi[1] * k - HalfPi[2] * k;
        Precise sin = 0, cos = 0, term = 1;
        for (var n = 0; n < 32; n++, term = term * r / n)
        {
            if (n % 2 == 0) cos += n % 4 == 0 ? term : -term;
            else sin += n % 4 == 1 ? term : -term;
        }
        return (((int)(k % 4) + 4) % 4) switch { 0 => (sin, cos), 1 => (cos, -sin), 2 => (-sin, -cos), _ => (-cos, sin) };
    }

    static (double High, double Low) Sum(double a, double b)
    {
        var high = a + b;
        var part = high - a;
        return (high, a - (high - part) + (b - part));
    }

    static Precise Ordered(double a, double b)
    {
        var high = a + b;
        return new(high, b - (high - a));
    }
}
