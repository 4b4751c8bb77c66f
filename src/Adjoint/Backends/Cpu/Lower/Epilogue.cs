namespace Adjoint;

// Which lines a contraction may take along: those that follow it, write one cell for each cell it has written and ask
// nothing of the others. They run on its tiles while these are near, and what the contraction computes is never more
// than a stage of the first of them that writes its cells: it lies in that one's memory. Where it is kept, two streams
// leave the tiles, and a pass of its own is as fast (0.85 to 0.99 of the time).

/// <summary>The pointwise lines that a contraction computes on its tiles.</summary>
/// <param name="Product">What the contraction computes; only these lines read it.</param>
/// <param name="Host">The target of a line that writes after the last one has read the product: there it lies.</param>
sealed record Epilogue(IReadOnlyList<LinePlan> Lines, string Product, Access Host)
{
    // Methods with very many locals run slowly.
    const int MostLines = 24;

    // Rows of fewer cells are over before a kernel has begun.
    const int LeastColumns = 32;

    /// <summary>The lines from the first on that can be computed where the contraction's cells are finished; null where
    /// that does not pay.</summary>
    /// <param name="following">What comes after the contraction in the text, up to the next loop over time.</param>
    /// <param name="isLocal">Whether some lines alone write and read a tensor.</param>
    public static Epilogue? After(BoundProgram program, LinePlan contraction, IEnumerable<LinePlan> following,
        Func<string, IReadOnlyList<LinePlan>, bool> isLocal)
    {
        if (contraction.Contraction!.Bounds.Count + contraction.Contraction.Cuts.Count > 0 || ColumnOf(program, contraction.Line) is not { } column
            || program.Extents[column] < LeastColumns) return null;
        var product = contraction.Line.Target.Tensor;
        var taken = new List<LinePlan>();
        var targets = new Dictionary<string, Access> { [product] = contraction.Line.Target };
        foreach (var plan in following)
        {
            if (taken.Count == MostLines || !Fits(program, contraction, plan, column, targets)) break;
            taken.Add(plan);
            targets[plan.Line.Target.Tensor] = plan.Line.Target;
        }
        if (!isLocal(product, [contraction, .. taken])) return null;
        var last = taken.FindLastIndex(p => p.Line.Reads.Any(r => r.Tensor == product));
        var host = taken.Skip(last).FirstOrDefault(p => CanHost(program[p.Line.Target.Tensor], p.Line));
        return host is null ? null : new(taken, product, host.Line.Target);

        // What its cells held before matters to nobody.
        bool CanHost(TensorPlace place, BoundLine line) => line.Op is LineOp.Set && line.Tests.Count == 0
            && contraction.Line.Left.All(a => line.TargetOffset[a] == contraction.Line.TargetOffset[a])
            && place.Updates is null && place.Type == program[product].Type && !isLocal(place.Name, taken)
            && taken.TakeWhile(p => p.Line != line).All(p =>
                p.Line.Target.Tensor != place.Name && p.Line.Reads.All(r => r.Tensor != place.Name));
    }

    // The axis along which the cells of a line lie side by side, if its positions follow from its cell.
    static string? ColumnOf(BoundProgram program, BoundLine line)
    {
        var axes = Axes(program, line).OrderBy(a => line.TargetOffset[a]).ToList();
        if (axes.Count == 0 || line.TargetOffset[axes[0]] != 1) return null;
        for (var i = 1; i < axes.Count; i++)
            if (line.TargetOffset[axes[i]] < line.TargetOffset[axes[i - 1]] * program.Extents[axes[i - 1]]) return null;
        return line.TargetOffset.Symbols.All(s => line.Left.Contains(s) || line.Loops.Contains(s)) ? axes[0] : null;
    }

    static bool Fits(BoundProgram program, LinePlan contraction, LinePlan plan, string column,
        Dictionary<string, Access> targets)
    {
        var line = plan.Line;
        if (plan.Contraction is not null || plan.IsSequential || plan.Vector != column || line.Summed.Count > 0
            || line.Limits.Count > 0 || program[line.Target.Tensor].IsInteger
            || !Axes(program, line).ToHashSet().SetEquals(Axes(program, contraction.Line))
            || !line.Loops.SequenceEqual(contraction.Line.Loops)) return false;
        if (!contraction.Line.Reads.All(r => r.Tensor != program[line.Target.Tensor].Updates
            && (r.Tensor != line.Target.Tensor || AreApart(program, line, r)))) return false;
        // Tiles are finished in any order, so of what is written here only the very cell may be touched.
        var reads = line.Reads.ToList();
        return line.IsSafe(line.Target) && reads.TrueForAll(line.IsSafe)
            && reads.Exists(r => targets.ContainsKey(r.Tensor))
            && reads.Append(line.Target).All(r => !targets.TryGetValue(r.Tensor, out var target) || IsSame(r, target))
            && reads.TrueForAll(r => r.Tensor != line.Target.Tensor || IsSame(r, line.Target))
            && !targets.Values.Any(t => program[t.Tensor].Updates is { } old && reads.Exists(r =>
                r.Tensor == old && !IsSame(r, t)))
            && (program[line.Target.Tensor].Updates is not { } updated || reads.TrueForAll(r =>
                r.Tensor != updated || IsSame(r, line.Target)));

        bool IsSame(Access one, Access other) => program.Offset(one).Key == program.Offset(other).Key;
    }

    // Another step of a time loop.
    static bool AreApart(BoundProgram program, BoundLine line, Access read) =>
        Enumerable.Range(0, read.Indices.Count).Any(d =>
            program.Form(line.Target.Indices[d]) is var written && !written.Symbols.Any(line.Axes.Contains)
            && written.Minus(program.Form(read.Indices[d])) is { IsConstant: true, Constant: not 0 });

    static IEnumerable<string> Axes(BoundProgram program, BoundLine line) =>
        line.Axes.Where(a => line.Left.Contains(a) && program.Extents[a] > 1);
}
