using System.Diagnostics;

namespace Adjoint.Bench;

/// <summary>Seconds of one call.</summary>
readonly record struct Timing(double Median, double Least)
{
    /// <summary>Times an action: as many calls a run as fill some milliseconds, a few dozen runs.</summary>
    /// <param name="seconds">About what one call takes.</param>
    public static Timing Of(Action action, double seconds)
    {
        for (var i = 0; i < 5; i++) action();
        var calls = (int)Math.Clamp(1e-3 / seconds, 1, 2000);
        var runs = seconds > 0.05 ? 11 : 31;
        var times = new double[runs];
        for (var run = 0; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++) action();
            times[run] = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        }
        Array.Sort(times);
        return new(times[runs / 2], times[0]);
    }
}
