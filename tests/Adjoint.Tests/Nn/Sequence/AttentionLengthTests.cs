using Xunit;

namespace Adjoint.Tests;

// Every rule beside plain loops over pairs of positions.

public sealed class AttentionLengthTests
{
    const int Heads = 2, Width = 3;

    [Theory]
    [MemberData(nameof(AttentionRules.Names), MemberType = typeof(AttentionRules))]
    public void A_position_reads_what_its_rule_and_the_length_leave(string name)
    {
        int[] lengths = [4, 0, 1, 6];
        Tensor q = Law.Random(1, 4, Heads, 6, Width), k = Law.Random(2, 4, Heads, 6, Width), v = Law.Random(3, 4, Heads, 6, 5);
        AssertReads(name, q, k, v, lengths);
        AssertReads(name, q, k, v, null);
    }

    // What a causal rule hides is told by places, of which the source has its own.
    [Theory]
    [InlineData("causal", 7, 4)]
    [InlineData("causal", 3, 8)]
    [InlineData("window", 7, 4)]
    [InlineData("fading", 7, 4)]
    [InlineData("fading", 3, 8)]
    [InlineData("series", 7, 4)]
    public void A_source_of_another_length_is_read_by_places(string name, int queries, int keys)
    {
        Tensor q = Law.Random(1, 3, Heads, queries, Width), k = Law.Random(2, 3, Heads, keys, Width), v = Law.Random(3, 3, Heads, keys, 2);
        AssertReads(name, q, k, v, [keys, 2, 0]);
        AssertReads(name, q, k, v, null);
    }

    [Fact]
    public void A_causal_series_goes_along_with_its_source()
    {
        Tensor q = Law.Random(1, 1, Heads, 4, Width), k = Law.Random(2, 1, Heads, 3, Width);
        Assert.Equal("Maclaurin 2, causal: 4 positions read a source of 3, and both are read together, position by position.\n"
            + "Hint: ScaledDotProduct reads sources of any length.",
            Assert.Throws<ShapeException>(() => AttentionRules.Of("causal series").Attend(q, k, k)).Message);
    }

    [Theory]
    [MemberData(nameof(AttentionRules.Names), MemberType = typeof(AttentionRules))]
    public void Gradients_within_lengths_are_those_of_the_reference(string name)
    {
        var layer = new MultiHeadAttention(4, Heads, AttentionRules.Of(name));
        layer.Initialize(3, DType.Float64);
        var lengths = Tensor.Of([3, 0, 5], 3);
        Law.AssertGradients(layer, Law.Random(1, 3, 5, 4), x => layer.Attend(x, null, lengths));
    }

    // So many that the rows run in blocks.
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void Long_sequences_of_different_lengths_read_what_a_mask_leaves(int window)
    {
        const int Length = 1100;
        int[] lengths = [Length, 300];
        var keep = new int[2 * Length * Length];
        for (var n = 0; n < keep.Length; n++)
        {
            var (b, t, u) = (n / Length / Length, n / Length % Length, n % Length);
            keep[n] = u <= t && (window == 0 || t < u + window) && u < lengths[b] ? 1 : 0;
        }
        Tensor q = Law.Random(1, 2, Length, 4), k = Law.Random(2, 2, Length, 4), v = Law.Random(3, 2, Length, 4);
        var found = new ScaledDotProduct(isCausal: true, window).Attend(q.Unsqueeze(1), k.Unsqueeze(1), v.Unsqueeze(1), Tensor.Of(lengths, 2));
        Law.Near(q.AttentionMasked(k, v, Tensor.Of(keep, 2, Length, Length)), found.Squeeze(1));
    }

    static void AssertReads(string name, Tensor q, Tensor k, Tensor v, int[]? lengths)
    {
        var found = AttentionRules.Of(name).Attend(q, k, v, lengths is null ? null : Tensor.Of(lengths, lengths.Length));
        Assert.Equal([.. q.Shape[..^1], v.Shape[^1]], found.Shape.ToArray());
        Law.Near(Plain(name, q, k, v, lengths), found, Tolerance.CpuDouble);
    }

    static double[] Plain(string name, Tensor q, Tensor k, Tensor v, int[]? lengths)
    {
        NdArray queries = Numbers(q), keys = Numbers(k), values = Numbers(v);
        var (width, inner) = (v.Shape[^1], q.Shape[^1]);
        var y = new List<double>();
        for (var b = 0; b < q.Shape[0]; b++)
            for (var h = 0; h < Heads; h++)
                for (var t = 0; t < q.Shape[2]; t++)
                {
                    var (sum, total) = (new double[width], 0.0);
                    for (var u = 0; u < k.Shape[2]; u++)
                    {
                        if (u >= (lengths?[b] ?? int.MaxValue) || u > t && name is not ("softmax" or "series")) continue;
                        if (u <= t - 2 && name == "window") continue;
                        var score = Enumerable.Range(0, inner).Sum(c => queries[b, h, t, c] * keys[b, h, u, c]) / Math.Sqrt(inner);
                        if (name == "fading") score -= Math.Pow(2, -8.0 * (h + 1) / Heads) * (t - u);
                        var weight = name.EndsWith("series", StringComparison.Ordinal) ? 1 + score + score * score / 2 : Math.Exp(score);
                        total += weight;
                        for (var d = 0; d < width; d++) sum[d] += weight * values[b, h, u, d];
                    }
                    y.AddRange(sum.Select(s => total == 0 ? 0 : s / total));
                }
        return [.. y];
    }

    static NdArray Numbers(Tensor x) => new(x.Shape.ToArray(), x.ToHost().ToDoubles());
}
