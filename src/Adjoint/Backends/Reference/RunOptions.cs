namespace Adjoint;

/// <summary>What a run of the reference may be asked for beside the outputs.</summary>
public sealed record RunOptions
{
    /// <summary>Key of the random operands.</summary>
    public ulong Seed { get; init; }

    /// <summary>Training step: each has random numbers of its own.</summary>
    public uint Step { get; init; }

    /// <summary>Computed tensors to return too, with the margins that their dims declare.</summary>
    public IReadOnlyList<Kept> Keep { get; init; } = [];

    /// <summary>Count scalar operations as <see cref="Cost"/> does, of the program as it is given.</summary>
    public bool CountOperations { get; init; }
}

/// <summary>What a run gives.</summary>
/// <param name="Outputs">By name; `..` expanded, a composite dimension as one.</param>
/// <param name="Kept">The tensors asked for in <see cref="RunOptions.Keep"/>; cells that nothing owns are 0.</param>
/// <param name="Points">How many points each line computed, in text order.</param>
public sealed record RunResult(
    IReadOnlyDictionary<string, NdArray> Outputs, IReadOnlyDictionary<string, NdArray> Kept, IReadOnlyList<long> Points)
{
    /// <summary>Scalar operations by kind, if they were to be counted.</summary>
    public IReadOnlyDictionary<string, long> Operations { get; init; } = new Dictionary<string, long>();

    public NdArray this[string output] => Outputs[output];
}
