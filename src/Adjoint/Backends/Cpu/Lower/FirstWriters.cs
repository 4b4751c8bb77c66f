namespace Adjoint;

// A tensor needs no start value when its first line writes every cell, each once, before anything reads it.

/// <summary>Finds the lines that give all cells of a tensor their first value.</summary>
static class FirstWriters
{
    /// <param name="downward">Time loops that run from the last position to the first.</param>
    public static void Mark(BoundProgram program, LineTensors tensors, IReadOnlySet<string> downward)
    {
        foreach (var place in program.Places)
        {
            if (tensors.Writers(place.Name).FirstOrDefault() is not { } plan) continue;
            plan.IsFirst = !place.IsInteger && (place.Updates is null || plan.Line.Op is LineOp.Set || Updates(plan))
                && HasValueEverywhere(program, tensors, plan) && CoversAll(program, plan.Line, place)
                && tensors.Of(place.Name).All(p => IsAfter(program, plan, p, place.Name, downward));
        }
    }

    // w' += f may take what it adds to from w itself.
    static bool Updates(LinePlan plan) => plan.Contraction is null && plan.Line.Summed.Count == 0;

    // No condition takes cells away that somebody sees: limits may shorten sums, or hold for all readers.
    static bool HasValueEverywhere(BoundProgram program, LineTensors tensors, LinePlan plan) =>
        plan.Contraction is { Bounds.Count: > 0 } || (plan.Line.Summed.Count == 0
        ? plan.Line.Limits.All(l => IsForAll(program, tensors, plan, l)) && plan.Line.IsSafe(plan.Line.Target)
            && (plan.Line.Tests.Count == 0 || CanFill(program, plan))
        : plan.IsRegister && plan.Line.Limits.All(l => plan.Line.Summed.Any(a => l[a] != 0)
            || IsForAll(program, tensors, plan, l)));

    // Where a test does not hold it can write the start value of the cell: all that it reads exists anyway.
    static bool CanFill(BoundProgram program, LinePlan plan) => plan.Contraction is null
        && program[plan.Line.Target.Tensor] is { Updates: null } && plan.Line.Reads.All(plan.Line.IsSafe);

    // A limit that follows from the cell alone, and whoever else touches the cell keeps it too.
    static bool IsForAll(BoundProgram program, LineTensors tensors, LinePlan plan, IndexForm limit)
    {
        var (target, key) = (plan.Line.Target, program.Offset(plan.Line.Target).Key);
        return program[target.Tensor] is { IsOutput: false, Updates: null }
            && limit.Symbols.All(s => program.AxesOf(s).All(plan.Line.Left.Contains) && IsGiven(program, s))
            && tensors.Of(target.Tensor).All(p => p.Line.Limits.Any(l => l.Key == limit.Key)
                && p.Line.Reads.Append(p.Line.Target).All(a => a.Tensor != target.Tensor || program.Offset(a).Key == key));
    }

    // The same number whenever it is asked for.
    static bool IsGiven(BoundProgram program, string symbol) => program.Atom(symbol) is not { } atom
        || !atom.Any(e => e is Access access && !program[access.Tensor].IsOperand);

    // The offset counts through the cells: factors 1, n, n * m … for extents n, m ….
    static bool CoversAll(BoundProgram program, BoundLine line, TensorPlace place)
    {
        var offset = line.TargetOffset;
        var axes = line.Left.Concat(line.Loops).ToList();
        if (offset.Constant != 0 || offset.Symbols.Any(s => !axes.Contains(s))) return false;
        var cells = 1L;
        var shared = line.Target.Indices.Where((_, d) => place.Folded?[d] is true).SelectMany(i => i.Axes()).ToHashSet();
        foreach (var axis in axes.Where(a => program.Extents[a] != 1 && !shared.Contains(a))
            .OrderBy(a => Math.Abs(offset[a])))
        {
            if (offset[axis] != cells) return false;
            cells *= program.Extents[axis];
        }
        return cells == place.Count;
    }

    static bool IsAfter(BoundProgram program, LinePlan first, LinePlan other, string tensor,
        IReadOnlySet<string> downward)
    {
        if (other == first) return first.Line.Reads.All(r => r.Tensor != tensor);
        var reads = other.Line.Reads.Where(r => r.Tensor == tensor).ToList();
        if (reads.Count == 0 && other.Line.Target.Tensor != tensor) return true;
        if (other.Line.Number < first.Line.Number) return false;
        var shared = first.Line.Loops.Where(other.Line.Loops.Contains).ToList();
        if (shared.Count == 0) return true;
        // In the same time loop: only cells of this step, or of steps before.
        var target = first.Line.Target;
        return reads.All(read => shared.All(axis => Enumerable.Range(0, target.Indices.Count).Any(d =>
        {
            var (written, index) = (program.Form(target.Indices[d]), program.Form(read.Indices[d]));
            return written.Key == IndexForm.Of(axis).Key
                && index.Minus(written) is { IsConstant: true, Constant: var ahead }
                && (downward.Contains(axis) ? ahead >= 0 : ahead <= 0);
        })));
    }
}
