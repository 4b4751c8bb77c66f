using System.Diagnostics;

namespace Adjoint.Cli;

/// <summary>Seconds of one call.</summary>
/// <param name="Processor">Processor time of all threads, on average: on a busy machine it says more than the
/// clock.</param>
readonly record struct Timing(double Median, double Least, double Most, double Processor)
{
    /// <summary>Of one of so many equal parts.</summary>
    public static Timing operator /(Timing whole, int parts) =>
        new(whole.Median / parts, whole.Least / parts, whole.Most / parts, whole.Processor / parts);

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
        var calls = CallsOf(seconds, isOneThread);
        var runs = seconds > 0.05 ? 11 : 31;
        var (ours, peers, ratios) = (new double[runs], new double[runs], new double[runs]);
        double processor = 0, peerProcessor = 0;
        for (var run = 0; run < runs; run++)
        {
            (ours[run], var spent) = Run(action, calls, isOneThread);
            processor += spent / runs;
            if (peer is null) continue;
            (peers[run], spent) = Run(peer, calls, isOneThread);
            peerProcessor += spent / runs;
            ratios[run] = peers[run] / ours[run];
        }
        Array.Sort(ratios);
        return (Of(ours, processor), Of(peers, peerProcessor), ratios[runs / 2]);
    }

    /// <summary>Warms up, then times as many runs as fit.</summary>
    /// <param name="runs">At least and at most.</param>
    public static Timing Within(TimeSpan warmUp, TimeSpan budget, (int Least, int Most) runs, Action action,
        bool isOneThread, CancellationToken cancellation)
    {
        var (start, warm) = (Stopwatch.GetTimestamp(), 0);
        do
        {
            cancellation.ThrowIfCancellationRequested();
            action();
            warm++;
        }
        while (Stopwatch.GetElapsedTime(start) < warmUp);
        var seconds = Run(action, 1, isClockOfProcessor: false).Seconds;
        seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds / warm);
        var calls = runs.Least == runs.Most ? 1 : CallsOf(seconds, isOneThread);
        var times = new double[(int)Math.Clamp(budget.TotalSeconds / (seconds * calls), runs.Least, runs.Most)];
        var processor = 0.0;
        for (var run = 0; run < times.Length; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            (times[run], var spent) = Run(action, calls, isOneThread);
            processor += spent / times.Length;
        }
        return Of(times, processor);
    }

    static int CallsOf(double seconds, bool isOneThread) =>
        (int)Math.Clamp((isOneThread ? 1e-2 : 1e-3) / seconds, 1, 20_000);

    static (double Seconds, double Processor) Run(Action action, int calls, bool isClockOfProcessor)
    {
        var (start, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (var i = 0; i < calls; i++) action();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        var processor = (Environment.CpuUsage.TotalTime - busy).TotalSeconds / calls;
        return (isClockOfProcessor ? processor : elapsed, processor);
    }

    static Timing Of(double[] times, double processor)
    {
        Array.Sort(times);
        return new(times[times.Length / 2], times[0], times[^1], processor);
    }
}
