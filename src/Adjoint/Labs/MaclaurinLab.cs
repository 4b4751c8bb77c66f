using System.Globalization;

namespace Adjoint;

/// <summary>Softmax attention with exp cut off after some terms: how wrong it is, what it costs, and where it divides by less than 0.</summary>
sealed class MaclaurinLab : Lab
{
    const int Length = 16, Width = 8, MostDegree = 4;

    // The case that others have published is drawn with this seed.
    const ulong PublishedSeed = 123;
    static readonly double[] Scales = [0.25, 0.5, 1];

    static readonly (int Width, int Length)[] Compared = [(8, 1024), (64, 1024), (64, 8192)];

    // By scale and degree 1 to 4.
    static readonly double[][] Published =
        [[0.017280, 0.003624, 0.000537, 0.0000731], [0.185767, 0.106872, 0.037662, 0.016593], [1.933509, 0.579548, 7.224159, 0.406088]];

    public override string Name => "maclaurin";

    public override string Title => "attention with the Maclaurin series of exp: error, features, crossover with softmax, sign of the sums";

    public override LabReport Run(LabOptions options, CancellationToken cancellation = default)
    {
        var random = new SplitMix64(PublishedSeed);
        Tensor q = Drawn(random), k = Drawn(random), v = Drawn(random);
        var errors = Scales.Select(scale => Enumerable.Range(1, MostDegree).Select(degree => Error(q, k, v, scale, degree)).ToArray()).ToArray();
        cancellation.ThrowIfCancellationRequested();
        double[] finer = [.. Enumerable.Range(0, options.IsShort ? 5 : 13).Select(n => 0.1 * Math.Pow(20, n / (options.IsShort ? 4.0 : 12)))];
        var figure = new LinePlot { Title = "relative error against softmax", XLabel = "scale of queries and keys", YLabel = "error", IsXLog = true, IsYLog = true };
        for (var degree = 1; degree <= MostDegree; degree++)
        {
            cancellation.ThrowIfCancellationRequested();
            var d = degree;
            figure.Add($"degree {d}", finer, [.. finer.Select(s => Error(q, k, v, s, d).Error)]);
        }
        var sign = CrossingOfDegree3();
        return new(
            [
                new("relative error against softmax attention (length 16, width 8); * a sum of weights below 0",
                    ["scale", .. Enumerable.Range(1, MostDegree).Select(d => $"degree {d}")],
                    [.. Scales.Select((s, n) => (string[])[Text($"{s}"), .. errors[n].Select(e => Text($"{e.Error:F7}") + (e.IsNegative ? " *" : ""))])]),
                new("features of a vector", ["width", "terms", "all orders", "symmetric"],
                    [.. from width in (int[])[8, 64] from degree in (int[])[1, 2, 3] where width == 8 || degree < 3
                        select (string[])[$"{width}", $"{degree + 1}", $"{Features(width, degree, false)}", $"{Features(width, degree, true)}"]]),
                new("operations of both forms, degree 2", ["width", "length", "softmax", "linear"],
                    [.. Compared.Select(c => (string[])[$"{c.Width}", $"{c.Length}", Text($"{Softmax(c.Length, c.Width):N0}"), Text($"{Linear(c.Length, c.Width):N0}")])]),
            ],
            [new("maclaurin_error", figure)],
            [
                new("the errors are those that were published", Scales.Select((_, n) => errors[n].Zip(Published[n], (e, p) => Math.Abs(e.Error - p) <= 1e-6 * Math.Max(1, p)).All(near => near)).All(row => row),
                    "to all printed digits"),
                new("a series of even degree never divides by less than 0", errors.All(row => !row[1].IsNegative && !row[3].IsNegative), "1 + t + t²/2 is 1/2 or more"),
                new("one of odd degree does, where scores are large", errors[^1][0].IsNegative && errors[^1][2].IsNegative,
                    Text($"of degree 3 it is 0 at t = {sign:R}")),
                new("at width 64 linear attention pays beyond length 4161 only, as many as it has features", Softmax(8192, 64) > Linear(8192, 64) && Softmax(1024, 64) < Linear(1024, 64),
                    $"M is {Features(64, 2, false)}"),
            ]);
    }

    static (double Error, bool IsNegative) Error(Tensor q, Tensor k, Tensor v, double scale, int degree)
    {
        Tensor query = q * scale, key = k * scale;
        var exact = AttentionOps.AttentionUnscaled.Call([query, key, v]).ToArray<double>();
        var words = MaclaurinWords.Of(Width, degree, isSymmetric: true, DType.Float64);
        Tensor fq = words.Features(query), fk = words.Features(key);
        var near = fq.LinearAttention(fk, v).ToArray<double>();
        var sums = (fq * fk.Sum([1], keepDims: true)).Sum([-1]).ToArray<double>();
        return (Math.Sqrt(near.Zip(exact, (a, b) => (a - b) * (a - b)).Sum() / exact.Sum(b => b * b)), sums.Min() < 0);
    }

    // All words of up to so many letters, or one of each set: a binomial coefficient.
    static long Features(int width, int degree, bool isSymmetric)
    {
        var count = 1L;
        for (var i = 1; i <= degree; i++) count = isSymmetric ? count * (width + i) / i : count * width + 1;
        return count;
    }

    static double Softmax(int length, int width) =>
        Operations(AttentionOps.AttentionUnscaled, ("b", 1), ("t", length), ("u", length), ("c", width), ("d", width));

    static double Linear(int length, int width) =>
        Operations(LinearAttentionOps.LinearAttention, ("..", 1), ("t", length), ("u", length), ("m", (int)Features(width, 2, false)), ("d", width));

    static double Operations(Op op, params (string Axis, int Size)[] sizes) =>
        (double)Cost.Of(op.Program, sizes.ToDictionary(s => s.Axis, s => (Polynomial)s.Size)).Operations.Value.Numerator;

    // 1 + t + t²/2 + t³/6 has one root.
    static double CrossingOfDegree3()
    {
        var (low, high) = (-2.0, -1.0);
        while (Math.BitIncrement(low) < high)
        {
            var middle = (low + high) / 2;
            if (middle == low || middle == high) break;
            if (1 + middle * (1 + middle * (0.5 + middle / 6)) < 0) low = middle;
            else high = middle;
        }
        return high;
    }

    static Tensor Drawn(SplitMix64 random) => Tensor.Of(HostArray.FromDoubles(DType.Float64, [1, Length, Width],
        NdArray.Generate([1, Length, Width], _ => random.Normal()).Values));

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
