namespace Adjoint;

/// <summary>Where the numbers of one tensor of a program lie and how they begin.</summary>
/// <param name="Buffer">Its number among the buffers of the program.</param>
/// <param name="Folded">For each dimension whether all its positions share their cells; null where none do.</param>
sealed record TensorPlace(string Name, int Buffer, DType Type, TensorExtent Extent,
    IReadOnlyList<bool>? Folded = null)
{
    public Element Element { get; } = Type switch
    {
        DType.Int32 => Element.Int32,
        DType.Int64 => Element.Int64,
        DType.Float64 => Element.Double,
        _ => Element.Float,
    };

    /// <summary>By dimensions; 0 where the positions share their cells.</summary>
    public long[] Strides { get; } = StridesOf(Extent.Sizes, Folded);
    public long Count { get; } =
        Extent.Sizes.Where((_, d) => Folded?[d] is not true).Aggregate(1L, (count, size) => checked(count * size));
    public long Bytes => Count * Type.ByteSize;
    public bool IsInteger => Element is Element.Int32 or Element.Int64;

    /// <summary>The type in the memory of the caller.</summary>
    public DType Outside { get; init; } = Type;

    /// <summary>What cells hold before a line writes them.</summary>
    public double Start { get; init; }

    /// <summary>The operand w for w'.</summary>
    public string? Updates { get; init; }

    public bool IsOperand { get; init; }
    public bool IsOutput { get; init; }

    static long[] StridesOf(int[] sizes, IReadOnlyList<bool>? folded)
    {
        var strides = new long[sizes.Length];
        var stride = 1L;
        for (var d = sizes.Length - 1; d >= 0; d--)
        {
            if (folded?[d] is true) continue;
            strides[d] = stride;
            stride = checked(stride * sizes[d]);
        }
        return strides;
    }
}
