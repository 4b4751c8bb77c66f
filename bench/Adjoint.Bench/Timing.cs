using System.Diagnostics;

namespace Adjoint.Bench;

/// <summary>Seconds of one call.</summary>
readonly record struct Timing(double Median, double Least)
{
    /// <summary>Times an action: as many calls a run as fill some milliseconds, a few dozen runs.</summary>
    /// <param name="seconds">About what one call takes.</param>
    public static Timing Of(Action action, double seconds) => Of(action, null, seconds, false).Ours;

    /// <summary>Times two actions in turn, so that whatever else the machine does meets both.</summary>
    /// <param name="peer">Null for none.</param>
    /// <param name="isOneThread">Counts time of the processor: what others take of it does not show.</param>
    /// <returns>Ratio: the median of the peer's time by ours, run by run.</returns>
    public static (Timing Ours, Timing Peer, double Ratio) Of(
        Action action, Action? peer, double seconds, bool isOneThread)
    {
        for (var i = 0; i < 5; i++)
        {
            action();
            peer?.Invoke();
        }
        var calls = (int)Math.Clamp((isOneThread ? 1e-2 : 1e-3) / seconds, 1, 20_000);
        var runs = seconds > 0.05 ? 11 : 31;
        var (times, peers, ratios) = (new double[runs], new double[runs], new double[runs]);
        for (var run = 0; run < runs; run++)
        {
            times[run] = Measure(action);
            if (peer is not null) ratios[run] = (peers[run] = Measure(peer)) / times[run];
        }
        Array.Sort(times);
        Array.Sort(peers);
        Array.Sort(ratios);
        return (new(times[runs / 2], times[0]), new(peers[runs / 2], peers[0]), ratios[runs / 2]);

        double Measure(Action call)
        {
            var (start, processor) = (Stopwatch.GetTimestamp(), isOneThread ? Environment.CpuUsage.TotalTime : default);
            for (var i = 0; i < calls; i++) call();
            return (isOneThread ? Environment.CpuUsage.TotalTime - processor : Stopwatch.GetElapsedTime(start))
                .TotalSeconds / calls;
        }
    }
}
