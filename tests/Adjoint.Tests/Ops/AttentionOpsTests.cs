using Xunit;

namespace Adjoint.Tests;

// Each form against the plain one with a mask, or head by head; the plain one against a sum written out.

public sealed class AttentionOpsTests
{
    static readonly NdArray Q = Numbers.Normal(1, 2, 4, 3), K = Numbers.Normal(2, 2, 4, 3),
        V = Numbers.Normal(3, 2, 4, 5);

    [Fact]
    public void A_query_averages_the_values_by_the_exponentials_of_its_scores()
    {
        var y = NdArray.Zeros(2, 4, 5);
        for (var b = 0; b < 2; b++)
            for (var t = 0; t < 4; t++)
            {
                var e = Enumerable.Range(0,
                    4).Select(u =>
                        Math.Exp(Enumerable.Range(0, 3).Sum(c => Q[b, t, c] * K[b, u, c]) / Math.Sqrt(3))).ToList();
                for (var d = 0; d < 5; d++) y[b, t, d] = Enumerable.Range(0, 4).Sum(u => e[u] * V[b, u, d]) / e.Sum();
            }
        Numbers.Equal(y, Forward.Of("attention", Q, K, V));
        Numbers.Equal(y, Forward.Of("attention_unscaled",
            Forward.Of("scale_and_shift", [("scale", 1 / Math.Sqrt(3))], Q), K, V));
        Numbers.Equal(y, Forward.Of("attention_biased", Q, K, V, NdArray.Zeros(4, 4)));
        Numbers.Equal(y, Forward.Of("attention_padded", Q, K, V, NdArray.Vector(4, 4)));
    }

    [Fact]
    public void Masks_by_position()
    {
        Numbers.Equal(Masked((t, u) => u <= t), Forward.Of("attention_causal", Q, K, V), "causal");
        Numbers.Equal(Masked((t, u) => u <= t && u > t - 2), Forward.Of("attention_windowed", Q, K, V), "windowed");
        Numbers.Equal(Masked((t, u) => u <= t && u > t - 3), Forward.Of("attention_banded", [("window", 3)], Q, K, V),
            "banded");
        Numbers.Equal(Masked((_, u) => u < 3), Forward.Of("attention_padded", Q, K, V, NdArray.Vector(3, 3)), "padded");
        var causalBias = NdArray.Generate([4, 4], i => i % 4 <= i / 4 ? 0 : double.NegativeInfinity);
        Numbers.Equal(Masked((t, u) => u <= t), Forward.Of("attention_biased", Q, K, V, causalBias), "biased");
    }

    [Fact]
    public void Heads_do_not_see_each_other()
    {
        NdArray q = Numbers.Normal(4, 1, 4, 6), k = Numbers.Normal(5, 1, 4, 6), v = Numbers.Normal(6, 1, 4, 4);
        var whole = Forward.Of("attention_multihead", q, k, v);
        var heads = Forward.Of("attention", Head(q, 3), Head(k, 3), Head(v, 2));
        Numbers.Equal(Forward.Of("merge_heads", heads.Reshape(1, 2, 4, 2)), whole);
        var causal = Forward.Of("attention_causal", Head(q, 3), Head(k, 3), Head(v, 2));
        Numbers.Equal(Forward.Of("merge_heads", causal.Reshape(1, 2, 4, 2)),
            Forward.Of("attention_multihead_causal", q, k, v));
        Numbers.Equal(Forward.Of("attention_multihead_causal", q, k, v),
            Forward.Of("attention_grouped_query", [("queries", 1)], q, k, v), "grouped");

        static NdArray Head(NdArray x, int c) => Forward.Of("split_heads", x).Reshape(2, 4, c);
    }

    [Fact]
    public void Queries_of_one_group_share_keys_and_values()
    {
        NdArray q = Numbers.Normal(4, 1, 4, 12), k = Numbers.Normal(5, 1, 4, 6), v = Numbers.Normal(6, 1, 4, 4);
        var shared = Forward.Of("attention_grouped_query", q, k, v);
        // Every key and value head given twice, one after the other.
        Numbers.Equal(Forward.Of("attention_multihead_causal", [("heads", 4)], q, Twice(k, 3), Twice(v, 2)), shared);

        static NdArray Twice(NdArray x, int c) =>
            NdArray.Generate([1, 4, 4 * c], i => x[0, i / (4 * c), i % (4 * c) / (2 * c) * c + i % c]);
    }

