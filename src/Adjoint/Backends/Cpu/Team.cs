using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Adjoint;

// Work comes as a number of chunks that depends on sizes only; who takes which chunk is decided as they run, so a slow or
// interrupted thread delays its own chunk and nothing else.
//
// The heart is one 64-bit ticket: the number of the run above, the chunks not yet taken below. Taking one is an exchange
// that fails when either has changed; whoever succeeds holds a chunk of the run in the fields, and those stay until that
// chunk is reported done. A thread that comes too late finds no chunk left and touches nothing.

/// <summary>Threads that run the chunks of one job together with the caller.</summary>
sealed unsafe class Team : IDisposable
{
    static readonly Lazy<Team> shared = new(() => new Team(DefaultThreads));

    [ThreadStatic] static bool isInside; // this thread runs a chunk of some team

    readonly Counters* counters;
    readonly TeamWorker[] workers;
    delegate*<void*, int, int, void> body;
    void* context;
    int chunks, busy;
    ExceptionDispatchInfo? failure;
    volatile bool isStopped;

    /// <param name="threads">Threads at work, the caller counted; 1 starts none.</param>
    public Team(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        counters = (Counters*)NativeMemory.AlignedAlloc((nuint)sizeof(Counters), Storage.Alignment);
        *counters = default;
        workers = new TeamWorker[threads - 1];
        for (var i = 0; i < workers.Length; i++) workers[i] = new TeamWorker(this, i + 1);
    }

    /// <summary>The team of the process.</summary>
    public static Team Shared => shared.Value;

    /// <summary>ADJOINT_THREADS, or a thread for each core.</summary>
    public static int DefaultThreads =>
        int.TryParse(Environment.GetEnvironmentVariable("ADJOINT_THREADS"), CultureInfo.InvariantCulture, out var threads)
        && threads is > 0 and <= 1024 ? threads : Environment.ProcessorCount;

    public int Threads => workers.Length + 1;

    internal bool IsStopped => isStopped;

    internal bool HasWork => (int)Volatile.Read(ref counters->Ticket) > 0;

    /// <summary>
    /// Calls <paramref name="body"/> (context, chunk, worker) once for every chunk and returns when all are done. Worker is
    /// below <see cref="Threads"/> and differs between calls of this run that overlap. Inside a chunk, and while another
    /// caller has the team, all chunks run on the calling thread.
    /// </summary>
    public void Run(int chunks, delegate*<void*, int, int, void> body, void* context)
    {
        ObjectDisposedException.ThrowIf(isStopped, this);
        if (chunks <= 1 || workers.Length == 0 || isInside || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            for (var chunk = 0; chunk < chunks; chunk++) body(context, chunk, 0);
            return;
        }
        this.body = body;
        this.context = context;
        this.chunks = chunks;
        counters->Done = 0;
        Interlocked.Exchange(ref counters->Ticket, NextRun() | (long)chunks);
        for (var i = 0; i < workers.Length && i < chunks - 1; i++) workers[i].Wake();
        Work(0);
        AwaitWorkers(chunks);
        var thrown = failure;
        failure = null;
        Volatile.Write(ref busy, 0);
        thrown?.Throw();
    }

    /// <summary>Takes chunks until none is left.</summary>
    internal void Work(int worker)
    {
        var done = 0;
        isInside = true;
        while (Take() is var chunk and >= 0)
        {
            try
            {
                // After a failure the chunks that remain are only counted.
                if (failure is null) body(context, chunk, worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            }
            done++;
        }
        isInside = false;
        if (done > 0) Interlocked.Add(ref counters->Done, done);
    }

    int Take()
    {
        while (true)
        {
            var ticket = Volatile.Read(ref counters->Ticket);
            var left = (int)ticket;
            if (left <= 0) return -1;
            if (Interlocked.CompareExchange(ref counters->Ticket, ticket - 1, ticket) == ticket) return chunks - left;
        }
    }

    void AwaitWorkers(int chunks)
    {
        var idle = new TeamIdling();
        while (Volatile.Read(ref counters->Done) != chunks) idle.Pause();
    }

    long NextRun() => ((counters->Ticket >>> 32) + 1) << 32;

    public void Dispose()
    {
        if (isStopped) return;
        isStopped = true;
        foreach (var worker in workers) worker.Stop();
        NativeMemory.AlignedFree(counters);
    }

    // A line of their own each, and one between for the prefetcher that takes lines in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    struct Counters
    {
        [FieldOffset(0)] public long Ticket;
        [FieldOffset(128)] public int Done;
    }
}
