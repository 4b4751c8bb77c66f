namespace Adjoint;

// Where a kernel reads one tensor for the last time and gives another all its cells, both may be the same memory if each
// cell is read before it is written: all lines that mention either stand in one loop, at the same cell of it.

/// <summary>Whether a tensor may be written where another one lies.</summary>
static class InPlace
{
    /// <param name="item">The only loops that mention both.</param>
    /// <param name="dying">Nobody reads it after them.</param>
    /// <param name="born">Nobody reads or writes it before them.</param>
    public static bool Holds(BoundProgram program, LoopItem item, string dying, string born)
    {
        if (item is not LoopNode root || Innermost(root, dying, born) is not { } node) return false;
        string? cell = null;
        var isWritten = false;
        foreach (var child in node.Items)
        {
            var plan = ((PointItem)child).Plan;
            var line = plan.Line;
            foreach (var access in line.Reads.Append(line.Target))
            {
                if (access.Tensor != dying && access.Tensor != born) continue;
                var key = program.Offset(access).Key;
                if ((cell ??= key) != key || isWritten && access.Tensor == dying) return false;
            }
            if (line.Target.Tensor != born || isWritten) continue;
            if (!plan.IsFirst || plan.IsSequential || line.Summed.Count > 0) return false;
            isWritten = true;
        }
        return isWritten;
    }

    // The loop whose points are all lines that mention either tensor; null if there is no such loop.
    static LoopNode? Innermost(LoopNode node, string dying, string born)
    {
        while (true)
        {
            var mentions = node.Items.Where(i => i.Plans.Any(p => p.Line.Target.Tensor == born
                || p.Line.Reads.Any(r => r.Tensor == dying || r.Tensor == born))).ToList();
            if (node.Items.TrueForAll(i => i is PointItem)) return node;
            if (mentions.Count != 1 || mentions[0] is not LoopNode inner) return null;
            node = inner;
        }
    }
}
