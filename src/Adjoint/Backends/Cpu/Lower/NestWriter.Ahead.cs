namespace Adjoint;

// Where several loops pass over a row, the first waits for memory, which rests while the others compute. A row is also about where a machine
// stops looking ahead by itself. So the pass that computes most asks for what lies a row further.

sealed partial class NestWriter
{
    /// <summary>Shorter rows are near before asking for them has begun.</summary>
    const int LeastRowBytes = 1024;

    readonly Dictionary<LoopNode, Ahead> ahead = [];

    /// <param name="Around">The axis of the rows.</param>
    sealed record Ahead(string Around, IReadOnlyList<(TensorPlace Place, IndexForm Offset)> Cells);

    // Which of the loops inside of a loop over rows asks, and for what.
    void LookAhead(LoopNode around)
    {
        if (around.IsVector || !code.Target.HasPrefetch || around.Items.Count < 2
            || !around.Items.TrueForAll(i => i is LoopNode { IsVector: true, Limits.Count: 0 })) return;
        LoopNode[] passes = [.. around.Items.Cast<LoopNode>()];
        var busiest = passes.Skip(1).MaxBy(p => p.Plans.Sum(q => Size(q.Line.Value)))!;
        var cells = passes.SelectMany(p => p.Plans.SelectMany(q => q.Line.Reads.Append(q.Line.Target)).Select(access => (Pass: p, Access: access)))
            .Where(c => !unstored.Contains(c.Access.Tensor) && !rows.ContainsKey(c.Access.Tensor) && !lodgers.ContainsKey(c.Access.Tensor))
            .Select(c => (c.Pass, Place: program[c.Access.Tensor], Offset: program.Offset(c.Access)))
            .Where(c => c.Offset[c.Pass.Axis] == 1 && c.Offset[around.Axis] * c.Place.Type.ByteSize >= LeastRowBytes
                && c.Pass.Extent * c.Place.Type.ByteSize >= LeastRowBytes && c.Offset.Symbols.All(s => program.Atom(s) is null))
            .Select(c => (c.Place, Offset: c.Offset.Without(c.Pass.Axis))).DistinctBy(c => c.Place.Name + c.Offset.Key).ToList();
        if (cells.Count > 0 && passes.All(p => p.Extent == busiest.Extent)) ahead[busiest] = new(around.Axis, cells);
    }

    // Asks for the lines of a turn, if the loop is one that asks.
    Action<CodeExpr, int>? Fetching(LoopNode node)
    {
        if (!ahead.TryGetValue(node, out var next)) return null;
        // What a pass sums over inside stands nowhere yet.
        var streams = next.Cells.Where(c => c.Offset.Symbols.All(positions.ContainsKey)).Select(c => (Base: Base(c.Place, c.Offset), Step: c.Offset[next.Around], Line: Storage.Alignment / c.Place.Type.ByteSize)).ToList();
        return (index, count) =>
        {
            foreach (var (first, step, line) in streams)
                for (var cell = 0; cell < count; cell += line) code.Prefetch(first, index + (step + cell), isNear: false);
        };
    }
}