    [Fact]
    public void Distance_fades_at_a_rate_of_each_head()
    {
        // Two heads fade at 1/16 and 1/256 a step.
        NdArray q = Numbers.Normal(4, 1, 2, 4, 3), k = Numbers.Normal(5, 1, 2, 4, 3), v = Numbers.Normal(6, 1, 2, 4, 3);
        var y = Forward.Of("attention_alibi", q, k, v);
        for (var h = 0; h < 2; h++)
        {
            var bias = NdArray.Generate([4, 4], i => i % 4 > i / 4 ? double.NegativeInfinity
                : -(i / 4 - i % 4) / (h == 0 ? 16.0 : 256.0));
            Numbers.Equal(Part(y, h), Forward.Of("attention_biased", Part(q, h), Part(k, h), Part(v, h), bias));
        }

        static NdArray Part(NdArray x, int h) => Numbers.Of([1, 4, 3], x.Values[(12 * h)..(12 * h + 12)]);
    }

    [Fact]
    public void Additive_scores()
    {
        NdArray q = Numbers.Of([1, 1, 2], 0.3, -1), k = Numbers.Of([1, 2, 2], 1, 0, -0.5, 2),
            v = Numbers.Of([1, 2, 1], 10, 20), w = NdArray.Vector(2, -3);
        double Score(double k0, double k1) => Math.Exp(2 * Math.Tanh(0.3 + k0) - 3 * Math.Tanh(-1 + k1));
        var (a, b) = (Score(1, 0), Score(-0.5, 2));
        Numbers.Equal(Numbers.Of([1, 1, 1], (10 * a + 20 * b) / (a + b)), Forward.Of("attention_additive", q, k, v, w));
    }

    [Fact]
    public void Features_of_positive_numbers_average_the_values()
    {
        NdArray fq = Numbers.Positive(1, 4, 3), fk = Numbers.Positive(2, 4, 3), v = Numbers.Normal(3, 4, 2);
        var weights = Forward.Of("normalize_sum", Forward.Of("batched_matmul_transposed", fq, fk));
        Numbers.Equal(Forward.Of("matmul", weights, v), Forward.Of("linear_attention", fq, fk, v));
        var causal = Forward.Of("normalize_sum",
            Forward.Of("lower_triangle", Forward.Of("batched_matmul_transposed", fq, fk)));
        var expected = Forward.Of("matmul", causal, v);
        Numbers.Equal(expected,
            Forward.Of("linear_attention_causal", fq.Reshape(4, 1, 3), fk.Reshape(4, 1, 3),
                v.Reshape(4, 1, 2)).Reshape(4, 2));

        var state = new Dictionary<string, NdArray> { ["s"] = NdArray.Zeros(1, 3, 2), ["n"] = NdArray.Zeros(1, 3) };
        for (var t = 0; t < 4; t++)
        {
            var step = Forward.Of(LinearAttentionOps.LinearAttentionStep,
                new(state) { ["fq"] = Row(fq, t), ["fk"] = Row(fk, t), ["v"] = Row(v, t) });
            Numbers.Equal(Row(expected, t), step["y"], $"step {t}");
            (state["s"], state["n"]) = (step["s'"], step["n'"]);
        }

        NdArray q = Numbers.Normal(4, 4, 3), k = Numbers.Normal(5, 4, 3);
        Numbers.Equal(Forward.Of("linear_attention", Elu(q), Elu(k), v), Forward.Of("attention_elu", q, k, v));

        static NdArray Elu(NdArray x) => Forward.Of("scale_and_shift", [("shift", 1)], Forward.Of("elu", x));
    }

