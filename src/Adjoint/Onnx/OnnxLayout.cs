namespace Adjoint;

// What NumPy does to arrays between operations, and the loops of Adjoint do not: broadcasting, reordering of
// dimensions, an axis of the caller's choice where the catalogue works along the last one.

/// <summary>Arrays brought into the form that loops expect.</summary>
static class OnnxLayout
{
    public static int Count(IEnumerable<int> shape) => shape.Aggregate(1, (count, size) => count * size);

    /// <param name="order">For each dimension of the result, the one of x it is.</param>
    public static NdArray Transpose(NdArray x, IReadOnlyList<int> order)
    {
        if (order.SequenceEqual(Enumerable.Range(0, x.Rank))) return x;
        var axes = OnnxLoops.Axes("a", x.Rank);
        return OnnxLoops.Run($"""
            transpose(x{OnnxLoops.At(axes)}) -> y
              y{OnnxLoops.At(order.Select(d => axes[d]))} = x{OnnxLoops.At(axes)}
            """, x);
    }

    /// <summary>The shape that all broadcast to.</summary>
    public static int[] Broadcast(OnnxCall call, params IEnumerable<IReadOnlyList<int>> shapes)
    {
        int[] result = [];
        foreach (var shape in shapes)
        {
            var (longer, shorter) = shape.Count > result.Length ? (shape, (IReadOnlyList<int>)result) : (result, shape);
            var merged = longer.ToArray();
            for (int i = shorter.Count - 1, j = merged.Length - 1; i >= 0; i--, j--)
            {
                if (merged[j] == 1) merged[j] = shorter[i];
                else if (shorter[i] != 1 && shorter[i] != merged[j])
                    throw call.NotCovered($"sizes {merged[j]} and {shorter[i]}", "sizes that are equal or 1");
            }
            result = merged;
        }
        return result;
    }

    /// <summary>Repeats dimensions of size 1, and adds leading ones.</summary>
    public static NdArray Expand(NdArray x, IReadOnlyList<int> shape)
    {
        if (x.Shape.SequenceEqual(shape)) return x;
        var lead = shape.Count - x.Rank;
        var outer = OnnxLoops.Axes("a", shape.Count);
        var inner = OnnxLoops.Axes("i", x.Rank);
        var read = x.Shape.Select((size, d) => size == shape[d + lead] ? "0 + " + outer[d + lead] : "0");
        return OnnxLoops.Run($"""
            expand(x{OnnxLoops.At(inner)}) -> y{OnnxLoops.At(outer)}
            {OnnxLoops.Extents(outer, shape)}  y{OnnxLoops.At(outer)} = x{OnnxLoops.At(read)}
            """, x);
    }

    /// <summary>Runs loops on <c>x[..,j]</c>, where j is all axes; they give <c>[..]</c> or <c>[..,j]</c>.</summary>
    /// <param name="keep">Reduced axes stay with size 1.</param>
    public static NdArray AlongLast(NdArray x, IReadOnlyList<int> axes, bool keep, Func<NdArray, NdArray> loops)
    {
        int[] rest = [.. Enumerable.Range(0, x.Rank).Except(axes)];
        int[] order = [.. rest, .. axes];
        int[] leading = [.. rest.Select(d => x.Shape[d])];
        int[] trailing = [.. axes.Select(d => x.Shape[d])];
        var y = loops(Transpose(x, order).Reshape([.. leading, Count(trailing)]));
        if (y.Rank > leading.Length)
        {
            if (axes.Count == 1) trailing = [y.Shape[^1]]; // loops may give the axis another size
            var back = new int[order.Length];
            for (var d = 0; d < order.Length; d++) back[order[d]] = d;
            return Transpose(y.Reshape([.. leading, .. trailing]), back);
        }
        return keep ? y.Reshape([.. x.Shape.Select((size, d) => axes.Contains(d) ? 1 : size)]) : y;
    }
}
