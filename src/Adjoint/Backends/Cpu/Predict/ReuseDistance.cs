namespace Adjoint;

// What lies how near is told by what was touched in between: memory in blocks, in the order in which they were touched
// last, and a tree of sums that counts the blocks behind any of them. Whatever the caches are, a block is still in one
// that holds more than has been touched since.

/// <summary>How many bytes were touched since a block of memory was touched last.</summary>
sealed class ReuseDistance
{
    const int BlockBits = 12, LeastCapacity = 1 << 12;

    public const long BlockBytes = 1 << BlockBits;

    readonly Dictionary<long, int> last = []; // of each block, counted in touches
    int[] tree = new int[LeastCapacity + 1];
    int now;

    /// <summary>A block by its number is touched.</summary>
    /// <returns>Infinite the first time.</returns>
    public double Touch(long block)
    {
        if (now == tree.Length - 1) Renumber();
        var distance = double.PositiveInfinity;
        if (last.TryGetValue(block, out var before))
        {
            distance = (double)(last.Count - CountTo(before)) * BlockBytes;
            Change(before, -1);
        }
        last[block] = now;
        Change(now++, 1);
        return distance;
    }

    int CountTo(int time)
    {
        var count = 0;
        for (var i = time + 1; i > 0; i -= i & -i) count += tree[i];
        return count;
    }

    void Change(int time, int by)
    {
        for (var i = time + 1; i < tree.Length; i += i & -i) tree[i] += by;
    }

    // Only the order counts: blocks that are left move together.
    void Renumber()
    {
        var order = last.OrderBy(b => b.Value).Select(b => b.Key).ToList();
        tree = new int[Math.Max(LeastCapacity, 4 * order.Count) + 1];
        now = 0;
        foreach (var block in order)
        {
            last[block] = now;
            Change(now++, 1);
        }
    }
}
