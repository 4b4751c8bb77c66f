namespace Adjoint;

/// <summary>What is trained, on what, and how it is judged.</summary>
public sealed class TrainingJob
{
    public required Module Model { get; init; }

    public required Optimizer Optimizer { get; init; }

    public required Loader Loader { get; init; }

    /// <summary>Of the numbers that steps draw, as dropout does.</summary>
    public ulong Seed { get; init; }

    /// <summary>The loss of a batch, one number, from the fields of the batch. It is captured once for each shape.</summary>
    public required Func<Tensor[], Tensor> Loss { get; init; }

    /// <summary>A running average of the weights that is judged and kept in their place.</summary>
    public WeightAverage? Average { get; init; }

    /// <summary>Examples that choose the best checkpoint; null where there are none.</summary>
    public Func<CancellationToken, Metrics>? Validate { get; init; }

    /// <summary>Examples that nothing was chosen by; looked at once, at the end.</summary>
    public Func<CancellationToken, Metrics>? Test { get; init; }

    /// <summary>Writes pictures of what the model does into a folder.</summary>
    public Action<string>? Draw { get; init; }

    /// <summary>The metric of the validation that chooses.</summary>
    public string Goal { get; init; } = "loss";

    public bool IsHigherBetter { get; init; }

    /// <summary>Whether a value of the goal is better than another.</summary>
    public bool IsBetter(double value, double than) => double.IsNaN(than) || (IsHigherBetter ? value > than : value < than);
}
