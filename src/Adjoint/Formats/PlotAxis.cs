using System.Globalization;

namespace Adjoint;

/// <summary>One axis of a plot: which values it shows, where, and with which marks.</summary>
/// <param name="from">Where the least value is drawn.</param>
/// <param name="to">Where the largest value is drawn.</param>
sealed class PlotAxis(bool isLog, double least, double largest, double from, double to)
{
    const double MaxMarks = 7;

    readonly double low = isLog ? Math.Log10(least) : least;
    readonly double high = isLog ? Math.Log10(largest) : largest;

    /// <summary>An axis over these values, a little wider than they are; infinities, NaN and, on a logarithmic axis,
    /// what is not positive have no place.</summary>
    public static PlotAxis Over(IEnumerable<double> values, bool isLog, double from, double to)
    {
        var (least, largest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
            if (HasPlace(value, isLog)) (least, largest) = (Math.Min(least, value), Math.Max(largest, value));
        if (least > largest) (least, largest) = (isLog ? 0.1 : 0, isLog ? 10 : 1); // nothing to show
        if (isLog)
        {
            var margin = Math.Max(Math.Log10(largest / least) * 0.03, least == largest ? 0.5 : 0);
            return new(true, least / Math.Pow(10, margin), largest * Math.Pow(10, margin), from, to);
        }
        var width = largest - least;
        var room = width > 0 ? width * 0.03 : Math.Max(Math.Abs(least) * 0.5, 0.5);
        return new(false, least - room, largest + room, from, to);
    }

    public static bool HasPlace(double value, bool isLog) => double.IsFinite(value) && (!isLog || value > 0);

    public double PlaceOf(double value) => from + ((isLog ? Math.Log10(value) : value) - low) / (high - low) * (to - from);

    /// <summary>Round values inside the axis, with their texts.</summary>
    public List<(double Value, string Text)> Marks() => isLog && high - low >= 1 ? Powers() : Steps();

    List<(double, string)> Steps()
    {
        // On a short logarithmic axis steps are even in the value.
        var (first, last) = isLog ? (Math.Pow(10, low), Math.Pow(10, high)) : (low, high);
        var step = RoundStep((last - first) / MaxMarks);
        var digits = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        var isLarge = Math.Max(Math.Abs(first), Math.Abs(last)) >= 1e6 || step < 1e-5;
        var marks = new List<(double, string)>();
        for (var n = Math.Ceiling(first / step - 1e-9); n * step <= last + step * 1e-9 && marks.Count < 20; n++)
        {
            var value = n == 0 ? 0 : n * step; // no -0
            marks.Add((value, value.ToString(isLarge ? "0.###e0" : "F" + digits.ToString(CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture)));
        }
        return marks;
    }

    List<(double, string)> Powers()
    {
        var marks = new List<(double, string)>();
        var stride = Math.Max(1, (int)Math.Ceiling((high - low) / MaxMarks));
        for (var power = (int)Math.Ceiling(low - 1e-9); power <= high + 1e-9; power++)
            if (power % stride == 0) marks.Add((Math.Pow(10, power), TextOfPower(power)));
        return marks;
    }

    static string TextOfPower(int power) => power is >= -3 and <= 5
        ? Math.Pow(10, power).ToString("0.###", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"1e{power}");

    // 1, 2 or 5 times a power of ten, at least as large.
    static double RoundStep(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * (least / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
