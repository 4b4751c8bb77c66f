namespace Adjoint;

// A time loop keeps only the lines on or between dependence cycles. Lines that merely feed them come before it, with the
// loop's axis as an ordinary one; the rest comes after. So the weight gradients of all steps become one product.

/// <summary>Hoists lines before and sinks lines after time loops; a loop without a cycle vanishes.</summary>
static class TimeLoops
{
    public static EquatableArray<Statement> Split(EquatableArray<Statement> body)
    {
        var result = new List<Statement>();
        foreach (var statement in body)
        {
            if (statement is TimeLoop loop) result.AddRange(Split(loop));
            else result.Add(statement);
        }
        return result.ToEquatable();
    }

    static List<Statement> Split(TimeLoop loop)
    {
        var nodes = Split(loop.Body);
        var reaches = Reachability(nodes);
        var isCyclic = Enumerable.Range(0, nodes.Count).Select(n => reaches[n, n]).ToArray();
        List<int> before = [], core = [], after = [];
        for (var n = 0; n < nodes.Count; n++)
        {
            var feeds = false;
            var follows = false;
            for (var c = 0; c < nodes.Count; c++)
            {
                feeds |= isCyclic[c] && reaches[n, c];
                follows |= isCyclic[c] && reaches[c, n];
            }
            (isCyclic[n] || feeds && follows ? core : feeds ? before : after).Add(n);
        }
        var result = InOrder(before, reaches).Select(n => Outside(loop, nodes[n])).ToList();
        if (core.Count > 0) result.Add(loop with { Body = core.Select(n => nodes[n]).ToEquatable() });
        result.AddRange(InOrder(after, reaches).Select(n => Outside(loop, nodes[n])));
        return result;
    }

    // A line that never names the loop's axis was still run once a step. An inner loop is on a cycle of its own, and
    // stays.
    static Statement Outside(TimeLoop loop, Statement statement) => statement is not Line line ? loop with { Body = [statement] }
        : line.Axes().Contains(loop.Axis) ? line
        : line.Op is LineOp.Add or LineOp.Subtract
            ? line with { Value = Algebra.Multiply(line.Value, new ExtentValue(loop.Axis)) }
        : loop with { Body = [line] };

    /// <summary>[u, v]: v reads, directly or through others, what u writes.</summary>
    static bool[,] Reachability(EquatableArray<Statement> nodes)
    {
        var count = nodes.Count;
        var reaches = new bool[count, count];
        var writes = nodes.Select(n => Lines(n).Select(l => l.Target).ToList()).ToArray();
        var reads = nodes.Select(n => Lines(n).SelectMany(l => l.Reads()).ToLookup(r => r.Tensor)).ToArray();
        for (var u = 0; u < count; u++)
            for (var v = 0; v < count; v++)
                reaches[u, v] = writes[u].Any(w => reads[v][w.Tensor].Any(r => !r.IsApartFrom(w)));
        for (var k = 0; k < count; k++)
            for (var u = 0; u < count; u++)
                if (reaches[u, k])
                    for (var v = 0; v < count; v++)
                        reaches[u, v] |= reaches[k, v];
        return reaches;
    }

    // Text order, except that what a line reads of an earlier step may be written further down.
    static IEnumerable<int> InOrder(List<int> nodes, bool[,] reaches)
    {
        var left = new List<int>(nodes);
        while (left.Count > 0)
        {
            var next = left.First(n => !left.Any(m => m != n && reaches[m, n]));
            left.Remove(next);
            yield return next;
        }
    }

    static IEnumerable<Line> Lines(Statement statement) => new EquatableArray<Statement>([statement]).AllLines();
}
