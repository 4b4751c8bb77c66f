namespace Adjoint;

/// <summary>Operators that cut values apart.</summary>
static class OnnxSlices
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Slice"] = Slice,
        ["Split"] = Split,
    };

    /// <summary>Cells of x along every axis: from a start, in steps that may go backwards.</summary>
    public static NdArray Window(NdArray x, int[] starts, int[] steps, int[] sizes)
    {
        var (outer, inner) = (OnnxLoops.Axes("a", x.Rank), OnnxLoops.Axes("i", x.Rank));
        var read = outer.Select((axis, d) => $"{starts[d]} + {steps[d]}*{axis}");
        return OnnxLoops.Run($"""
            window(x{OnnxLoops.At(inner)}) -> y{OnnxLoops.At(outer)}
            {OnnxLoops.Extents(outer, sizes)}  y{OnnxLoops.At(outer)} = x{OnnxLoops.At(read)}
            """, x);
    }

    /// <summary>The first cells along every axis.</summary>
    public static NdArray Corner(NdArray x, IReadOnlyList<int> sizes) => x.Shape.SequenceEqual(sizes) ? x
        : Window(x, new int[x.Rank], OnnxShapes.Ones(x.Rank), [.. sizes]);

    static OnnxValue[] Slice(OnnxCall call)
    {
        var x = call.Array(0);
        var (starts, ends) = (call.RequiredIntegersOf(1, "starts"), call.RequiredIntegersOf(2, "ends"));
        var axes = call.Axes(call.IntegersOf(3, "axes") ?? [.. Enumerable.Range(0, starts.Length)], x.Rank);
        var steps = call.IntegersOf(4, "steps") ?? OnnxShapes.Ones(starts.Length);
        var (from, by, sizes) = (new int[x.Rank], OnnxShapes.Ones(x.Rank), x.ShapeToArray());
        for (var i = 0; i < axes.Length; i++)
        {
            var (axis, size, step) = (axes[i], x.Shape[axes[i]], steps[i]);
            // A walk backwards may start at the last cell and end before the first.
            var (low, high) = step > 0 ? (0, size) : (-1, size - 1);
            int Bound(int at) => (int)Math.Clamp(at < 0 ? (long)at + size : at, low, high);
            (from[axis], by[axis]) = (Bound(starts[i]), step);
            sizes[axis] = Math.Max(0, (Bound(ends[i]) - from[axis] + step - Math.Sign(step)) / step);
        }
        return call.Result(Window(x, from, by, sizes));
    }

    // Parts are equal unless sizes are given; the last one may be smaller.
    static OnnxValue[] Split(OnnxCall call)
    {
        var x = call.Array(0);
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        var (size, count) = (x.Shape[axis], call.OutputCount);
        var each = (size + count - 1) / count;
        var sizes = call.IntegersOf(1, "split")
            ?? [.. Enumerable.Range(0, count).Select(i => Math.Clamp(size - i * each, 0, each))];
        var parts = new NdArray[sizes.Length];
        var (starts, shape) = (new int[x.Rank], x.ShapeToArray());
        for (var i = 0; i < sizes.Length; starts[axis] += sizes[i++])
        {
            shape[axis] = sizes[i];
            parts[i] = Window(x, starts, OnnxShapes.Ones(x.Rank), shape);
        }
        return call.Result(parts);
    }
}
