namespace Adjoint;

// One thread in the background fills batches ahead; the caller takes them in order. A batch that the caller is done with goes
// back to be filled again, so that there are Prefetch + 1 of them for ever. What is in a batch follows from data, seed, epoch and
// number alone: a run that stopped anywhere goes on with the same bits.

/// <summary>Batches of a data set, epoch after epoch, in an order drawn anew for each.</summary>
/// <remarks>For one caller; several loaders may share a data set.</remarks>
public sealed class Loader : IDisposable
{
    readonly Dataset data;
    readonly int batchSize;
    readonly ulong seed;
    Prefetcher? prefetcher;
    int epoch, number;

    /// <param name="batchSize">Examples in a batch.</param>
    /// <param name="seed">Of the orders and of what transforms draw.</param>
    public Loader(Dataset data, int batchSize, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (this.data, this.batchSize, this.seed) = (data, batchSize, seed);
    }

    /// <summary>Whether every epoch has an order of its own; otherwise it is that of the data set.</summary>
    public bool IsShuffled { get; init; } = true;

    /// <summary>Whether examples that do not fill a batch are left out; otherwise the last batch of an epoch is smaller.</summary>
    public bool DropsLast { get; init; }

    /// <summary>What is done with every example, in this order.</summary>
    public IReadOnlyList<Transform> Transforms { get; init; } = [];

    /// <summary>How many batches may wait, filled.</summary>
    public int Prefetch { get; init; } = 2;

    public int BatchesPerEpoch => DropsLast ? data.Count / batchSize : (data.Count + batchSize - 1) / batchSize;

    /// <summary>Which batch comes next: all that a run must remember to go on.</summary>
    public (int Epoch, int Number) At => (epoch, number);

    /// <summary>The fields of a batch, behind the transforms.</summary>
    public IReadOnlyList<Field> Fields => field ??= NewFiller().Fields;

    /// <summary>Goes on with this batch, forwards or backwards.</summary>
    /// <param name="number">From 0 to <see cref="BatchesPerEpoch"/>; that is the first of the next epoch.</param>
    public void Seek(int epoch, int number = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, BatchesPerEpoch);
        if (number == BatchesPerEpoch) (epoch, number) = (epoch + 1, 0);
        if ((epoch, number) == At) return;
        Dispose();
        (this.epoch, this.number) = (epoch, number);
    }

    /// <summary>Takes the next batch; after the last one of an epoch comes the first of the next. The batch before may be
    /// filled again from now on.</summary>
    /// <exception cref="DataException">An example could not be read; the cause is the inner exception.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; the next call goes on.</exception>
    public Batch Next(CancellationToken cancellation = default)
    {
        if (BatchesPerEpoch == 0)
            throw new DataException($"Loader: '{data.Name}' has {data.Count} examples, too few for a batch of {batchSize}.", data.Name);
        prefetcher ??= new(NewFiller(), At, (data.Count, batchSize, BatchesPerEpoch), Prefetch);
        var batch = prefetcher.Take(cancellation);
        if (++number == BatchesPerEpoch) (epoch, number) = (epoch + 1, 0);
        return batch;
    }

    /// <summary>The batches of one epoch from one number on; each holds until the next is asked for.</summary>
    public IEnumerable<Batch> Epoch(int epoch, int from = 0, CancellationToken cancellation = default)
    {
        if (from == BatchesPerEpoch) yield break;
        Seek(epoch, from);
        for (var n = from; n < BatchesPerEpoch; n++) yield return Next(cancellation);
    }

    /// <summary>Ends the background thread; <see cref="Next"/> would begin a new one.</summary>
    public void Dispose()
    {
        prefetcher?.Dispose();
        prefetcher = null;
    }

    BatchFiller NewFiller() => new(data, seed, IsShuffled, Transforms);
}
