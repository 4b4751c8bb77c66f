namespace Adjoint;

/// <summary>Lines around large tensors that can run together, a block of rows at a time.</summary>
/// <param name="Lines">Their places in the body, in text order. No other statement stands between them: what needs one
/// of them is needed by none.</param>
/// <param name="Left">Statements that read a large tensor of the group and cannot join it.</param>
sealed record RowGroup(IReadOnlyList<int> Lines, IReadOnlyList<int> Left)
{
    // What may lie between two lines of a group: a logarithm of a sum, a scale.
    const int MostBetween = 4;

    public static RowGroup At(int seed, EquatableArray<Statement> body, StatementGraph graph, HashSet<string> large)
    {
        var lines = new SortedSet<int> { seed };
        var links = large.ToHashSet();
        var left = new List<int>();
        for (var n = seed + 1; n < body.Count; n++)
        {
            var reads = graph.Reads[n].Any(r => large.Contains(r) && lines.Any(l => graph.Writes[l].Contains(r)));
            if (!reads && !graph.Writes[n].Any(large.Contains)) continue;
            var between = Enumerable.Range(seed, n - seed).Where(b => !lines.Contains(b) && graph.Needs(b, n)
                && lines.Any(l => graph.Needs(l, b))).ToList();
            if (body[n] is Line && between.Count <= MostBetween && between.TrueForAll(b => body[b] is Line))
            {
                lines.UnionWith([.. between, n]);
                links.UnionWith(between.SelectMany(b => graph.Writes[b]));
            }
            else if (reads) left.Add(n);
        }
        return new(Connected(seed, lines, graph, links), left);
    }

    // Two attentions side by side are two groups.
    static List<int> Connected(int seed, SortedSet<int> lines, StatementGraph graph, HashSet<string> links)
    {
        var own = new HashSet<int> { seed };
        for (var grew = true; grew;)
        {
            var tensors = own.SelectMany(Touched).ToHashSet();
            var more = lines.Where(l => !own.Contains(l) && Touched(l).Any(tensors.Contains)).ToList();
            own.UnionWith(more);
            grew = more.Count > 0;
        }
        return [.. lines.Where(own.Contains)];

        IEnumerable<string> Touched(int line) => graph.Reads[line].Concat(graph.Writes[line]).Where(links.Contains);
    }
}
