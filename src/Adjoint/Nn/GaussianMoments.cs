namespace Adjoint;

/// <summary>Which moment of an activation an initialisation keeps.</summary>
public enum Moment
{
    /// <summary>The mean square, as initialisation after He does for relu (arXiv:1502.01852).</summary>
    Second,

    /// <summary>The mean square about the mean: a shift of minus the mean keeps the mean at 0 as well.</summary>
    Variance,
}

/// <summary>Moments of f(u) for a normal u with mean 0: what an activation makes of many independent inputs.</summary>
/// <param name="Input">The variance of u.</param>
public sealed record GaussianMoments(double Input, double Mean, double SecondMoment)
{
    public double Variance => SecondMoment - Mean * Mean;

    public double this[Moment moment] => moment is Moment.Second ? SecondMoment : Variance;

    /// <summary>By adaptive quadrature, to about 14 digits; bends of f are found by bisection.</summary>
    /// <param name="activation">A function of one number, as <c>x => Math.Max(x, 0)</c> or <c>Math.Tanh</c>.</param>
    public static GaussianMoments Of(Func<double, double> activation, double variance)
    {
        var deviation = Math.Sqrt(variance);
        return new(variance, Expected(z => activation(deviation * z)),
            Expected(z => Square(activation(deviation * z))));
    }

    /// <summary>The variance of u for which the moment of f(u) is what is wanted.</summary>
    /// <exception cref="ArgumentException">No variance gives it, as tanh never has a second moment of 1.</exception>
    public static GaussianMoments Keeping(Moment moment, Func<double, double> activation, double value = 1)
    {
        const double Least = 1e-6, Most = 1e6; // beyond, the bends of an activation fall between the points
        double low = Least, high = Least;
        while (high < Most && Of(activation, high)[moment] < value) (low, high) = (high, high * 4);
        var reached = Of(activation, high);
        if (reached[moment] < value || high == Least)
            throw new ArgumentException(FormattableString.Invariant(
                $"GaussianMoments: no variance of the input gives a {(moment is Moment.Second ? "second moment" : "variance")} of {value}.")
                + FormattableString.Invariant($"\n  it is {reached[moment]:G4} for a variance of {high:G4}")
                + (high == Least || reached[moment] <= 0 ? "" : "\nHint: keep a value below that."));
        for (var middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
            if (Of(activation, middle)[moment] < value) low = middle;
            else high = middle;
        return Of(activation, high);
    }

    // Beyond 12 standard deviations a density of 1e-32 is left. 0 is a border: most activations bend there.
    static double Expected(Func<double, double> f)
    {
        const int Panels = 12;
        var sum = 0.0;
        for (var n = 0; n < 2 * Panels; n++) sum += Integral(Weighted, n - Panels, n + 1 - Panels, 40);
        return sum;

        double Weighted(double z) => f(z) * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
    }

    static double Integral(Func<double, double> f, double from, double to, int depth)
    {
        var middle = (from + to) / 2;
        var (whole, halves) = (Gauss(f, from, to), Gauss(f, from, middle) + Gauss(f, middle, to));
        return depth == 0 || Math.Abs(whole - halves) <= 1e-16 + 1e-15 * Math.Abs(halves) ? halves
            : Integral(f, from, middle, depth - 1) + Integral(f, middle, to, depth - 1);
    }

    // Nodes and weights of ten points are those of Gauss and Legendre: exact for polynomials up to degree 19.
    static readonly (double Node, double Weight)[] Points =
    [
        (0.14887433898163122, 0.29552422471475287), (0.43339539412924719, 0.26926671930999636),
        (0.67940956829902441, 0.21908636251598204), (0.86506336668898451, 0.14945134915058059),
        (0.97390652851717172, 0.066671344308688138),
    ];

    static double Gauss(Func<double, double> f, double from, double to)
    {
        var (centre, half, sum) = ((from + to) / 2, (to - from) / 2, 0.0);
        foreach (var (node, weight) in Points) sum += weight * (f(centre - half * node) + f(centre + half * node));
        return sum * half;
    }

    static double Square(double x) => x * x;
}
