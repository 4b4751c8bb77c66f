namespace Adjoint;

/// <summary>Whether the turns of a loop leave each other's cells alone.</summary>
static class Independence
{
    /// <summary>
    /// Whether no turn of a loop over an axis writes a cell that another turn of either line reads or writes: then both
    /// may share the loop, and its turns may run in any order.
    /// </summary>
    /// <param name="shared">Axes with the same position for both: those of the loops around.</param>
    public static bool Holds(BoundProgram program, BoundLine one, BoundLine other, string axis,
        IReadOnlyCollection<string> shared)
    {
        foreach (var read in other.Reads)
            if (read.Tensor == one.Target.Tensor && !AreApart(program, one.Target, read, axis, shared)) return false;
        foreach (var read in one.Reads)
            if (read.Tensor == other.Target.Tensor
                && !AreApart(program, other.Target, read, axis, shared)) return false;
        return one.Target.Tensor != other.Target.Tensor || AreApart(program, one.Target, other.Target, axis, shared);
    }

    // Two cells are different when one index is: k * axis + rest, with rests that differ by less than k.
    static bool AreApart(BoundProgram program, Access one, Access other, string axis,
        IReadOnlyCollection<string> shared)
    {
        for (var d = 0; d < one.Indices.Count; d++)
        {
            var (a, b) = (program.Form(one.Indices[d]), program.Form(other.Indices[d]));
            var factor = a[axis];
            if (factor == 0 || b[axis] != factor || IsComputedFrom(a) || IsComputedFrom(b)) continue;
            var common = IndexForm.Of(0);
            foreach (var (symbol, times) in a.Terms)
                if (shared.Contains(symbol) && b[symbol] == times) common = common.Plus(IndexForm.Of(symbol), times);
            common = common.Plus(IndexForm.Of(axis), factor);
            var (first, second) = (a.Minus(common), b.Minus(common));
            if (first.Min(program.Range) is not { } low1 || first.Max(program.Range) is not { } high1
                || second.Min(program.Range) is not { } low2 || second.Max(program.Range) is not { } high2) continue;
            if (Math.Max(high1 - low2, high2 - low1) < Math.Abs(factor)) return true;
        }
        return false;

        bool IsComputedFrom(IndexForm form) => form.Symbols.Any(s => s != axis && program.AxesOf(s).Contains(axis));
    }
}
