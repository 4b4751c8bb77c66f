namespace Adjoint;

/// <summary>Which statements of a body need which: a reader needs every writer of what it reads.</summary>
sealed class StatementGraph
{
    readonly bool[,] reaches;

    public StatementGraph(EquatableArray<Statement> body)
    {
        Reads = [.. body.Select(s => Lines(s).SelectMany(l => l.Reads()).Select(r => r.Tensor).ToHashSet())];
        Writes = [.. body.Select(s => Lines(s).Select(l => l.Target.Tensor).ToHashSet())];
        var count = body.Count;
        reaches = new bool[count, count];
        var writers = new Dictionary<string, List<int>>();
        for (var n = 0; n < count; n++)
            foreach (var tensor in Writes[n])
                (writers.TryGetValue(tensor, out var list) ? list : writers[tensor] = []).Add(n);
        // What is read is complete, so its writers stand before: one walk in text order finds all paths.
        for (var n = 0; n < count; n++)
            foreach (var tensor in Reads[n])
                foreach (var writer in writers.GetValueOrDefault(tensor) ?? [])
                {
                    if (writer >= n) continue;
                    reaches[writer, n] = true;
                    for (var before = 0; before < writer; before++) reaches[before, n] |= reaches[before, writer];
                }
    }

    public IReadOnlyList<HashSet<string>> Reads { get; }
    public IReadOnlyList<HashSet<string>> Writes { get; }

    /// <summary>Whether the second statement needs the first, directly or through others.</summary>
    public bool Needs(int first, int second) => reaches[first, second];

    static IEnumerable<Line> Lines(Statement statement) => new EquatableArray<Statement>([statement]).AllLines();
}
