namespace Adjoint;

// Where every line walks through its cells as if two loops were one (x[b,t,j] over b and t), they are one: sizes leave
// the code, so that tensors of any shape share the kernel, and vectors pass over the ends of short rows. The position of
// the outer axis stays 0, the inner one counts through both: then every form of both gives the right cell.

/// <summary>Takes loops together that walk as one.</summary>
static class MergedLoops
{
    public static LoopItem Of(BoundProgram program, LoopItem item)
    {
        if (item is not LoopNode node) return item;
        var items = node.Items.Select(i => Of(program, i)).ToList();
        var merged = items is [LoopNode inner] && AreOne(program, node, inner)
            ? new LoopNode(inner.Axis, inner.IsVector, [], node.Extent * inner.Extent)
            {
                Outer = [.. node.Outer, node.Axis, .. inner.Outer],
                Items = inner.Items,
            }
            : new(node.Axis, node.IsVector, node.Limits, node.Extent) { Items = items };
        return merged;
    }

    static bool AreOne(BoundProgram program, LoopNode outer, LoopNode inner) => outer.Limits.Count + inner.Limits.Count == 0
        && inner.Plans.All(p => !p.IsSequential
            && p.Line.Summed.Contains(outer.Axis) == p.Line.Summed.Contains(inner.Axis)
            && p.Line.Limits.All(l => l.Symbols.All(s => !Moves(program, s, outer, inner)))
            && p.Line.Reads.Append(p.Line.Target).All(a => IsOne(program, p.Line, a, outer, inner))
            && p.Line.Tests.Prepend(p.Line.Value).All(e => !IsValue(e, outer, inner)));

    // Cells that surely exist, and that both loops pass in the order of memory.
    static bool IsOne(BoundProgram program, BoundLine line, Access access, LoopNode outer, LoopNode inner)
    {
        var offset = program.Offset(access);
        return offset[outer.Axis] == offset[inner.Axis] * inner.Extent
            && offset.Symbols.All(s => program.Atom(s) is null || !Moves(program, s, outer, inner))
            && (line.IsSafe(access) || !access.Axes().Exists(a => IsOf(outer, a) || IsOf(inner, a)));
    }

    static bool Moves(BoundProgram program, string symbol, LoopNode outer, LoopNode inner) =>
        program.AxesOf(symbol).Any(a => IsOf(outer, a) || IsOf(inner, a));

    // Whether the position counts otherwise than in the index of a cell.
    static bool IsValue(Expr expr, LoopNode outer, LoopNode inner) =>
        expr is AxisValue value ? IsOf(outer, value.Axis) || IsOf(inner, value.Axis)
        : expr is not Access && expr.Parts().Any(p => IsValue(p, outer, inner));

    static bool IsOf(LoopNode node, string axis) => node.Axis == axis || node.Outer.Contains(axis);
}
