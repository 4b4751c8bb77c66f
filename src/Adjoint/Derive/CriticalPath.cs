namespace Adjoint;

// Every operation that has its inputs happens at once; a reduction over n is a tree of depth log2 n. Lines outside
// every cycle of a time loop leave it first, for all their steps may happen at once.

/// <summary>The longest chain of operations that have to wait for each other: time on a machine without
/// limits.</summary>
sealed class CriticalPath
{
    readonly LoopProgram program;
    readonly SymbolicExtents extents;
    readonly Dictionary<string, Line> first; // of the lines that write a tensor
    readonly Dictionary<string, Polynomial> ready = []; // when a tensor is complete; operands at 0

    CriticalPath(LoopProgram program, SymbolicExtents extents, Dictionary<string, Line> first) =>
        (this.program, this.extents, this.first) = (program, extents, first);

    public static Polynomial Of(LoopProgram program, SymbolicExtents extents)
    {
        var first = program.Lines.GroupBy(l => l.Target.Tensor).ToDictionary(g => g.Key, g => g.First());
        var path = new CriticalPath(program, extents, first);
        path.Walk(TimeLoops.Split(program.Body), []);
        return program.Outputs.Select(o => path.ready[o.Name]).Aggregate(Polynomial.Larger);
    }

    void Walk(EquatableArray<Statement> body, string[] loops)
    {
        foreach (var statement in body)
            if (statement is Line line) ready[line.Target.Tensor] = Depth(line, loops);
            else Walk((TimeLoop)statement, loops);
    }

    // One step's longest path, from cells of earlier steps to cells of this one, as often as there are steps.
    void Walk(TimeLoop loop, string[] loops)
    {
        var lines = (program with { Body = loop.Body }).Lines.ToList();
        var start = lines.SelectMany(l => l.Reads()).Select(r => Ready(r.Tensor))
            .Aggregate(Polynomial.Zero, Polynomial.Larger);
        var step = new CriticalPath(program, extents, first);
        step.Walk(loop.Body, [.. loops, loop.Axis]);
        var period = step.ready.Values.Aggregate(Polynomial.Larger);
        foreach (var tensor in step.ready.Keys) ready[tensor] = start + extents[loop.Axis] * period;
    }

    Polynomial Depth(Line line, string[] loops)
    {
        var depth = Depth(line.Value is Negate negate ? negate.Value : line.Value);
        foreach (var read in line.Reads()) depth = Polynomial.Larger(depth, Ready(read.Tensor));
        // 1 + L names a cell of its own for every L, as L does.
        var alone = line.Target.Indices.Where(i => !i.Any(e => e is Access)).Select(i => i.Axes())
            .Where(axes => axes.Count == 1).SelectMany(axes => axes);
        var folded = Relations.Folded(line, loops).Except(loops).Except(alone)
            .Aggregate(Polynomial.One, (count, axis) => count * extents[axis]);
        if (line.Op is not LineOp.Set) depth += folded.CeilLog2();
        depth = Polynomial.Larger(depth, Ready(line.Target.Tensor));
        var isFirst = ReferenceEquals(first[line.Target.Tensor], line) && program.Updated(line.Target.Tensor) is null;
        return isFirst || line.Op is LineOp.Set ? depth : depth + 1;
    }

    Polynomial Depth(Expr expr)
    {
        if (expr is Access access) return Ready(access.Tensor);
        if (OperationCount.IsConstant(expr)) return Polynomial.Zero;
        var depth = expr.Parts().Select(Depth).Aggregate(Polynomial.Zero, Polynomial.Larger);
        return OperationCount.Kind(expr) is null ? depth : depth + 1;
    }

    Polynomial Ready(string tensor) => ready.GetValueOrDefault(tensor, Polynomial.Zero);
}
