namespace Adjoint;

// Where a cell lies in its tensor. Indices that stay inside for every position of their axes (nearly all) are folded
// into one affine form without a test; only the others are tested at each point.

/// <summary>The offset of the cell that an access names at the current positions.</summary>
sealed class CellAddress
{
    readonly record struct Tested(Func<long> Index, long From, long Size, long Stride);

    readonly Func<long> inside;
    readonly Tested[] tested;
    readonly Func<long>[] indices;
    readonly Func<long[], LoopRunException> outside;

    /// <param name="forms">Per dimension the index as an affine form; null where it is none.</param>
    /// <param name="indices">Per dimension the index as a closure.</param>
    /// <param name="outside">The error for index values outside the tensor.</param>
    public CellAddress(Cells cells, AffineForm?[] forms, Func<long>[] indices, Positions positions,
        Func<long[], LoopRunException> outside)
    {
        (this.indices, this.outside) = (indices, outside);
        var whole = AffineForm.Of(0);
        var tests = new List<Tested>();
        for (var d = 0; d < forms.Length; d++)
        {
            var form = forms[d]?.Plus(-cells.From[d]);
            if (form is not null && form.StaysBelow(cells.Sizes[d], positions))
                whole = whole.Plus(form, cells.Strides[d]);
            else tests.Add(new(indices[d], cells.From[d], cells.Sizes[d], cells.Strides[d]));
        }
        tested = [.. tests];
        inside = whole.Compile(positions.At);
    }

    /// <summary>The offset as a closure; it throws where the cell does not exist.</summary>
    public Func<long> Compile() => tested.Length == 0 ? inside : Offset;

    long Offset()
    {
        var offset = inside();
        foreach (var test in tested)
        {
            var cell = test.Index() - test.From;
            if ((ulong)cell >= (ulong)test.Size) throw outside([.. indices.Select(i => i())]);
            offset += cell * test.Stride;
        }
        return offset;
    }
}
