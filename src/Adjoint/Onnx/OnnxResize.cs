namespace Adjoint;

/// <summary>Operators that interpolate between cells.</summary>
static class OnnxResize
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Resize"] = Resize,
        ["Upsample"] = Resize,
    };

    static OnnxValue[] Resize(OnnxCall call)
    {
        var x = call.Array(0);
        var axes = call.Axes(call.Integers("axes") ?? [.. Enumerable.Range(0, x.Rank)], x.Rank);
        // Upsample and the first Resize have the scales in second place; later the region came before them.
        var isOld = call.Op == "Upsample" || call.Opset < 11;
        var scales = call.Optional(isOld ? 1 : 2) is { Array.Count: > 0 } given ? given.Array.Values
            : call.Attribute<double[]?>("scales", null);
        int[]? sizes = null;
        if (scales is null) (scales, sizes) = FromSizes(call, x, axes, call.RequiredIntegersOf(3, "sizes"));
        var interpolation = new OnnxInterpolation(call, isOld);
        var region = isOld ? [] : call.Optional(1)?.Array.Values ?? [];
        var value = call.Number("extrapolation_value", 0);
        for (var i = 0; i < axes.Length; i++)
        {
            var input = x.Shape[axes[i]];
            var (start, end) = interpolation.IsCropped ? (region[i], region[axes.Length + i]) : (0, 1);
            var output = sizes?[i] ?? (int)Math.Floor(input * (end - start) * scales[i]);
            if (input == output && scales[i] == 1 && !interpolation.IsCropped) continue;
            var (weights, inside) = interpolation.Matrix(input, output, scales[i], start, end);
            x = Apply(x, axes[i], weights, inside, value);
        }
        return call.Result(x);
    }

    static NdArray Apply(NdArray x, int axis, NdArray weights, NdArray inside, double value)
    {
        var axes = OnnxLoops.Axes("a", x.Rank);
        var outer = OnnxLoops.At(axes.Select((a, d) => d == axis ? "o" : a));
        var inner = OnnxLoops.At(axes.Select((a, d) => d == axis ? "i" : a));
        return OnnxLoops.Run($"""
            resize(x{inner}, weight[o,i], inside[o]; value = 0) -> y
              s{outer} += weight[o,i] * x{inner}
              y{outer} = where(inside[o] > 0, s{outer}, value)
            """, [("value", value)], x, weights, inside)[0];
    }

    // One scale for all axes where the aspect is kept: the smallest or the largest that the sizes ask for.
    static (double[] Scales, int[] Sizes) FromSizes(OnnxCall call, NdArray x, int[] axes, int[] sizes)
    {
        double[] scales = [.. axes.Select((axis, i) => (double)sizes[i] / x.Shape[axis])];
        var policy = call.Text("keep_aspect_ratio_policy", "stretch");
        if (policy == "stretch") return (scales, sizes);
        var scale = policy == "not_larger" ? scales.Min() : scales.Max();
        return ([.. scales.Select(_ => scale)], [.. axes.Select(axis => (int)Math.Floor(scale * x.Shape[axis] + 0.5))]);
    }
}
