namespace Adjoint;

/// <summary>Operators that reorder, join and repeat, or say what shape a value has.</summary>
static class OnnxShapes
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Identity"] = call => [call[0]],
        ["Cast"] = call => [OnnxValue.Of(TypeOf(call, call.Integer("to", 0)), call.Array(0))],
        ["CastLike"] = call => [OnnxValue.Of(call[1].Type, call.Array(0))],
        ["Reshape"] = Reshape,
        ["Flatten"] = Flatten,
        ["Squeeze"] = Squeeze,
        ["Unsqueeze"] = Unsqueeze,
        ["Transpose"] = call => call.Result(OnnxLayout.Transpose(
            call.Array(0), call.Integers("perm") ?? [.. Enumerable.Range(0, call[0].Rank).Reverse()])),
        ["Expand"] = call => call.Result(OnnxLayout.Expand(
            call.Array(0), OnnxLayout.Broadcast(call, call[0].Shape, call.RequiredIntegersOf(1, "shape")))),
        ["Tile"] = Tile,
        ["Concat"] = call => call.Result(Join([.. Enumerable.Range(0, call.InputCount).Select(call.Array)],
            call.Axis(call.Integer("axis", 0), call[0].Rank))),
        ["DepthToSpace"] = call =>
            Blocks(call, call.Text("mode", "DCR") == "DCR" ? "depth_to_space" : "pixel_shuffle"),
        ["SpaceToDepth"] = call => Blocks(call, "space_to_depth"),
        ["Shape"] = Shape,
        ["Size"] = call => [OnnxValue.Of(DType.Int64, NdArray.Scalar(call.Array(0).Count))],
        ["Trilu"] = call => call.Result(OnnxLoops.Run(call.Flag("upper", true) ? "upper_triangle" : "lower_triangle",
            [("diagonal", call.Optional(1)?.Array.Values[0] ?? 0)], call.Array(0))),
    };

    /// <summary>The dtype of ONNX's number for it.</summary>
    public static DType TypeOf(OnnxCall call, int code) => OnnxTensorReader.TypeOf(code) ?? throw call.NotCovered(
        $"type {code} of ONNX", "bool, an integer of 8 to 64 bits or a float of 16 to 64 bits");

    public static int[] Ones(int rank) => [.. Enumerable.Repeat(1, rank)];

    /// <summary>Arrays one after the other along an axis.</summary>
    public static NdArray Join(NdArray[] parts, int axis)
    {
        var axes = OnnxLoops.Axes("a", parts[0].Rank);
        string At(string index) => OnnxLoops.At(axes.Select((a, d) => d == axis ? index : a));
        var operands = string.Join(", ", parts.Select((_, i) => $"x{i}{At($"k{i}")}"));
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i < parts.Length; start += parts[i++].Shape[axis])
            lines.Add($"  y{At($"{start} + k{i}")} = x{i}{At($"k{i}")}");
        return OnnxLoops.Run($"""
            join({operands}) -> y{At("j")}
              axis j < {start}
            {string.Join('\n', lines)}
            """, parts);
    }

    // 0 keeps a size, -1 is whatever is left.
    static OnnxValue[] Reshape(OnnxCall call)
    {
        var shape = call.RequiredIntegersOf(1, "shape");
        if (!call.Flag("allowzero"))
            for (var d = 0; d < shape.Length; d++) if (shape[d] == 0) shape[d] = call[0].Shape[d];
        var open = Array.IndexOf(shape, -1);
        if (open >= 0)
        {
            var others = OnnxLayout.Count(shape.Where((_, d) => d != open));
            shape[open] = others == 0 ? 0 : call.Array(0).Count / others;
        }
        return call.Result(call.Array(0).Reshape(shape));
    }

    static OnnxValue[] Flatten(OnnxCall call)
    {
        var axis = call.Integer("axis", 1);
        if (axis < 0) axis += call[0].Rank; // the rank itself is allowed: everything goes into the rows
        return call.Result(call.Array(0).Reshape(
            OnnxLayout.Count(call[0].Shape.Take(axis)), OnnxLayout.Count(call[0].Shape.Skip(axis))));
    }

    static OnnxValue[] Squeeze(OnnxCall call)
    {
        var shape = call[0].Shape;
        var axes = call.IntegersOf(1, "axes") is { } given ? call.Axes(given, shape.Count)
            : [.. Enumerable.Range(0, shape.Count).Where(d => shape[d] == 1)];
        return call.Result(call.Array(0).Reshape([.. shape.Where((_, d) => !axes.Contains(d))]));
    }

    static OnnxValue[] Unsqueeze(OnnxCall call)
    {
        var given = call.RequiredIntegersOf(1, "axes");
        var shape = call[0].Shape.ToList();
        foreach (var axis in call.Axes(given, shape.Count + given.Length).Order()) shape.Insert(axis, 1);
        return call.Result(call.Array(0).Reshape([.. shape]));
    }

    static OnnxValue[] Tile(OnnxCall call)
    {
        var times = call.RequiredIntegersOf(1, "repeats");
        var (axes, repeats) = (OnnxLoops.Axes("a", times.Length), OnnxLoops.Axes("r", times.Length));
        var repeated = OnnxLoops.At(axes.Zip(repeats, (a, r) => $"({r},{a})"));
        return call.Result(OnnxLoops.Run($"""
            tile_all(x{OnnxLoops.At(axes)}) -> y
            {OnnxLoops.Extents(repeats, times)}  y{repeated} = x{OnnxLoops.At(axes)}
            """, call.Array(0)));
    }

    static OnnxValue[] Blocks(OnnxCall call, string loops) =>
        call.Result(OnnxLoops.Run(loops, [("factor", call.Integer("blocksize", 1))], call.Array(0)));

    static OnnxValue[] Shape(OnnxCall call)
    {
        var rank = call[0].Rank;
        int Bound(int at) => Math.Clamp(at < 0 ? at + rank : at, 0, rank);
        var (start, end) = (Bound(call.Integer("start", 0)), Bound(call.Integer("end", rank)));
        var sizes = call[0].Shape.Take(end).Skip(start).Select(size => (double)size);
        return [OnnxValue.Of(DType.Int64, [.. sizes])];
    }
}
