namespace Adjoint;

// A bound that only a run knows (a length of each example, how much of a cache is filled) cuts one group of a contraction:
// no work is done beyond it. What differs between examples is a loop of the step around the engine.

/// <summary>How many positions of a group there are, as a form that a run gives its value.</summary>
sealed record ContractionCut(ContractionGroup Group, IndexForm Count)
{
    /// <summary>A limit <c>count - 1 - axis &gt;= 0</c>; null where it is of another form.</summary>
    /// <param name="axes">Of the contraction.</param>
    /// <param name="loops">Of the time loops around.</param>
    public static ContractionCut? Of(BoundProgram program, IndexForm limit, IReadOnlyList<string> axes,
        IReadOnlyList<string> loops, Func<string, ContractionGroup> group)
    {
        if (limit.Symbols.Where(axes.Contains).ToList() is not [var axis] || limit[axis] != -1
            || group(axis) is ContractionGroup.Batch
            || axes.Any(a => a != axis && group(a) == group(axis) && program.Extents[a] > 1)) return null;
        var count = limit.Without(axis).Plus(1);
        return count.Symbols.All(s => loops.Contains(s)
            || program.Atom(s) is AttributeValue or Access && program.AxesOf(s).All(a => loops.Contains(a)
                || axes.Contains(a) && group(a) is ContractionGroup.Batch)) ? new(group(axis), count) : null;
    }

    /// <summary>The axes of the contraction whose positions it depends on.</summary>
    public IEnumerable<string> AxesAmong(BoundProgram program, IReadOnlyList<string> axes) =>
        Count.Symbols.SelectMany(program.AxesOf).Where(axes.Contains);
}
