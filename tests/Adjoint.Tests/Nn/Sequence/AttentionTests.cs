using Xunit;

namespace Adjoint.Tests;

public sealed class AttentionTests
{
    const int Width = 8, Heads = 2, Length = 9;

    public static TheoryData<string> Causal => new("softmax", "rotary", "window", "fading", "full", "symmetric");

    internal static AttentionRule Rule(string name) => name switch
    {
        "window" => new ScaledDotProduct(isCausal: true, window: 3),
        "fading" => new ScaledDotProduct(isCausal: true, isFading: true),
        "full" => new MaclaurinAttention(2, isSymmetric: false, isCausal: true),
        "symmetric" => new MaclaurinAttention(4, isCausal: true),
        _ => new ScaledDotProduct(isCausal: true),
    };

    static MultiHeadAttention Layer(AttentionRule rule, bool rotary = false, int? source = null)
    {
        var layer = new MultiHeadAttention(Width, Heads, rule, sourceWidth: source, isRotary: rotary);
        layer.Initialize(3, DType.Float64);
        return layer;
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void Position_by_position_with_a_cache_is_the_whole_sequence(string name)
    {
        var layer = Layer(Rule(name), name == "rotary");
        Tensor x = Law.Random(1, 2, Length, Width);
        var (whole, captures) = (layer.Forward(x), 0);
        var cache = new KvCache(Length + 2);
        var step = Step.Capture(row =>
        {
            captures++;
            return layer.Step(row, cache);
        });
        for (var time = 0; time < 2; time++)
        {
            for (var t = 0; t < Length; t++)
            {
                Law.Near(whole[.., t, ..], step.Run(x[.., t, ..])[0]);
                cache.Advance();
            }
            Assert.Equal(Length, cache.Position);
            cache.Clear();
        }
        Assert.Equal(1, captures);
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void A_causal_position_depends_on_nothing_later_and_gradients_are_those_of_the_reference(string name)
    {
        var layer = Layer(Rule(name), name == "rotary");
        Tensor x = Law.Random(1, 2, 5, Width);
        Law.Near(layer.Forward(x)[.., ..3, ..], layer.Forward(x[.., ..3, ..]));
        // A bias of the keys moves all scores of a query alike: its gradient is 0 up to rounding where nothing turns them.
        Law.AssertGradients(layer, x, y => layer.Forward(y));
    }

    // 3 and 4 positions, one, and the last 2: what a run must not see lies in itself.
    [Theory]
    [MemberData(nameof(Causal))]
    public void A_run_of_positions_is_read_as_one_after_the_other(string name)
    {
        var layer = Layer(Rule(name), name == "rotary");
        Tensor x = Law.Random(1, 2, Length + 1, Width);
        var (whole, captures) = (layer.Forward(x), 0);
        var cache = new KvCache(Length + 3);
        var step = Step.Capture(run =>
        {
            captures++;
            return layer.Step(run, cache);
        });
        for (var time = 0; time < 2; time++)
        {
            foreach (var count in (int[])[3, 4, 1, 2])
            {
                var places = cache.Position..(cache.Position + count);
                Law.Near(whole[.., places, ..], step.Run(x[.., places, ..])[0]);
                cache.Advance(count);
            }
            cache.Clear();
        }
        Assert.Equal(4, captures);
        // Without a capture, and at once.
        Law.Near(whole, layer.Step(x, cache));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keys_beyond_the_length_do_not_count(bool isLinear)
    {
        var layer = Layer(isLinear ? new MaclaurinAttention(2) : new ScaledDotProduct(), source: 5);
        int[] lengths = [4, 1, 6];
        Tensor x = Law.Random(1, 3, 2, Width), source = Law.Random(2, 3, 6, 5);
        var together = layer.Attend(x, source, Tensor.Of(lengths, 3));
        for (var b = 0; b < 3; b++)
            Law.Near(layer.Attend(x[b..(b + 1)], source[b..(b + 1), ..lengths[b], ..]), together[b..(b + 1)]);
        Assert.Equal(["q_proj_weight [8, 8]", "k_proj_weight [8, 5]", "v_proj_weight [8, 5]", "in_proj_bias [24]",
            "out_proj.weight [8, 8]", "out_proj.bias [8]"],
            layer.State().Select(s => $"{s.Key} [{string.Join(", ", s.Value.Shape.ToArray())}]"));
    }

    [Theory]
    [InlineData("softmax", false)]
    [InlineData("softmax", true)]
    [InlineData("series", false)]
    public void Over_a_source_that_the_cache_keeps_a_position_reads_what_it_reads_of_the_source_itself(string name, bool rotary)
    {
        var layer = new MultiHeadAttention(Width, Heads, name == "series" ? new MaclaurinAttention(2) : null, sourceWidth: 5, isRotary: rotary);
        layer.Initialize(3, DType.Float64);
        Tensor x = Law.Random(1, 3, 4, Width), source = Law.Random(2, 3, 6, 5), lengths = Tensor.Of([4, 1, 6], 3);
        var whole = layer.Attend(x, source, lengths);
        var cache = new KvCache(4);
        layer.Read(source, cache, lengths);
        for (var t = 0; t < 4; t++)
        {
            Law.Near(whole[.., t, ..], layer.StepOverSource(x[.., t, ..], cache));
            cache.Advance();
        }
        cache.Clear();
        Law.Near(whole, layer.StepOverSource(x, cache));
        var causal = Layer(new ScaledDotProduct(isCausal: true));
        Assert.Equal("MultiHeadAttention 8, 2 heads, softmax, causal: a source is read whole, and a causal rule hides what is later.\n"
            + "Hint: a rule that is not causal.", Assert.Throws<InvalidOperationException>(() => causal.Read(x, cache)).Message);
    }

    [Fact]
    public void Words_in_all_orders_and_sets_of_them_are_one_series_and_it_comes_near_to_softmax()
    {
        Tensor q = Law.Random(1, 1, 2, 7, 3), k = Law.Random(2, 1, 2, 7, 3), v = Law.Random(3, 1, 2, 7, 4);
        foreach (var causal in new[] { false, true })
        {
            var full = new MaclaurinAttention(4, isSymmetric: false, isCausal: causal).Attend(q, k, v);
            Law.Near(full, new MaclaurinAttention(4, isSymmetric: true, isCausal: causal).Attend(q, k, v));
            var exact = new ScaledDotProduct(causal).Attend(q, k, v);
            Law.Near(exact, new MaclaurinAttention(8, isCausal: causal).Attend(q, k, v), Tolerance.CpuSingle);
            Assert.True((full - exact).Abs().Max().Item() > Tolerance.CpuDouble, "a series of degree 4 is no exponential");
        }
    }

    [Fact]
    public void A_window_and_a_fading_score_need_a_causal_rule()
    {
        Assert.Throws<ArgumentException>(() => new ScaledDotProduct(window: 3));
        Assert.Throws<ArgumentException>(() => new ScaledDotProduct(isFading: true));
        Assert.Throws<ArgumentException>(() => new MultiHeadAttention(8, 3));
        var layer = Layer(new ScaledDotProduct());
        var error = Assert.Throws<InvalidOperationException>(() => layer.Step(Law.Random(1, 1, Width), new KvCache(3)));
        Assert.Equal("softmax: a position reads later ones, so that they can't be made one by one.\nHint: make the rule causal.", error.Message);
    }

    [Fact]
    public void A_full_cache_says_so()
    {
        var layer = Layer(new ScaledDotProduct(isCausal: true));
        var cache = new KvCache(2);
        for (var t = 0; t < 2; t++)
        {
            layer.Step(Law.Random(1, 1, Width), cache).ToArray<double>();
            cache.Advance();
        }
        Assert.Contains("all 2 positions are filled", Assert.Throws<InvalidOperationException>(() => cache.Advance()).Message, StringComparison.Ordinal);
        var other = new KvCache(3);
        other.Advance(2);
        Assert.Equal("KvCache: 2 of 3 positions are filled, there is no room for 2.\nHint: Clear() it and give the last part of the sequence again.",
            Assert.Throws<InvalidOperationException>(() => other.Advance(2)).Message);
        Assert.Contains("a batch of another size", Assert.Throws<ShapeException>(() =>
            layer.Step(Law.Random(1, 3, Width), cache)).Message, StringComparison.Ordinal);
    }
}
