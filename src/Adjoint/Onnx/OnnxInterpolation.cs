namespace Adjoint;

// Interpolation along an axis is a matrix that sizes and attributes fix: row o holds the weights of the input cells
// that output cell o mixes. A coordinate lies in (left, left + 1]: a whole one belongs to the cells left of it.

/// <summary>How a node maps output cells to input cells.</summary>
sealed class OnnxInterpolation(OnnxCall call, bool isOld)
{
    readonly string mode = call.Text("mode", "nearest");
    readonly string coordinates = isOld ? "asymmetric" : call.Text("coordinate_transformation_mode", "half_pixel");
    readonly string nearest = isOld ? "floor" : call.Text("nearest_mode", "round_prefer_floor");
    readonly double cubic = call.Number("cubic_coeff_a", -0.75);
    readonly bool isSmoothed = call.Flag("antialias");
    readonly bool excludesOutside = call.Flag("exclude_outside");

    /// <summary>Whether a region of the input is resized, beyond which a value is given.</summary>
    public bool IsCropped => coordinates == "tf_crop_and_resize";

    /// <returns>Weights [o,i], and for each output cell whether it lies inside.</returns>
    public (NdArray Weights, NdArray Inside) Matrix(int input, int output, double scale, double start, double end)
    {
        var (weights, inside) = (NdArray.Zeros(output, input), NdArray.Zeros(output));
        for (var o = 0; o < output; o++)
        {
            var x = Coordinate(o, input, output, scale, start, end);
            if (IsCropped && (x < 0 || x > input - 1)) continue;
            inside[o] = 1;
            var left = (int)Math.Ceiling(x) - 1;
            var taps = Taps(x - left, scale);
            var first = left + 1 - taps.Length / 2;
            if (excludesOutside)
                for (var i = 0; i < taps.Length; i++) if (first + i < 0 || first + i >= input) taps[i] = 0;
            var total = excludesOutside || isSmoothed ? taps.Sum() : 1;
            for (var i = 0; i < taps.Length; i++) weights[o, Math.Clamp(first + i, 0, input - 1)] += taps[i] / total;
        }
        return (weights, inside);
    }

    // The resized length is not rounded here: scale 0.6 of 4 cells is 2.4.
    double Coordinate(int o, int input, int output, double scale, double start, double end)
    {
        var length = scale * input;
        return coordinates switch
        {
            "asymmetric" => o / scale,
            "align_corners" => length == 1 ? 0 : o * (input - 1) / (length - 1),
            "half_pixel_symmetric" => input / 2.0 * (1 - output / length) + (o + 0.5) / scale - 0.5,
            "tf_half_pixel_for_nn" => (o + 0.5) / scale,
            "pytorch_half_pixel" => length > 1 ? (o + 0.5) / scale - 0.5 : 0,
            "half_pixel" => (o + 0.5) / scale - 0.5,
            "tf_crop_and_resize" => (input - 1) * (start + (end - start) * (length == 1 ? 0.5 : o / (length - 1))),
            _ => throw call.NotCovered(
                $"coordinate_transformation_mode '{coordinates}'", "one of those that ONNX lists"),
        };
    }

    // Weights of the cells round a point that lies at `ratio` between two of them; when smoothed, a downscaled kernel
    // reaches further.
    double[] Taps(double ratio, double scale)
    {
        if (mode == "nearest") return Nearest(ratio);
        if (mode is not ("linear" or "bilinear" or "cubic"))
            throw call.NotCovered($"mode '{mode}'", "nearest, linear or cubic");
        var reach = mode == "cubic" ? 2 : 1;
        var shrink = isSmoothed ? Math.Min(scale, 1) : 1;
        var half = -(int)Math.Floor(-reach / shrink);
        var taps = new double[2 * half];
        for (var i = 0; i < taps.Length; i++) taps[i] = Kernel(Math.Abs(shrink * (i + 1 - half - ratio)));
        return taps;
    }

    double Kernel(double x) => mode != "cubic" ? Math.Max(0, 1 - x)
        : x <= 1 ? ((cubic + 2) * x - (cubic + 3)) * x * x + 1
        : x < 2 ? ((x - 5) * x + 8) * x * cubic - 4 * cubic
        : 0;

    double[] Nearest(double ratio)
    {
        var isRight = ratio == 1 || nearest switch
        {
            "round_prefer_floor" => ratio > 0.5,
            "round_prefer_ceil" => ratio >= 0.5,
            "floor" => false,
            "ceil" => true,
            _ => throw call.NotCovered(
                $"nearest_mode '{nearest}'", "round_prefer_floor, round_prefer_ceil, floor or ceil"),
        };
        return isRight ? [0, 1] : [1, 0];
    }
}
