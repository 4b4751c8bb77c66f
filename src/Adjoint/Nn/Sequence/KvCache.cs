namespace Adjoint;

// The memory of a layer is a leaf that a captured step reads and assigns; the position is a leaf, too, whose value bounds the
// loops. So one plan serves all positions, and a new row costs a row. A run of rows has a plan for its length.

/// <summary>What layers of attention remember while a sequence grows position by position.</summary>
public sealed class KvCache
{
    readonly Dictionary<Module, Tensor[]> memories = [];
    readonly Dictionary<Module, SourceMemory> sources = [];

    /// <param name="capacity">Positions it has room for.</param>
    public KvCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    public int Capacity { get; }

    /// <summary>How many positions are filled: the place of the next one.</summary>
    public int Position { get; private set; }

    /// <summary>The place of the position that is computed now: one int64.</summary>
    internal Tensor At { get; } = Tensor.Scalar(0, DType.Int64);

    /// <summary>The places of so many positions from that one on: int64[t].</summary>
    internal Tensor Places(int count) => count == 1 ? At.Reshape(1) : At + Tensor.Arange(count, DType.Int64);

    /// <summary>After each step.</summary>
    /// <param name="positions">How many were read in it.</param>
    /// <exception cref="InvalidOperationException">There was no room for so many.</exception>
    public void Advance(int positions = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        if (positions > Capacity - Position)
            throw new InvalidOperationException((Position == Capacity ? $"KvCache: all {Capacity} positions are filled.\n"
                : $"KvCache: {Position} of {Capacity} positions are filled, there is no room for {positions}.\n")
                + "Hint: Clear() it and give the last part of the sequence again.");
        Set(Position + positions);
    }

    /// <summary>Forgets all positions; steps that were captured go on with it. What was read of a source stays until another is read.</summary>
    public void Clear()
    {
        foreach (var memory in memories.Values)
            foreach (var tensor in memory) tensor.OverwrittenBytes().Clear();
        Set(0);
    }

    /// <summary>What a layer keeps: zeros of these shapes before its first step.</summary>
    internal Tensor[] MemoryOf(Module owner, DType type, params ReadOnlySpan<int[]> shapes)
    {
        if (memories.TryGetValue(owner, out var known))
        {
            for (var i = 0; i < known.Length; i++)
                if (known[i].Type != type || !known[i].Shape.SequenceEqual(shapes[i]))
                    throw new ShapeException($"KvCache: '{owner.Path}' kept {known[i].Described} and now wants [{string.Join(", ", shapes[i])}].\n"
                        + "Hint: a batch of another size or type has a cache of its own.", "cache", [.. known[i].Shape]);
            return known;
        }
        var made = new Tensor[shapes.Length];
        for (var i = 0; i < made.Length; i++) made[i] = Tensor.Zeros(type, shapes[i]);
        return memories[owner] = made;
    }

    /// <summary>What a layer has read of a source; null before it has read one.</summary>
    internal SourceMemory? SourceOf(Module owner) => sources.GetValueOrDefault(owner);

    /// <summary>Keeps what a layer reads of a source, in the place of what it has read before.</summary>
    /// <param name="keys">[b, h, u, c]</param> <param name="values">[b, h, u, d]</param> <param name="lengths">int64[b]</param>
    /// <exception cref="ShapeException">The source before had another size.</exception>
    internal void Keep(Module owner, Tensor keys, Tensor values, Tensor lengths)
    {
        if (!sources.TryGetValue(owner, out var kept))
            sources[owner] = kept = new(Tensor.Zeros(keys.Type, [.. keys.Shape]), Tensor.Zeros(values.Type, [.. values.Shape]),
                Tensor.Zeros(DType.Int64, [.. lengths.Shape]));
        if (kept.Keys.Type != keys.Type || !kept.Keys.Shape.SequenceEqual(keys.Shape))
            throw new ShapeException($"KvCache: '{owner.Path}' kept keys {kept.Keys.Described} of a source and now has {keys.Described}.\n"
                + "Hint: sources of one size and their lengths, or a cache for each size.", "source", [.. keys.Shape]);
        Tensor.Assign((kept.Keys, keys), (kept.Values, values), (kept.Lengths, lengths));
    }

    void Set(int position)
    {
        Position = position;
        At.Overwrite<long>([position]);
    }
}

/// <summary>What a layer of attention reads of a source, the same at every position.</summary>
/// <param name="Keys">[b, h, u, c]</param> <param name="Values">[b, h, u, d]</param>
/// <param name="Lengths">How many positions hold: int64[b].</param>
sealed record SourceMemory(Tensor Keys, Tensor Values, Tensor Lengths);
