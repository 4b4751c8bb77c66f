using System.Runtime.ExceptionServices;

namespace Adjoint;

/// <summary>The background thread of a loader and the batches that go between it and the caller.</summary>
sealed class Prefetcher : IDisposable
{
    readonly BatchFiller filler;
    readonly (int Examples, int BatchSize, int Batches) sizes;
    readonly Lock gate = new();
    readonly SemaphoreSlim empty, filled = new(0);
    readonly Queue<Batch> toFill, toTake;
    readonly CancellationTokenSource stop = new();
    readonly Thread thread;
    (int Epoch, int Number) at;
    Batch? taken;
    Exception? failure;

    public Prefetcher(BatchFiller filler, (int Epoch, int Number) at, (int Examples, int BatchSize, int Batches) sizes, int ahead)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, 1);
        (this.filler, this.at, this.sizes) = (filler, at, sizes);
        // One more than those that wait: the caller holds it.
        var fields = filler.Fields;
        toFill = new(Enumerable.Range(0, ahead + 1).Select(_ => new Batch(fields, sizes.BatchSize)));
        toTake = new(ahead + 1);
        empty = new(ahead + 1);
        thread = new(Run) { IsBackground = true, Name = "Adjoint loader" };
        thread.Start();
    }

    /// <summary>The next batch; the one before goes back.</summary>
    public Batch Take(CancellationToken cancellation)
    {
        if (taken is not null)
        {
            lock (gate) toFill.Enqueue(taken);
            taken = null;
            empty.Release();
        }
        filled.Wait(cancellation);
        lock (gate)
        {
            if (toTake.Count > 0) return taken = toTake.Dequeue();
        }
        filled.Release(); // the failure stays to be found by every later call
        ExceptionDispatchInfo.Throw(failure!);
        return null!;
    }

    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        stop.Dispose();
        empty.Dispose();
        filled.Dispose();
    }

    void Run()
    {
        try
        {
            for (var token = stop.Token; ; Advance())
            {
                empty.Wait(token);
                Batch batch;
                lock (gate) batch = toFill.Dequeue();
                var from = at.Number * sizes.BatchSize;
                batch.Begin(at.Epoch, at.Number, Math.Min(sizes.BatchSize, sizes.Examples - from));
                filler.Fill(batch, from);
                lock (gate) toTake.Enqueue(batch);
                filled.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            failure = e;
            filled.Release();
        }
    }

    void Advance() => at = at.Number + 1 == sizes.Batches ? (at.Epoch + 1, 0) : (at.Epoch, at.Number + 1);
}
