namespace Adjoint;

// A read across the lanes (x[i,j] in lanes along i, j in the loop around) would take a cell of another cache line for
// each lane. As many positions of the loop around as there are lanes need a square of cells, dense the other way: it
// is loaded row by row and turned in registers.

sealed partial class NestWriter
{
    // Instructions of a position; there are as many positions of them in the text as lanes.
    const double MostOfTurned = 24;

    /// <summary>Writes both loops in squares if that is what their reads want.</summary>
    /// <param name="around">A loop with nothing but a vector loop in it.</param>
    bool WriteTurned(LoopNode around, bool isParallel)
    {
        var count = code.Target.Lanes(program.Element);
        if (around.IsVector || around.Limits.Count > 0 || !code.Target.HasPermute || count < 4
            || around.Items is not [LoopNode { IsVector: true, Limits.Count: 0 } inner]
            || Math.Min(around.Extent, inner.Extent) < count) return false;
        var plans = inner.Plans.ToList();
        if (inner.Items.Count != plans.Count || plans.Any(p => p.IsRegister || p.Vector != inner.Axis)
            || plans.Sum(p => p.Line.Tests.Prepend(p.Line.Value).Sum(Size)) > MostOfTurned) return false;
        Access[] turned =
            [.. plans.SelectMany(p => p.Line.Reads).Distinct().Where(r => IsTurned(r, around, inner, plans))];
        if (turned.Length is 0 or > 2) return false;

        var (from, to) = Bounds(around, isParallel);
        var squares = code.Let($"{NameOf(around)}_squares", from + ((to - from) & -count));
        code.For(NameOf(around), from, squares, start => VectorLoop(inner, (index, part) =>
        {
            if (part.Count < count || part.Mask is not null)
            {
                code.For(NameOf(around), start, start + count, position =>
                    At(around, position, () => Enter(inner, index)));
                return;
            }
            CodeExpr[][] rows = [.. turned.Select(access => Turned(access, around, inner, start, index, part))];
            for (var k = 0; k < count; k++)
            {
                var row = k;
                At(around, code.Let(NameOf(around), start + k), () =>
                {
                    for (var i = 0; i < turned.Length; i++) known[^1][turned[i]] = rows[i][row];
                    Enter(inner, index);
                });
            }
        }), count);
        code.For(NameOf(around), squares, to, index => Enter(around, index));
        return true;
    }

    void VectorLoop(LoopNode node, Action<CodeExpr, Lanes> body)
    {
        var (from, to) = Bounds(node, false);
        code.VectorLoop(NameOf(node), from, to, element, (index, part) =>
        {
            (vector, vectorIndex, lanes) = (node.Axis, index, part);
            body(index, part);
            (vector, lanes) = (null, null);
        });
    }

    void At(LoopNode node, CodeExpr position, Action write)
    {
        Open(node, position);
        Scoped(write);
        Close(node);
    }

    bool IsTurned(Access access, LoopNode around, LoopNode inner, List<LinePlan> plans)
    {
        var place = program[access.Tensor];
        var offset = Offset(access);
        return place.Element == element && offset[around.Axis] == 1 && Math.Abs(offset[inner.Axis]) > 1
            && offset.Symbols.All(s => program.Atom(s) is null) && program.StaysInside(access, [])
            && !unstored.Contains(access.Tensor) && plans.All(p => p.Line.Target.Tensor != access.Tensor);
    }

    // Rows in pairs from both halves, lanes alternating: after as many rounds as the logarithm of their number, row k
    // holds what was lane k of all.
    CodeExpr[] Turned(Access access, LoopNode around, LoopNode inner, CodeExpr start, CodeExpr index, Lanes part)
    {
        var offset = Offset(access);
        var stride = offset[inner.Axis];
        Open(around, start);
        var first = code.Let($"{access.Tensor}_at",
            Pointer(program[access.Tensor]) + (Position(offset.Without(inner.Axis)) + index * stride));
        Close(around);
        loaded.Add(access.Tensor);
        CodeExpr[] rows = [.. Enumerable.Range(0, part.Count).Select(row =>
            code.Let(access.Tensor, part.Load(first, Code.Constant(CodeType.Int64, row * stride))))];
        var half = part.Count / 2;
        int[] low = [.. Enumerable.Range(0, part.Count).Select(l => l / 2 + l % 2 * part.Count)];
        int[] high = [.. low.Select(l => l + half)];
        for (var round = 1; round < part.Count; round *= 2)
            rows = [.. Enumerable.Range(0, half).SelectMany(row => (CodeExpr[])
            [
                code.Let("row", Code.Permute(rows[row], rows[row + half], low)),
                code.Let("row", Code.Permute(rows[row], rows[row + half], high)),
            ])];
        return rows;
    }
}