    [Fact]
    public void Position_after_position_with_a_cache_gives_what_the_whole_layer_gives()
    {
        var x = Numbers.Normal(1, 1, 4, 6);
        var weights = new Dictionary<string, NdArray>
        {
            ["wq"] = Numbers.Normal(2, 6, 6), ["wk"] = Numbers.Normal(3, 6, 6), ["wv"] = Numbers.Normal(4, 6, 6),
            ["wo"] = Numbers.Normal(5, 6, 6),
        };
        var zero = new[] { "bq", "bk", "bv", "bo" }.ToDictionary(b => b, _ => NdArray.Zeros(6));
        var whole = Forward.Of(AttentionOps.MultiheadAttentionCausal, new(weights.Concat(zero)) { ["x"] = x })["y"];
        var cache = new Dictionary<string, NdArray>
        {
            ["keys"] = NdArray.Zeros(1, 2, 4, 3),
            ["values"] = NdArray.Zeros(1, 2, 4, 3)
        };
        for (var t = 0; t < 4; t++)
        {
            var step = Forward.Of(GenerationOps.MultiheadAttentionStep,
                new(weights.Concat(cache)) { ["x"] = Row(x.Reshape(4, 6), t), ["position"] = NdArray.Scalar(t) });
            Numbers.Equal(Row(whole.Reshape(4, 6), t), step["y"], $"step {t}");
            (cache["keys"], cache["values"]) = (step["keys'"], step["values'"]);
        }
    }

    [Fact]
    public void A_cached_step_is_the_last_row_of_causal_attention()
    {
        var causal = Forward.Of("attention_causal", Q, K, V);
        var q = NdArray.Generate([2, 3], i => Q[i / 3, 2, i % 3]);
        // Rows beyond the position may hold anything.
        var filled = Forward.Of("cache_append", K, Numbers.Of([2, 3], 9, 9, 9, 9, 9, 9), NdArray.Scalar(3));
        Numbers.Equal(NdArray.Generate([2, 5], i => causal[i / 5, 2, i % 5]),
            Forward.Of("attention_step", q, filled, V, NdArray.Scalar(2)));
        Assert.Equal(9, filled[1, 3, 2]);
        Assert.Equal(K[1, 2, 2], filled[1, 2, 2]);
    }

    [Fact]
    public void Rotation_makes_scores_depend_on_distance_alone()
    {
        var x = Numbers.Normal(1, 1, 1, 4);
        NdArray At(string op, double position) => Forward.Of(op, x, NdArray.Vector(position)).Reshape(4);
        foreach (var op in new[] { "rotary", "rotary_halves" })
        {
            Numbers.Equal(x.Reshape(4), At(op, 0), op);
            Numbers.Equal(Forward.Of("dot", At(op, 3), At(op, 5)), Forward.Of("dot", At(op, 10), At(op, 12)), op);
        }
        // The first pair turns by the position itself, the second by a hundredth of it.
        var y = Forward.Of("rotary", x, NdArray.Vector(2));
        Numbers.Equal(x[0, 0, 0] * Math.Cos(2) - x[0, 0, 1] * Math.Sin(2), NdArray.Scalar(y[0, 0, 0]));
        Numbers.Equal(x[0, 0, 2] * Math.Sin(0.02) + x[0, 0, 3] * Math.Cos(0.02), NdArray.Scalar(y[0, 0, 3]));
        var halves = Forward.Of("rotary_halves", Forward.Of("transpose", x.Reshape(2, 2)).Reshape(1, 1, 4),
            NdArray.Vector(2));
        Numbers.Equal(Forward.Of("transpose", y.Reshape(2, 2)).Reshape(1, 1, 4), halves);
    }

    [Fact]
    public void Sines_and_cosines_of_positions()
    {
        var y = Forward.Of("sinusoids", [("positions", 5), ("half", 3), ("base", 100)]);
        Numbers.Equal(NdArray.Generate([5, 6], i => i % 6 < 3 ? Math.Sin(i / 6 * Math.Pow(10, -i % 6 % 3))
            : Math.Cos(i / 6 * Math.Pow(10, -(i % 6 - 3)))), y);
        Numbers.Equal(Numbers.Of([1, 1, 2], 5, 7),
            Forward.Of("learned_positions", Numbers.Of([1, 1, 2], 1, 2), Numbers.Of([2, 2], 4, 5, 6, 7)));
    }

    static NdArray Masked(Func<int, int, bool> keep) =>
        Forward.Of("attention_masked", Q, K, V, NdArray.Generate([2, 4, 4], i => keep(i / 4 % 4, i % 4) ? 1 : 0));

    static NdArray Row(NdArray x, int row)
    {
        var width = x.Shape[1];
        return Numbers.Of([1, width], x.Values[(row * width)..(row * width + width)]);
    }
}
