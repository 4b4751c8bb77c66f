using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests;

public sealed unsafe class TeamTests
{
    static Team[] nestedTeams = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_chunk_runs_once(int threads)
    {
        using var team = new Team(threads);
        var counts = stackalloc int[100];
        for (var run = 0; run < 2000; run++)
        {
            var chunks = run % 100;
            new Span<int>(counts, 100).Clear();
            team.Run(chunks, &Count, counts);
            for (var i = 0; i < 100; i++) Assert.Equal(i < chunks ? 1 : 0, counts[i]);
        }

        static void Count(void* context, int chunk, int worker) => Interlocked.Increment(ref ((int*)context)[chunk]);
    }

    [Fact]
    public void Calls_that_overlap_have_different_workers()
    {
        using var team = new Team(4);
        var state = stackalloc int[5];
        new Span<int>(state, 5).Clear();
        for (var run = 0; run < 200; run++) team.Run(16, &Enter, state);
        Assert.Equal(0, state[4]);

        static void Enter(void* context, int chunk, int worker)
        {
            var inside = (int*)context;
            if (worker is < 0 or > 3 || Interlocked.Increment(ref inside[worker]) != 1) inside[4] = 1;
            Thread.SpinWait(20);
            Interlocked.Decrement(ref inside[worker]);
        }
    }

    [Fact]
    public void Several_threads_take_part()
    {
        using var team = new Team(2);
        var gate = stackalloc int[1];
        *gate = 0;
        // Neither chunk can end before the other has begun.
        team.Run(2, &Meet, gate);
        Assert.Equal(2, *gate);

        static void Meet(void* context, int chunk, int worker)
        {
            Interlocked.Increment(ref *(int*)context);
            while (Volatile.Read(ref *(int*)context) < 2) Thread.Yield();
        }
    }

    [Fact]
    public void A_sleeping_thread_wakes()
    {
        using var team = new Team(2);
        var gate = stackalloc int[1];
        for (var i = 0; i < 5; i++)
        {
            Thread.Sleep(5);
            *gate = 0;
            team.Run(2, &Meet, gate);
            Assert.Equal(2, *gate);
        }

        static void Meet(void* context, int chunk, int worker)
        {
            Interlocked.Increment(ref *(int*)context);
            while (Volatile.Read(ref *(int*)context) < 2) Thread.Yield();
        }
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_team_goes_on()
    {
        using var team = new Team(3);
        for (var i = 0; i < 50; i++)
        {
            var chunk = i % 8;
            var thrown = Assert.Throws<InvalidOperationException>(() =>
            {
                var failing = chunk;
                team.Run(8, &Fail, &failing);
            });
            Assert.Equal($"chunk {chunk}", thrown.Message);
        }
        var sum = 0;
        team.Run(10, &Add, &sum);
        Assert.Equal(45, sum);

        static void Fail(void* context, int chunk, int worker)
        {
            if (chunk == *(int*)context) throw new InvalidOperationException($"chunk {chunk}");
        }
    }

    [Fact]
    public void A_run_inside_a_chunk_stays_on_its_thread()
    {
        using var team = new Team(2);
        using var other = new Team(3);
        nestedTeams = [team, other];
        var context = new Nested();
        team.Run(6, &Outer, &context);
        Assert.Equal(0, context.Strays);
        Assert.Equal(6 * 2 * 45, context.Sum);

        static void Outer(void* context, int chunk, int worker)
        {
            var nested = (Nested*)context;
            foreach (var team in nestedTeams)
            {
                var inner = new Inner { Thread = Environment.CurrentManagedThreadId };
                team.Run(10, &Innermost, &inner);
                Interlocked.Add(ref nested->Sum, inner.Sum);
                Interlocked.Add(ref nested->Strays, inner.Strays);
            }
        }

        static void Innermost(void* context, int chunk, int worker)
        {
            var inner = (Inner*)context;
            if (inner->Thread != Environment.CurrentManagedThreadId || worker != 0) Interlocked.Increment(ref inner->Strays);
            Interlocked.Add(ref inner->Sum, chunk);
        }
    }

    [Fact]
    public void Callers_at_the_same_time_all_get_their_sums()
    {
        using var team = new Team(2);
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 500; i++)
            {
                var sum = 0;
                team.Run(10, &Add, &sum);
                Assert.Equal(45, sum);
            }
        });
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var team = new Team(2);
        var sum = 0;
        for (var i = 0; i < 100; i++) team.Run(10, &Add, &sum);
        sum = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) team.Run(10, &Add, &sum);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(45_000, sum);
    }

    [Fact]
    public void More_threads_than_cores_only_share_them()
    {
        // Every core has a competitor that never lets go; 500 runs of about nothing must not take a slice of time each.
        using var stop = new CancellationTokenSource();
        var rivals = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested) Thread.SpinWait(100);
        })).ToList();
        rivals.ForEach(r => r.Start());
        using var team = new Team(2 * Environment.ProcessorCount);
        var clock = Stopwatch.StartNew();
        var sum = 0;
        for (var i = 0; i < 500; i++) team.Run(10, &Add, &sum);
        var elapsed = clock.Elapsed;
        stop.Cancel();
        rivals.ForEach(r => r.Join());
        Assert.Equal(45 * 500, sum);
        Assert.True(elapsed < TimeSpan.FromSeconds(60), $"{elapsed.TotalSeconds} s");
    }

    [Fact]
    public void A_disposed_team_has_ended_its_threads_and_refuses_work()
    {
        var team = new Team(2);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(10, &Add, null));
    }

    [Fact]
    public void A_team_has_at_least_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Team(0));

    static void Add(void* context, int chunk, int worker) => Interlocked.Add(ref *(int*)context, chunk);

    struct Nested
    {
        public int Sum, Strays;
    }

    struct Inner
    {
        public int Thread, Sum, Strays;
    }
}
