namespace Adjoint;

/// <summary>The numbers of one tensor of a compiled program, margins included, `..` as one dimension.</summary>
sealed class Cells
{
    public Cells(string name, TensorExtent extent)
    {
        (Name, From, Sizes, Strides) = (name, extent.From, extent.Sizes, new long[extent.Sizes.Length]);
        var stride = 1L;
        for (var d = Sizes.Length - 1; d >= 0; d--)
        {
            Strides[d] = stride;
            stride = checked(stride * Sizes[d]);
        }
        Count = checked((int)stride);
    }

    public string Name { get; }
    public int[] From { get; }
    public int[] Sizes { get; }
    public long[] Strides { get; }
    public int Count { get; }

    public double[] Values { get; set; } = [];

    /// <summary>What a cell holds before the first line writes it.</summary>
    public double Start { get; init; }

    /// <summary>The operand w for w', from which the cells start.</summary>
    public Cells? Updates { get; init; }

    /// <summary>Per cell, who wrote it last; null where no line needs to know.</summary>
    public int[]? Marks { get; init; }

    public void Reset()
    {
        if (Values.Length != Count) Values = new double[Count];
        if (Updates is null) Array.Fill(Values, Start);
        else Updates.Values.CopyTo(Values, 0);
        if (Marks is not null) Array.Clear(Marks);
    }
}
