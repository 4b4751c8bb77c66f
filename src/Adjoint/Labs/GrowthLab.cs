using System.Globalization;

namespace Adjoint;

/// <summary>How time and memory of a training step grow with its sizes, beside what its cost says.</summary>
sealed class GrowthLab : Lab
{
    const double Allowed = 0.25; // between a measured exponent and that of the cost at the same sizes
    const double Mebi = 1 << 20, Milli = 1e3, Giga = 1e9;

    public override string Name => "growth";

    public override string Title => "a transformer block and an LSTM layer, forward and backward: time and memory over length, width, batch and threads";

    public override LabReport Run(LabOptions options, CancellationToken cancellation = default)
    {
        var found = GrowthSeries.All(options.IsShort).Select(series =>
        {
            options.Progress?.Invoke($"measuring a {series.Model.Name} over the {series.Over}");
            return new Found(series, series.Measure(cancellation));
        }).ToList();
        int[] threads = [.. Enumerable.Range(1, Team.DefaultThreads)];
        var teams = GrowthModel.All.Select(model =>
        {
            options.Progress?.Invoke($"measuring a {model.Name} over the threads");
            var sizes = found.First(f => f.Series.Model == model).Series.Rest;
            return (model.Name, Seconds: threads.Select(count => model.Seconds(sizes, count, cancellation)).ToArray());
        }).ToList();
        return new(
            [
                .. found.Select(f => f.Table),
                new("exponents over the sizes above: of the leading term, of all operations, of the time; of the memory of the text and of the plan",
                    ["step", "over the", "leading", "operations", "time", "text", "plan"], [.. found.Select(f => f.Exponents)]),
                new("milliseconds by threads", ["step", .. threads.Select(t => $"{t}")],
                    [.. teams.Select(t => (string[])[t.Name, .. t.Seconds.Select(s => Text($"{Milli * s:G3}"))])]),
            ],
            [.. found.GroupBy(f => f.Series.Over).Select(g => Figure(g.Key, g)), Speedup(threads, teams)],
            [
                .. found.Select(f => new LabClaim($"{f.Name}: the operations are a polynomial of degree {f.Degree}", f.IsExact, f.Formula)),
                .. found.Select(f => new LabClaim($"{f.Name}: memory grows no faster than that of the text",
                    f.Of(p => p.PlanBytes) <= f.Of(p => p.CostBytes) + Allowed, Text($"{f.Of(p => p.PlanBytes):F2} against {f.Of(p => p.CostBytes):F2}"))),
                // A step of some microseconds says nothing of how it grows.
                .. found.Where(_ => !options.IsShort).Select(f => new LabClaim($"{f.Name}: time grows as the operations do",
                    Math.Abs(f.TimeExponent - f.Of(p => p.Operations)) <= Allowed,
                    Text($"{f.TimeExponent:F2} against {f.Of(p => p.Operations):F2}"))),
            ]);
    }

    /// <summary>A series and what was measured.</summary>
    sealed class Found
    {
        readonly GrowthPoint[] points;

        public Found(GrowthSeries series, GrowthPoint[] points)
        {
            (Series, this.points) = (series, points);
            (var operations, Degree, IsExact) = series.Formula(points);
            Formula = operations.ToString();
        }

        public GrowthSeries Series { get; }
        public int Degree { get; }
        public bool IsExact { get; }
        public string Formula { get; }
        public string Name => $"{Series.Model.Name} over the {Series.Over}";

        public LabTable Table => new($"{Name} n: {Formula} operations", [Series.Over, "operations", "ms", "G/s", "MiB of the text", "MiB of the plan"],
            [.. points.Select(p => (string[])[$"{p.Size}", Text($"{p.Operations:G4}"), Text($"{Milli * p.Seconds:G3}"),
                Text($"{p.Operations / p.Seconds / Giga:F1}"), Text($"{p.CostBytes / Mebi:F2}"), Text($"{p.PlanBytes / Mebi:F2}")])]);

        public string[] Exponents => [Series.Model.Name, Series.Over, $"{Degree}",
            .. new[] { Of(p => p.Operations), TimeExponent, Of(p => p.CostBytes), Of(p => p.PlanBytes) }.Select(e => Text($"{e:F2}"))];

        /// <summary>The exponent, fitted over all sizes.</summary>
        public double Of(Func<GrowthPoint, double> value) => LabClock.Exponent([.. points.Select(p => (double)p.Size)], [.. points.Select(value)]);

        public double TimeExponent => LabClock.Median(Enumerable.Range(0, points[0].Rounds.Length).Select(round => Of(p => p.Rounds[round])));

        // The operations at the speed of the largest step: where time lies above them, something else counts.
        public void AddTo(LinePlot plot)
        {
            double[] sizes = [.. points.Select(p => (double)p.Size)];
            plot.Add(Series.Model.Name, sizes, [.. points.Select(p => Milli * p.Seconds)]);
            plot.Add($"{Series.Model.Name}, by its cost", sizes, [.. points.Select(p => Milli * p.Operations / points[^1].Operations * points[^1].Seconds)]);
        }
    }

    static LabFigure Figure(string over, IEnumerable<Found> found)
    {
        var plot = new LinePlot { Title = $"time of a training step over the {over}", XLabel = over, YLabel = "ms", IsXLog = true, IsYLog = true };
        foreach (var one in found) one.AddTo(plot);
        return new($"growth_{over}", plot);
    }

    static LabFigure Speedup(int[] threads, List<(string Name, double[] Seconds)> teams)
    {
        var plot = new LinePlot { Title = "times the speed of one thread", XLabel = "threads", YLabel = "times" };
        foreach (var (name, seconds) in teams) plot.Add(name, [.. threads.Select(t => (double)t)], [.. seconds.Select(s => seconds[0] / s)]);
        return new("growth_threads", plot);
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
