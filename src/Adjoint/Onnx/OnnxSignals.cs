namespace Adjoint;

// Fourier transforms as the sums they are. The last axis holds real and imaginary part, or the real part alone.

/// <summary>Transforms of signals.</summary>
static class OnnxSignals
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["DFT"] = Fourier,
        ["STFT"] = ShortTime,
    };

    // The axis is an input since version 20, and counted from the end then.
    static OnnxValue[] Fourier(OnnxCall call)
    {
        var x = call.Array(0);
        var axis = call.Axis(call.IntegersOf(2, "")?[0] ?? call.Integer("axis", call.Opset < 20 ? 1 : -2), x.Rank);
        var isInverse = call.Flag("inverse");
        var isHalf = call.Flag("onesided");
        var given = call.IntegersOf(1, "")?[0];
        // A half spectrum of n/2 + 1 bins stands for n real numbers.
        var size = given ?? (isHalf && isInverse ? 2 * (x.Shape[axis] - 1) : x.Shape[axis]);
        var loops = isHalf && isInverse ? RealFromHalf(x, axis, size)
            : Transform(x, axis, size, isHalf ? size / 2 + 1 : size, isInverse ? $" / {size}" : "");
        return call.Result(OnnxLoops.Run(loops, [("turn", (isInverse ? 2 : -2) * Math.PI / size)], x)[0]);
    }

    // Longer signals are cut to the size of the transform, shorter ones are followed by zeros.
    static string Transform(NdArray x, int axis, int size, int bins, string scale)
    {
        var (lead, read) = Cells(x, axis);
        string Y(string part) => $"y{OnnxLoops.At(lead.Select((a, d) => d == axis ? "f" : a).Append(part))}";
        var real = read("0");
        var imaginary = x.Shape[^1] == 2 ? $"""

              {Y("0")} -= {read("1")} * sin(turn * f * t){scale}
              {Y("1")} += {read("1")} * cos(turn * f * t){scale}
            """ : "";
        return $"""
            fourier({Signature(x, axis)}; turn = 1) -> {Y("z")}
              axis z < 2
              axis f < {bins}
              axis t < {Math.Min(size, x.Shape[axis])}
              {Y("0")} += {real} * cos(turn * f * t){scale}
              {Y("1")} += {real} * sin(turn * f * t){scale}{imaginary}
            """;
    }

    static string RealFromHalf(NdArray x, int axis, int size)
    {
        var (lead, read) = Cells(x, axis);
        var y = $"y{OnnxLoops.At(lead.Select((a, d) => d == axis ? "f" : a).Append("z"))}";
        var twice = $"where(t == 0 or 2*t == {size}, 1, 2) / {size}";
        return $"""
            real_from_half({Signature(x, axis)}; turn = 1) -> {y}
              axis z < 1
              axis f < {size}
              axis t < {Math.Min(size / 2 + 1, x.Shape[axis])}
              {y} += {twice} * {read("0")} * cos(turn * f * t)
              {y} -= {twice} * {read("1")} * sin(turn * f * t)
            """;
    }

    static (string[] Lead, Func<string, string> Read) Cells(NdArray x, int axis)
    {
        var lead = OnnxLoops.Axes("a", x.Rank - 1);
        return (lead, part => $"x{OnnxLoops.At(lead.Select((a, d) => d == axis ? "0 + t" : a).Append(part))}");
    }

    static string Signature(NdArray x, int axis) =>
        $"x{OnnxLoops.At(OnnxLoops.Axes("a", x.Rank - 1).Select((a, d) => d == axis ? "n" : a).Append("c"))}";

    static OnnxValue[] ShortTime(OnnxCall call)
    {
        var x = call.Array(0);
        var step = call.RequiredIntegersOf(1, "")[0];
        var window = call.Optional(2)?.Array;
        var size = call.IntegersOf(3, "")?[0] ?? window!.Count;
        window ??= NdArray.Generate([size], _ => 1);
        var bins = call.Flag("onesided", true) ? size / 2 + 1 : size;
        var imaginary = x.Rank == 3 && x.Shape[2] == 2 ? $"""

              y[b,p,f,0] -= window[t] * x[b,{step}*p + t,1] * sin(turn * f * t)
              y[b,p,f,1] += window[t] * x[b,{step}*p + t,1] * cos(turn * f * t)
            """ : "";
        return call.Result(OnnxLoops.Run($"""
            short_time(x[b,n,c], window[t]; turn = 1) -> y[b,p,f,z]
              axis z < 2
              axis p < {(x.Shape[1] - size) / step + 1}
              axis f < {bins}
              y[b,p,f,0] += window[t] * x[b,{step}*p + t,0] * cos(turn * f * t)
              y[b,p,f,1] += window[t] * x[b,{step}*p + t,0] * sin(turn * f * t){imaginary}
            """, [("turn", -2 * Math.PI / size)], x.Rank == 2 ? x.Reshape(x.Shape[0], x.Shape[1], 1) : x, window)[0]);
    }
}
