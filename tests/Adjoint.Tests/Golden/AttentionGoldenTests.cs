using Xunit;

namespace Adjoint.Tests;

public sealed class AttentionGoldenTests
{
    [Fact]
    public void Scaled_and_unscaled_dot_products()
    {
        var golden = new GoldenCase("s2_attention");
        var operands = new Dictionary<string, NdArray>
        {
            ["q"] = golden.In("q").Reshape(1, 1, 2), ["k"] = golden.In("K").Reshape(1, 3, 2),
            ["v"] = golden.In("V").Reshape(1, 3, 3),
        };
        var p = new Kept("p", [new Dim("b"), new Dim("t"), new Dim("u")]);
        var scaled = Forward.Of(AttentionOps.Attention, operands, keep: p);
        golden.Equal(scaled.Kept["p"].Reshape(3), "alpha");
        golden.Equal(scaled["y"].Reshape(3), "z");
        var unscaled = Forward.Of(AttentionOps.AttentionUnscaled, operands, keep: p);
        golden.Equal(unscaled.Kept["p"].Reshape(3), "alpha_unscaled");
        golden.Equal(unscaled["y"].Reshape(3), "z_unscaled");
    }

    [Fact]
    public void Causal_attention_in_heads_and_attention_to_another_sequence()
    {
        var golden = new GoldenCase("s1_mha_causal");
        var heads = new Dictionary<string, double> { ["heads"] = golden.Number("heads") };
        var x = golden.In("x").Reshape(1, 3, 4);
        var operands = new Dictionary<string, NdArray>
        {
            ["x"] = x, ["wq"] = golden.In("Wq"), ["wk"] = golden.In("Wk"), ["wv"] = golden.In("Wv"),
            ["wo"] = golden.In("Wo"),
            ["bq"] = golden.In("bq"), ["bk"] = NdArray.Zeros(4), ["bv"] = golden.In("bv"), ["bo"] = golden.In("bo"),
        };
        var run = Gradient.Of(AttentionOps.MultiheadAttentionCausal, operands,
            new() { ["y"] = golden.In("dy").Reshape(1, 3, 4) },
            heads, new Kept("p", [new Dim("b"), new Dim("h"), new Dim("t"), new Dim("u")]));
        golden.Equal(run["y"].Reshape(3, 4), "y");
        golden.Equal(run["dx"].Reshape(3, 4), "dx");
        golden.Equal(run.Kept["p"].Reshape(2, 3, 3), "attention");

        operands["source"] = golden.In("xa").Reshape(1, 5, 4);
        var cross = Forward.Of(AttentionOps.MultiheadAttention, operands, heads);
        golden.Equal(cross["y"].Reshape(3, 4), "y_cross");
    }
}
