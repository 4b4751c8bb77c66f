using System.Globalization;

namespace Adjoint;

/// <summary>How the cost of reading and of generating a sequence grows with its length: predicted, counted and measured.</summary>
sealed class SequenceCostLab : Lab
{
    const int Width = 64, Window = 64, Degree = 2, Narrow = 8, LongestCounted = 64;
    const int Shortest = 64, LongestOfShort = 512;
    const int Fitted = 3; // lengths, the longest: shorter ones are spent on what does not grow
    static readonly TimeSpan Measuring = TimeSpan.FromSeconds(8); // of one model: longer than what slows a machine for a moment
    const double Allowed = 0.1; // between a measured exponent and that of theory

    public override string Name => "sequence-cost";

    public override string Title => "recurrence, attention, windows, linear attention and caches: operations and time over the length";

    public override LabReport Run(LabOptions options, CancellationToken cancellation = default)
    {
        var costs = SequenceCost.All(Width, Window, Degree, Narrow);
        var times = costs.Select(c =>
        {
            options.Progress?.Invoke($"measuring {c.Name}");
            return options.IsShort ? Measured(c, LongestOfShort, TimeSpan.Zero, cancellation) : Measured(c, c.Longest, Measuring, cancellation);
        }).ToList();
        var lengths = times.MaxBy(t => t.Lengths.Length)!.Lengths;
        var growth = times.Select(t => Grown(t, lengths.Length)).ToList();
        var counts = costs.Where(c => c.Program is not null).Select(c => Counts(c, options)).ToList();
        var crossing = Crossing(cancellation);
        return new(
            [
                new("operations of one layer by its length t", ["model", "operations", "exponent"],
                    [.. costs.Select(c => (string[])[c.Name, c.Formula, $"{c.Exponent}"])]),
                new("predicted and counted up to length 64", ["model", .. SequenceCost.Counted.SelectMany(t => (string[])[$"predicted {t}", $"counted {t}"])], [.. counts.Select(c => c.Row)]),
                new("measured time in ms, fastest round; the exponent is the median over rounds of those of the three longest lengths", ["model", .. lengths.Select(t => $"{t}"), "exponent measured", "of theory"], [.. growth.Select(g => g.Row)]),
            ],
            [new("sequence_cost", Figure(times)), new("sequence_operations", Operations(costs, lengths))],
            [
                new($"the interpreter counts what is predicted, up to length {LongestCounted}", counts.TrueForAll(c => c.IsEqual), string.Join(", ", counts.Select(c => c.Row[0]))),
                .. growth.Where(_ => !options.IsShort).Select(g => new LabClaim($"{g.Row[0]}: time grows with the power {g.Theory} of the length",
                    Math.Abs(g.Measured - g.Theory) <= Allowed, string.Create(CultureInfo.InvariantCulture, $"measured {g.Measured:F2}"))),
                crossing,
            ]);
    }

    static LengthTimes Measured(SequenceCost cost, int longest, TimeSpan least, CancellationToken cancellation)
    {
        if (cost.FromPrefixes is null)
        {
            var lengths = Doubled(Shortest, longest);
            return new(cost, lengths, LabClock.Seconds([.. lengths.Select(cost.Prepare!)], cancellation, least));
        }
        // Every prefix is read again: the sum over all, by those that were timed.
        var prefixes = Doubled(1, longest);
        var from = Array.IndexOf(prefixes, Shortest);
        return new(cost, prefixes[from..],
            [.. LabClock.Seconds([.. prefixes.Select(cost.FromPrefixes)], cancellation, least).Select(round => LabClock.Sums(prefixes, round)[from..])]);
    }

    static int[] Doubled(int first, int last)
    {
        var all = new List<int>();
        for (var n = first; n <= last; n *= 2) all.Add(n);
        return [.. all];
    }

    /// <param name="columns">In how many columns its times stand; what was not timed is left empty.</param>
    static (string[] Row, double Measured, int Theory) Grown(LengthTimes times, int columns)
    {
        var (cost, lengths, rounds) = times;
        double[] longest = [.. lengths[^Fitted..].Select(t => (double)t)];
        var measured = LabClock.Median(rounds.Select(round => LabClock.Exponent(longest, round[^Fitted..])));
        IEnumerable<string> cells = [.. times.Seconds.Select(t => Text($"{1e3 * t:G3}")), .. Enumerable.Repeat("", columns - lengths.Length)];
        return ([cost.Name, .. cells, Text($"{measured:F2}"), $"{cost.Exponent}"], measured, cost.Exponent);
    }

    static (string[] Row, bool IsEqual) Counts(SequenceCost cost, LabOptions options)
    {
        var pairs = SequenceCost.Counted.Select(t => (Predicted: cost.Predicted(t), Found: cost.Count(t, options.Seed))).ToList();
        return ([cost.Name, .. pairs.SelectMany(p => (string[])[Text($"{p.Predicted:N0}"), Text($"{p.Found:N0}")])], pairs.TrueForAll(p => p.Predicted == p.Found));
    }

    // The products of both forms cost the same where the sequence is as long as there are features.
    static LabClaim Crossing(CancellationToken cancellation)
    {
        var features = 1 + Narrow + Narrow * Narrow;
        double Products(Op op, params (string, int)[] sizes) => (double)Cost.Of(op.Program,
            sizes.ToDictionary(s => s.Item1, s => (Polynomial)s.Item2)).ByKind["multiply"].Value.Numerator;
        double Full(int t) => Products(AttentionOps.AttentionUnscaled, ("b", 1), ("t", t), ("u", t), ("c", Narrow), ("d", Narrow));
        double Linear(int t) => Products(LinearAttentionOps.LinearAttention, ("..", 1), ("t", t), ("u", t), ("m", features), ("d", Narrow)) - (double)t * features;
        cancellation.ThrowIfCancellationRequested();
        return new($"linear attention of width {Narrow} and degree {Degree} pays from length {features} on, as many as it has features",
            Full(features) == Linear(features) && Full(features - 1) < Linear(features - 1) && Full(features + 1) > Linear(features + 1),
            Text($"multiplications at {features}: {Full(features):N0} and {Linear(features):N0}"));
    }

    static LinePlot Figure(IEnumerable<LengthTimes> times)
    {
        var plot = new LinePlot { Title = "time over the length", XLabel = "positions", YLabel = "ms", IsXLog = true, IsYLog = true };
        foreach (var time in times)
            plot.Add(time.Cost.Name, [.. time.Lengths.Select(t => (double)t)], [.. time.Seconds.Select(s => 1e3 * s)]);
        return plot;
    }

    static LinePlot Operations(IEnumerable<SequenceCost> costs, int[] lengths)
    {
        var plot = new LinePlot { Title = "operations over the length", XLabel = "positions", YLabel = "operations", IsXLog = true, IsYLog = true };
        foreach (var cost in costs) plot.Add(cost.Name, [.. lengths.Select(t => (double)t)], [.. lengths.Select(cost.Predicted)]);
        return plot;
    }

    static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <param name="Rounds">Seconds, by round and length.</param>
    sealed record LengthTimes(SequenceCost Cost, int[] Lengths, double[][] Rounds)
    {
        public double[] Seconds { get; } = [.. Lengths.Select((_, n) => Rounds.Min(round => round[n]))];
    }
}
