using System.Diagnostics;

namespace Adjoint;

/// <summary>One thread of a <see cref="Team"/>: works, waits a moment for more, then sleeps.</summary>
sealed class TeamWorker
{
    readonly Team team;
    readonly int worker;
    readonly Thread thread;
    readonly SemaphoreSlim bell = new(0);
    int isAsleep;

    public TeamWorker(Team team, int worker)
    {
        (this.team, this.worker) = (team, worker);
        thread = new Thread(Serve) { IsBackground = true, Name = $"Adjoint team {worker}" };
        thread.Start();
    }

    /// <summary>Called after the work is visible; does nothing to a thread that is awake.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref isAsleep) == 1 && Interlocked.Exchange(ref isAsleep, 0) == 1) bell.Release();
    }

    public void Stop()
    {
        Interlocked.MemoryBarrier();
        Wake();
        thread.Join();
        bell.Dispose();
    }

    void Serve()
    {
        while (!team.IsStopped)
        {
            team.Work(worker);
            var idling = new TeamIdling();
            while (!team.HasWork && !team.IsStopped && !idling.IsLong) idling.Pause();
            if (idling.IsLong) Sleep();
        }
    }

    void Sleep()
    {
        Interlocked.Exchange(ref isAsleep, 1);
        // Work that came before the line above rang no bell, so look again.
        var isWanted = team.HasWork || team.IsStopped;
        if (isWanted && Interlocked.Exchange(ref isAsleep, 0) == 1) return;
        bell.Wait();
    }
}

/// <summary>How a thread passes a short time: at first it answers within 0.1 us, later it lets others run.</summary>
struct TeamIdling
{
    // Waking a sleeper takes 50 to 150 us, so it pays to stay awake that long, but not to hold the core against others.
    static readonly long SpinTicks = Stopwatch.Frequency / 100_000; // 10 us
    static readonly long LongTicks = Stopwatch.Frequency / 10_000;  // 100 us

    long start;

    public TeamIdling() => start = Stopwatch.GetTimestamp();

    public readonly bool IsLong => Stopwatch.GetTimestamp() - start > LongTicks;

    public readonly void Pause()
    {
        if (Stopwatch.GetTimestamp() - start < SpinTicks) Thread.SpinWait(1);
        else Thread.Yield();
    }
}
