namespace Adjoint;

/// <summary>A factor of the learning rate for each step, counted from 0.</summary>
public sealed class Schedule
{
    readonly Func<double, double> factor;

    /// <param name="factor">From the number of the step, or of the epoch after <see cref="Every"/>.</param>
    public Schedule(Func<double, double> factor) => this.factor = factor;

    public static Schedule Constant { get; } = new(_ => 1);

    public double FactorAt(long step) => factor(step);

    /// <summary>Straight lines between points; before the first and after the last it stays.</summary>
    /// <exception cref="ArgumentException">There is no point, or the steps do not grow.</exception>
    public static Schedule Linear(params (double Step, double Factor)[] points)
    {
        if (points.Length == 0) throw new ArgumentException("Schedule.Linear: there is no point.");
        for (var n = 1; n < points.Length; n++)
            if (points[n].Step <= points[n - 1].Step)
                throw new ArgumentException(FormattableString.Invariant(
                    $"Schedule.Linear: step {points[n].Step} comes after step {points[n - 1].Step}; steps grow from point to point."));
        return new(step =>
        {
            if (step <= points[0].Step) return points[0].Factor;
            for (var n = 1; n < points.Length; n++)
            {
                if (step > points[n].Step) continue;
                var along = (step - points[n - 1].Step) / (points[n].Step - points[n - 1].Step);
                return points[n - 1].Factor + along * (points[n].Factor - points[n - 1].Factor);
            }
            return points[^1].Factor;
        });
    }

    /// <summary>Multiplied by a number after every so many steps.</summary>
    public static Schedule Decay(int every, double by) => new(step => Math.Pow(by, Math.Floor(step / every)));

    /// <summary>Half a cosine from 1 to an end in so many steps (arXiv:1608.03983).</summary>
    public static Schedule Cosine(double steps, double end = 0) =>
        new(step => end + (1 - end) * (1 + Math.Cos(Math.PI * Math.Min(1, step / steps))) / 2);

    /// <summary>Half a cosine up from a start to 1, another down to an end (arXiv:1708.07120).</summary>
    /// <param name="rise">Which share of the steps goes up.</param>
    public static Schedule OneCycle(double steps, double rise = 0.3, double start = 0.04, double end = 1e-4)
    {
        var top = rise * steps;
        return new(step => step < top ? Between(start, 1, step / top)
            : Between(1, end, Math.Min(1, (step - top) / (steps - top))));

        static double Between(double a, double b, double along) => b + (a - b) * (1 + Math.Cos(Math.PI * along)) / 2;
    }

    /// <summary>Straight up from a floor in the first epochs, straight down to it in the last; both times are cut to
    /// whole epochs, so that they may end before the training does.</summary>
    public static Schedule RiseAndFall(int epochs, double rise = 0.15, double floor = 0.01)
    {
        double top = Math.Floor(rise * epochs), down = Math.Floor((1 - rise) * epochs);
        return Linear((0, floor), (top, 1), (top + down, floor));
    }

    /// <summary>Before this one, straight up to 1 in so many steps; this one begins after it.</summary>
    public Schedule WarmedUp(double steps) =>
        new(step => step < steps ? (step + 1) / (steps + 1) * factor(0) : factor(step - steps));

    /// <summary>The same in other units: an epoch is so many steps, and the factor stays during one.</summary>
    public Schedule Every(int steps) => new(step => factor(Math.Floor(step / steps)));
}
