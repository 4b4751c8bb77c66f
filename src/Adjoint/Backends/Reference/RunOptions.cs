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

    /// <summary>Count scalar operations as the cost does.</summary>
    public bool CountOperations { get; init; }
}

/// <summary>What a run gives.</summary>
/// <param name="Outputs">By name; `..` expanded, a composite dimension as one.</param>
/// <param name="Kept">The tensors asked for in <see cref="RunOptions.Keep"/>; cells that nothing owns are 0.</param>
public sealed record RunResult(IReadOnlyDictionary<string, NdArray> Outputs, IReadOnlyDictionary<string, NdArray> Kept)
{
    public NdArray this[string output] => Outputs[output];
}
