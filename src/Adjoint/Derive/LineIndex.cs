namespace Adjoint;

// A rewrite changes few lines of many, and there are many rewrites: only lines that came or went are looked at.

/// <summary>Which lines write and which read a tensor.</summary>
sealed class LineIndex
{
    readonly Dictionary<string, List<Line>> writers = [];
    readonly Dictionary<string, List<Line>> readers = [];
    Line[] lines = [];

    public IReadOnlyList<Line> Writers(string tensor) => writers.GetValueOrDefault(tensor) ?? [];

    /// <summary>A line that reads a tensor twice is there twice.</summary>
    public IReadOnlyList<Line> Readers(string tensor) => readers.GetValueOrDefault(tensor) ?? [];

    public void Update(EquatableArray<Statement> body)
    {
        Line[] changed = [.. body.AllLines()];
        var (same, least) = (0, Math.Min(lines.Length, changed.Length));
        while (same < least && ReferenceEquals(lines[same], changed[same])) same++;
        var end = 0;
        while (end < least - same && ReferenceEquals(lines[^(end + 1)], changed[^(end + 1)])) end++;
        foreach (var line in lines.AsSpan(same, lines.Length - same - end))
        {
            Remove(writers[line.Target.Tensor], line);
            foreach (var read in line.Reads()) Remove(readers[read.Tensor], line);
        }
        foreach (var line in changed.AsSpan(same, changed.Length - same - end))
        {
            Of(writers, line.Target.Tensor).Add(line);
            foreach (var read in line.Reads()) Of(readers, read.Tensor).Add(line);
        }
        lines = changed;
    }

    static void Remove(List<Line> lines, Line line) => lines.RemoveAt(lines.FindIndex(l => ReferenceEquals(l, line)));

    static List<Line> Of(Dictionary<string, List<Line>> lists, string tensor)
    {
        if (!lists.TryGetValue(tensor, out var list)) lists[tensor] = list = [];
        return list;
    }
}
