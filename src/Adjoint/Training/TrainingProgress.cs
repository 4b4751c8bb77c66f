namespace Adjoint;

/// <summary>Where a run is while it trains.</summary>
/// <param name="Step">Steps made, of <paramref name="Steps"/> in all.</param>
/// <param name="Loss">Mean over the epoch so far.</param>
/// <param name="Rate">Examples a second.</param>
/// <param name="Left">How long the rest takes if it goes on like this.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, long Step, long Steps, double Loss, double Rate, TimeSpan Left);

/// <summary>What an epoch came to.</summary>
/// <param name="Loss">Mean over the training examples, as they were when they were learned from.</param>
/// <param name="Seconds">Of its training, without validation.</param>
public sealed record EpochResult(int Epoch, int Epochs, long Step, double Loss, Metrics? Validation, bool IsBest, double Seconds);
