namespace Adjoint;

/// <summary>How long a run trains and how often it says so.</summary>
public sealed record TrainerOptions
{
    /// <summary>Passes over the training data.</summary>
    public required int Epochs { get; init; }

    /// <summary>Ends before that after so many steps; 0 for no such end.</summary>
    public long Steps { get; init; }

    /// <summary>Ends when the validation has not become better for so many epochs; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>Steps from one line of the log to the next.</summary>
    public int LogEvery { get; init; } = 20;

    /// <summary>The run is saved at the end of an epoch, and within one when this has passed.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Steps in all.</summary>
    public long StepsOf(int batchesPerEpoch) =>
        Steps > 0 ? Math.Min(Steps, (long)Epochs * batchesPerEpoch) : (long)Epochs * batchesPerEpoch;

    internal FileSystem Files { get; init; } = FileSystem.Disk;
}
