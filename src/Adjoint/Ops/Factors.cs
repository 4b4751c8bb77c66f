namespace Adjoint;

/// <summary>Sizes whose products are the dimensions of two shapes: [6, 4] and [2, 12] are made of 2, 3 and 4.</summary>
/// <param name="Left">For each dimension of the first shape its factors, by position; none for size 1.</param>
sealed record Factors(IReadOnlyList<int> Sizes, IReadOnlyList<int[]> Left, IReadOnlyList<int[]> Right)
{
    /// <summary>Null where the shapes have no such factors, or no elements.</summary>
    public static Factors? Of(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        if (left.Contains(0) || right.Contains(0)) return null;
        var sizes = new List<int>();
        List<int>[] ofLeft = Empty(left.Length), ofRight = Empty(right.Length);
        for (int i = -1, j = -1, a = 1, b = 1; ;)
        {
            while (a == 1 && ++i < left.Length) a = left[i];
            while (b == 1 && ++j < right.Length) b = right[j];
            if (a == 1 || b == 1)
                return new(sizes, [.. ofLeft.Select(g => g.ToArray())], [.. ofRight.Select(g => g.ToArray())]);
            var size = Math.Min(a, b);
            if (Math.Max(a, b) % size != 0) return null;
            ofLeft[i].Add(sizes.Count);
            ofRight[j].Add(sizes.Count);
            sizes.Add(size);
            (a, b) = (a / size, b / size);
        }
    }

    static List<int>[] Empty(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<int>())];
}
