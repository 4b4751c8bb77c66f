namespace Adjoint;

// One and two spatial axes are ops of the catalogue; other ranks are the same program with more axes.

/// <summary>Convolution and its transpose.</summary>
static class OnnxConvolutions
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Conv"] = Conv,
        ["ConvTranspose"] = ConvTranspose,
    };

    static OnnxValue[] Conv(OnnxCall call)
    {
        var windows = OnnxWindows.Over(call, call[0].Shape.Skip(2), call[1].Shape.Skip(2));
        if (windows.Rank is 1 or 2)
            return Run(call, $"conv{windows.Rank}d_grouped", [.. Groups(call), .. windows.Sides()], call[1].Shape[0]);
        var (m, k, p) = windows.Axes;
        return Run(call, Text(call, $"x{OnnxLoops.At(["b", "(g,i)", .. m])}", $"w{OnnxLoops.At(["(g,j)", "i", .. k])}",
            $"y{OnnxLoops.At(["b", "(g,j)", .. p])}", p, windows), [], call[1].Shape[0]);
    }

    static OnnxValue[] ConvTranspose(OnnxCall call)
    {
        var windows = OnnxWindows.Onto(call, call[0].Shape.Skip(2), call[1].Shape.Skip(2));
        var channels = call[1].Shape[1] * call.Integer("group", 1);
        if (windows.Rank is 1 or 2)
            return Run(call, $"conv_transpose{windows.Rank}d_grouped",
                [.. Groups(call), .. windows.Sides(), .. windows.Extra()], channels);
        var (m, k, p) = windows.Axes;
        return Run(call, Text(call, $"x{OnnxLoops.At(["b", "(g,i)", .. p])}", $"w{OnnxLoops.At(["(g,i)", "j", .. k])}",
            $"y{OnnxLoops.At(["b", "(g,j)", .. m])}", m, windows), [], channels);
    }

    static (string, double)[] Groups(OnnxCall call) => [("groups", call.Integer("group", 1))];

    static string Text(OnnxCall call, string x, string w, string y, string[] outer, OnnxWindows windows) => $"""
        convolution({x}, {w}, bias[(g,j)]) -> {y}
          axis g < {call.Integer("group", 1)}
        {OnnxLoops.Extents(outer, windows.Outputs)}  {y} += {x} * {w}  if {windows.Relations}
          {y} += bias[(g,j)]
        """;

    static OnnxValue[] Run(OnnxCall call, string loops, (string, double)[] attributes, int channels)
    {
        var bias = call.Optional(2)?.Array ?? NdArray.Zeros(channels);
        return call.Result(OnnxLoops.Run(loops, attributes, call.Array(0), call.Array(1), bias));
    }
}
