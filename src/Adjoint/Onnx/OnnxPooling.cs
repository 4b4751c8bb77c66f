namespace Adjoint;

/// <summary>Windows folded into one number.</summary>
static class OnnxPooling
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["MaxPool"] = MaxPool,
        ["AveragePool"] = AveragePool,
        ["LpPool"] = LpPool,
        ["GlobalMaxPool"] = Global("max"),
        ["GlobalAveragePool"] = Global("mean"),
        ["LRN"] = call => call.Result(OnnxLoops.Run("local_response_norm",
            [("size", call.Integer("size", 1)), ("alpha", call.Number("alpha", 1e-4)),
            ("beta", call.Number("beta", 0.75)), ("k", call.Number("bias", 1))], call.Array(0))),
    };

    static OnnxRule Global(string loops) => call => call.Result(OnnxLayout.AlongLast(
        call.Array(0), [.. Enumerable.Range(2, call[0].Rank - 2)], keep: true, x => OnnxLoops.Run(loops, x)));

    // Two axes without positions are an op of the catalogue. The padding behind only bounds the number of windows
    // there, so it is set to what ceil_mode lets in.
    static OnnxValue[] MaxPool(OnnxCall call)
    {
        var windows = Windows(call);
        if (windows.Rank == 2 && call.OutputCount == 1)
        {
            for (var d = 0; d < 2; d++)
                windows.After[d] = (windows.Outputs[d] - 1) * windows.Strides[d]
                    + windows.Dilations[d] * (windows.Kernel[d] - 1) + 1 - windows.Sizes[d] - windows.Before[d];
            return call.Result(OnnxLoops.Run("max_pool2d_sides",
                [("size_h", windows.Kernel[0]), ("size_w", windows.Kernel[1]), .. windows.Sides()], call.Array(0)));
        }
        // The second output numbers the cells of the whole input, spatial axes in either order.
        var (x, y, at) = (Cells("x", windows.Axes.M), Cells("y", windows.Axes.P), Cells("at", windows.Axes.P));
        var order = call.Integer("storage_order", 0) == 0 ? windows.Axes.M : [.. windows.Axes.M.Reverse()];
        var position = order.Aggregate("b * #c + c", (outer, axis) => $"({outer}) * #{axis} + {axis}");
        var results = OnnxLoops.Run($"""
            max_pool({x}) -> y, at
            {Extents(windows)}  {y} max= {x}  if {windows.Relations}
              {at} min= {position}  if {windows.Relations} and {x} == {y}
            """, [], call.Array(0));
        return [.. call.Result(results[0]), OnnxValue.Of(DType.Int64, results[1])];
    }

    // Padding counts where the node says so, but never what lies behind the padding.
    static OnnxValue[] AveragePool(OnnxCall call)
    {
        var windows = Windows(call);
        var countsPadding = call.Flag("count_include_pad");
        string Counts(int d)
        {
            if (!countsPadding) return windows.Relation(d);
            var padding = windows.Before[d] + windows.After[d];
            return $"{windows.Strides[d]}*p{d} + {windows.Dilations[d]}*k{d} < #m{d} + {padding}";
        }
        var counts = Enumerable.Range(0, windows.Rank).Select(d => $"  n{d}[p{d}] += 1  if {Counts(d)}\n");
        var count = string.Join(" * ", Enumerable.Range(0, windows.Rank).Select(d => $"n{d}[p{d}]"));
        var (x, y) = (Cells("x", windows.Axes.M), Cells("y", windows.Axes.P));
        return call.Result(OnnxLoops.Run($"""
            average_pool({x}) -> y
            {Extents(windows)}{string.Concat(counts)}  {y} += {x} / ({count})  if {windows.Relations}
            """, call.Array(0)));
    }

    static OnnxValue[] LpPool(OnnxCall call)
    {
        var windows = Windows(call);
        var (x, y, sum) = (Cells("x", windows.Axes.M), Cells("y", windows.Axes.P), Cells("s", windows.Axes.P));
        return call.Result(OnnxLoops.Run($"""
            power_pool({x}; power = 2) -> y
            {Extents(windows)}  {sum} += pow(abs({x}), power)  if {windows.Relations}
              {y} = pow({sum}, 1 / power)
            """, [("power", call.Integer("p", 2))], call.Array(0)));
    }

    static OnnxWindows Windows(OnnxCall call) =>
        OnnxWindows.Over(call, call[0].Shape.Skip(2), call.RequiredIntegersOf(call.InputCount, "kernel_shape"));

    static string Cells(string tensor, string[] spatial) => $"{tensor}{OnnxLoops.At(["b", "c", .. spatial])}";

    static string Extents(OnnxWindows windows) => OnnxLoops.Extents(windows.Axes.K, windows.Kernel)
        + OnnxLoops.Extents(windows.Axes.P, windows.Outputs);
}
