using System.Diagnostics;

namespace Adjoint;

/// <summary>How long things take, and how that grows.</summary>
static class LabClock
{
    const int LeastRounds = 15;
    const double ShareOfLongest = 0.25;
    static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    /// <summary>How long each takes, round by round. What else a machine does comes and goes within seconds: in a round it slows
    /// all of them alike, so what is compared is compared within a round.</summary>
    /// <param name="least">How long rounds go on at least, where <see cref="LeastRounds"/> take less.</param>
    /// <returns>Seconds, by round and action.</returns>
    public static double[][] Seconds(IReadOnlyList<Action> actions, CancellationToken cancellation, TimeSpan least = default)
    {
        foreach (var action in actions) action();
        var longest = actions.Max(a => OfTurn(a, TimeSpan.Zero));
        var turn = TimeSpan.FromSeconds(Math.Max(Turn.TotalSeconds, ShareOfLongest * longest));
        var (start, rounds) = (Stopwatch.GetTimestamp(), new List<double[]>());
        while (rounds.Count < LeastRounds || Stopwatch.GetElapsedTime(start) < least)
            rounds.Add([.. actions.Select(action =>
            {
                cancellation.ThrowIfCancellationRequested();
                // What the others have put out of the caches comes back in a first call, which a long one does by itself.
                var first = OfTurn(action, TimeSpan.Zero);
                return first >= turn.TotalSeconds ? first : OfTurn(action, turn);
            })]);
        return [.. rounds];
    }

    // On one thread the processor's clock counts, too, which stands still while others have the core.
    static double OfTurn(Action action, TimeSpan turn)
    {
        var (start, busy, calls) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, 0);
        do
        {
            action();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(start) < turn);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (Team.Shared.Threads > 1 ? seconds : Math.Min(seconds, (Environment.CpuUsage.TotalTime - busy).TotalSeconds)) / calls;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The slope of a straight line through the logarithms: y grows as x to this power.</summary>
    public static double Exponent(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double[] a = [.. x.Select(v => Math.Log(v))], b = [.. y.Select(v => Math.Log(v))];
        var (meanA, meanB) = (a.Average(), b.Average());
        return a.Zip(b).Sum(p => (p.First - meanA) * (p.Second - meanB)) / a.Sum(p => (p - meanA) * (p - meanA));
    }

    /// <summary>The sums of y at 1, 2, 3 … up to each x, which begin with 1; between two of them y is a power of x.</summary>
    public static double[] Sums(IReadOnlyList<int> x, IReadOnlyList<double> y)
    {
        var sums = new double[x.Count];
        sums[0] = y[0];
        for (var i = 1; i < x.Count; i++)
        {
            var power = Exponent([x[i - 1], x[i]], [y[i - 1], y[i]]);
            sums[i] = sums[i - 1] + Enumerable.Range(x[i - 1] + 1, x[i] - x[i - 1]).Sum(at => y[i] * Math.Pow((double)at / x[i], power));
        }
        return sums;
    }
}
