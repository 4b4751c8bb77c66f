namespace Adjoint;

/// <summary>Operators that write at given positions into a copy of the first input.</summary>
static class OnnxScatters
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Scatter"] = ScatterElements,
        ["ScatterElements"] = ScatterElements,
        ["ScatterND"] = ScatterPoints,
        ["TensorScatter"] = ScatterRows,
    };

    static OnnxValue[] ScatterElements(OnnxCall call)
    {
        var (x, at, source) = (call.Array(0), call.Array(1), call.Array(2));
        var axis = call.Axis(call.Integer("axis", 0), x.Rank);
        return call.Result(Write(x, OnnxGathers.Positive(at, x.Shape[axis]), source, axis,
            OnnxLoops.At(OnnxLoops.Axes("a", x.Rank)), Reduction(call)));
    }

    // The last axis of the positions holds the coordinates of a point, at which a cell or a block is written.
    static OnnxValue[] ScatterPoints(OnnxCall call)
    {
        var (x, at, source) = (call.Array(0), call.Array(1), call.Array(2));
        var (count, n) = (at.Shape[^1], OnnxLoops.Axes("n", at.Rank - 1));
        var rest = OnnxLoops.Axes("a", x.Rank - count);
        var (cells, from) = (OnnxLoops.At([.. OnnxLoops.Axes("i", count), .. rest]), OnnxLoops.At([.. n, .. rest]));
        return call.Result(OnnxLoops.Run($"""
            scatter_points(x{cells}, int at{OnnxLoops.At([.. n, "q"])}, source{from}) -> x'
              x'{OnnxLoops.At([.. OnnxGathers.Coordinates(n, count), .. rest])} {Reduction(call)} source{from}
            """, x, OnnxGathers.PositivePoints(at, x.Shape), source));
    }

    // Rows of a cache, from a position of each sequence on; a ring where the mode says so.
    static OnnxValue[] ScatterRows(OnnxCall call)
    {
        var (cache, update) = (call.Array(0), call.Array(1));
        var axis = call.Axis(call.Integer("axis", -2), cache.Rank);
        var (size, count) = (cache.Shape[axis], update.Shape[axis]);
        var start = call.Optional(2)?.Array ?? NdArray.Zeros(cache.Shape[0]);
        var isRing = call.Text("mode", "linear") == "circular";
        var at = NdArray.Generate([cache.Shape[0], count], i =>
            isRing ? (start.Values[i / count] + i % count) % size : start.Values[i / count] + i % count);
        return call.Result(Write(cache, at, update, axis, $"[a0,a{axis}]", "="));
    }

    // Beside the axis the source may cover only the first cells of x: `0 + a` is a cell, not the whole axis.
    static NdArray Write(NdArray x, NdArray at, NdArray source, int axis, string position, string reduction)
    {
        var axes = OnnxLoops.Axes("a", x.Rank);
        var cells = OnnxLoops.At(OnnxLoops.Axes("i", x.Rank));
        var cell = OnnxLoops.At(axes.Select((a, d) => d == axis ? $"at{position}" : $"0 + {a}"));
        return OnnxLoops.Run($"""
            scatter_along(x{cells}, int at{position}, source{OnnxLoops.At(axes)}) -> x'
              x'{cell} {reduction} source{OnnxLoops.At(axes)}
            """, x, at, source);
    }

    static string Reduction(OnnxCall call) => call.Text("reduction", "none") switch
    {
        "none" => "=",
        "add" => "+=",
        "mul" => "*=",
        "max" => "max=",
        "min" => "min=",
        var other => throw call.NotCovered($"reduction '{other}'", "none, add, mul, max or min"),
    };
}
