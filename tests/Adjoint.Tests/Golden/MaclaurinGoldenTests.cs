using Xunit;

namespace Adjoint.Tests;

public sealed class MaclaurinGoldenTests
{
    [Fact]
    public void Products_of_features_are_the_truncated_series()
    {
        var golden = new GoldenCase("s1_phi_example");
        var t = Dot(golden.In("q"), golden.In("k"));
        golden.Equal(t, "t");
        golden.Equal(Math.Exp(t), "exp_t");
        foreach (var symmetric in new[] { false, true })
        {
            golden.Equal(Kernel(golden.In("q"), golden.In("k"), 2, symmetric), "deg2");
            golden.Equal(Kernel(golden.In("q"), golden.In("k"), 3, symmetric), "deg3");
        }
        golden.Equal(Features(golden.In("q"), MaclaurinTable.Of(4, 2)), "phi_q_deg2");
    }

    [Fact]
    public void Degree_two_stays_positive_and_degree_three_does_not()
    {
        var golden = new GoldenCase("s1_truncation_sign");
        var argmin = golden.Out("deg2_argmin").Values[0];
        var one = NdArray.Vector(1);
        golden.Equal(Kernel(NdArray.Vector(argmin), one, 2), "deg2_min");
        var root = golden.Out("deg3_root").Values[0];
        var (below, above) = (Kernel(NdArray.Vector(root - 1e-6), one, 3), Kernel(NdArray.Vector(root + 1e-6), one, 3));
        Assert.True(below < 0 && above > 0, $"the series of degree 3 does not cross 0 at {root}");
        // The root of the straight line through both.
        golden.Equal(root - 1e-6 - below * 2e-6 / (above - below), "deg3_root");
        // At the minimum the slope is 0 and grows.
        var table = MaclaurinTable.Of(1, 2);
        var program = LinearAttentionOps.MaclaurinFeatures.Program;
        var slope = Gradient.Of(program, With(table, NdArray.Vector(argmin)), new() { ["y"] = table.Weight })["dx"];
        golden.Equal(argmin + slope.Values[0], "deg2_argmin");
    }

    [Fact]
    public void Errors_of_linear_attention_against_softmax()
    {
        var golden = new GoldenCase("s1_maclaurin_attention");
        var (q, k, v) = Inputs(golden);
        foreach (var row in golden.Rows("error_rows"))
        {
            var scale = row.Number("scale");
            var table = MaclaurinTable.Of(8, row.Integer("degree"));
            Assert.Equal(row.Integer("M"), table.Count);
            var operands = new Dictionary<string, NdArray>(table.Operands)
            {
                ["q"] = Scaled(q, scale), ["k"] = Scaled(k, scale), ["v"] = v,
            };
            var run = Forward.Of(LinearAttentionOps.AttentionMaclaurin, operands,
                keep: new Kept("z", [new Dim(".."), new Dim("t")]));
            var softmax = Softmax(q, k, v, scale, out var logits);
            var error = run["y"].Values.Zip(softmax.Values, (a, b) => a - b).ToList();
            row.Equal(error.Max(Math.Abs), "max_abs_err");
            row.Equal(Math.Sqrt(error.Sum(e => e * e) / softmax.Values.Sum(s => s * s)), "rel_fro_err");
            row.Equal(run.Kept["z"].Values.Min(), "min_denominator");
            row.Equal(logits.Values.Max(Math.Abs), "max_abs_logit");
            var kernel = Forward.Of(ProductOps.BatchedMatMulTransposed, new()
            {
                ["x"] = Features(operands["q"], table), ["z"] = Features(operands["k"], table),
            })["y"];
            row.Equal(kernel.Values.Min(), "min_kernel");
        }
    }

    [Fact]
    public void Linear_attention_full_symmetric_and_as_a_causal_recurrence()
    {
        var golden = new GoldenCase("s1_maclaurin_attention");
        var (q, k, v) = Inputs(golden);
        golden.Equal(Row(Softmax(q, k, v, 0.5, out _), 0), "scale_half", "Z_softmax_row0");
        golden.Equal(Softmax(q, k, v, 0.5, out _).Values.Sum(), "scale_half", "Z_softmax_sum");
        foreach (var symmetric in new[] { false, true })
        {
            var operands = new Dictionary<string, NdArray>(MaclaurinTable.Of(8, 2, symmetric).Operands)
            {
                ["q"] = Scaled(q, 0.5), ["k"] = Scaled(k, 0.5), ["v"] = v,
            };
            var linear = Forward.Of(LinearAttentionOps.AttentionMaclaurin, operands)["y"];
            golden.Equal(Row(linear, 0), "scale_half", "Z_linear_deg2_row0");
            golden.Equal(linear.Values.Sum(), "scale_half", "Z_linear_sum");
            foreach (var name in new[] { "q", "k", "v" }) operands[name] = operands[name].Reshape(16, 1, 8);
            var causal = Forward.Of(LinearAttentionOps.AttentionMaclaurinCausal, operands)["y"].Reshape(16, 8);
            golden.Equal(Row(causal, 0), "scale_half", "Z_causal_deg2_row0");
            golden.Equal(Row(causal, 15), "scale_half", "Z_causal_deg2_row15");
        }
    }

    static (NdArray Q, NdArray K, NdArray V) Inputs(GoldenCase golden)
    {
        var random = new SplitMix64((ulong)golden.Number("seed"));
        var shape = new[] { (int)golden.Number("L"), (int)golden.Number("D") };
        var (q, k, v) = (Next(), Next(), Next());
        GoldenCase.Near(golden.In("Q_first_row"), Row(q, 0), Tolerance.DoubleRounding, "Q");
        GoldenCase.Near(golden.In("V_first_row"), Row(v, 0), Tolerance.DoubleRounding, "V");
        return (q, k, v);

        NdArray Next() => NdArray.Generate(shape, _ => random.Normal());
    }

    static NdArray Softmax(NdArray q, NdArray k, NdArray v, double scale, out NdArray logits)
    {
        var operands = new Dictionary<string, NdArray>
        {
            ["q"] = Scaled(q, scale).Reshape(1, 16, 8), ["k"] = Scaled(k, scale).Reshape(1, 16, 8),
            ["v"] = v.Reshape(1, 16, 8),
        };
        var run = Forward.Of(AttentionOps.AttentionUnscaled, operands,
            keep: new Kept("s", [new Dim("b"), new Dim("t"), new Dim("u")]));
        logits = run.Kept["s"];
        return run["y"].Reshape(16, 8);
    }

    static double Kernel(NdArray q, NdArray k, int degree, bool symmetric = false)
    {
        var table = MaclaurinTable.Of(q.Count, degree, symmetric);
        return Dot(Features(q, table), Features(k, table));
    }

    static NdArray Features(NdArray x, MaclaurinTable table) =>
        Forward.Of(LinearAttentionOps.MaclaurinFeatures, With(table, x))["y"];

    static Dictionary<string, NdArray> With(MaclaurinTable table, NdArray x) => new(table.Operands) { ["x"] = x };

    static double Dot(NdArray x, NdArray z) =>
        Forward.Of(ProductOps.Dot, new() { ["x"] = x, ["z"] = z })["y"].Values[0];

    static NdArray Scaled(NdArray x, double scale) =>
        new(x.ShapeToArray(), [.. x.Values.Select(value => scale * value)]);

    static NdArray Row(NdArray x, int row) => new([8], x.Values[(8 * row)..(8 * row + 8)]);
}
