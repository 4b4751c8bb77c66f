using System.Diagnostics;

namespace Adjoint;

/// <summary>How long things take.</summary>
static class LabClock
{
    const int LeastRuns = 5, MostRuns = 200;
    static readonly TimeSpan Budget = TimeSpan.FromSeconds(0.25);

    /// <summary>The median of some runs, after one that does not count: seconds.</summary>
    public static double Seconds(Action action, CancellationToken cancellation)
    {
        action();
        var times = new List<double>();
        var start = Stopwatch.GetTimestamp();
        while (times.Count < LeastRuns || times.Count < MostRuns && Stopwatch.GetElapsedTime(start) < Budget)
        {
            cancellation.ThrowIfCancellationRequested();
            var begin = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>The slope of a straight line through the logarithms: y grows as x to this power.</summary>
    public static double Exponent(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double[] a = [.. x.Select(v => Math.Log(v))], b = [.. y.Select(v => Math.Log(v))];
        var (meanA, meanB) = (a.Average(), b.Average());
        return a.Zip(b).Sum(p => (p.First - meanA) * (p.Second - meanB)) / a.Sum(p => (p - meanA) * (p - meanA));
    }
}
