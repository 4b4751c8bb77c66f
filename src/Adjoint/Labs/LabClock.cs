using System.Diagnostics;

namespace Adjoint;

/// <summary>How long things take, and how that grows.</summary>
static class LabClock
{
    const int Rounds = 25, RoundsOfLong = 15;
    static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20), Long = TimeSpan.FromMilliseconds(100);

    /// <summary>How long each takes, in the fastest of some rounds: what else a machine does only adds to it. It does so for seconds on
    /// end, so they take turns; on one thread the processor's clock counts, too, which stands still while others have the core.</summary>
    /// <returns>Seconds.</returns>
    public static double[] Seconds(IReadOnlyList<Action> actions, CancellationToken cancellation)
    {
        var fastest = Enumerable.Repeat(double.PositiveInfinity, actions.Count).ToArray();
        foreach (var action in actions) action();
        for (var round = 0; round < Rounds; round++)
            for (var n = 0; n < actions.Count; n++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (round >= RoundsOfLong && fastest[n] > Long.TotalSeconds) continue;
                // What the others have put out of the caches comes back; a long run does not mind.
                if (round == 0 || fastest[n] < Turn.TotalSeconds) actions[n]();
                fastest[n] = Math.Min(fastest[n], OfTurn(actions[n]));
            }
        return fastest;
    }

    static double OfTurn(Action action)
    {
        var (start, busy, calls, fastest) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, 0, double.PositiveInfinity);
        do
        {
            var begin = Stopwatch.GetTimestamp();
            action();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(begin).TotalSeconds);
            calls++;
        }
        while (Stopwatch.GetElapsedTime(start) < Turn);
        return Team.Shared.Threads > 1 ? fastest : Math.Min(fastest, (Environment.CpuUsage.TotalTime - busy).TotalSeconds / calls);
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
