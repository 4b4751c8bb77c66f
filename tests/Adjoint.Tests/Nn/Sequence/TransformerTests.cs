using Xunit;

namespace Adjoint.Tests;

public sealed class TransformerTests
{
    static TransformerOptions Options(bool pre = true, AttentionRule? rule = null, double dropout = 0, bool rotary = false) =>
        new(8, 2) { Hidden = 12, IsPreNorm = pre, Dropout = dropout, Rule = rule ?? new ScaledDotProduct(), IsRotary = rotary };

    static T Ready<T>(T model) where T : Module
    {
        model.Initialize(5, DType.Float64);
        return model;
    }

    [Fact]
    public void Names_and_shapes_are_those_of_PyTorch()
    {
        var block = new TransformerBlock(Options(), readsSource: true);
        Assert.Equal(
        [
            "self_attn.in_proj_weight [24, 8]", "self_attn.in_proj_bias [24]", "self_attn.out_proj.weight [8, 8]", "self_attn.out_proj.bias [8]",
            "multihead_attn.in_proj_weight [24, 8]", "multihead_attn.in_proj_bias [24]", "multihead_attn.out_proj.weight [8, 8]",
            "multihead_attn.out_proj.bias [8]", "linear1.weight [12, 8]", "linear1.bias [12]", "linear2.weight [8, 12]", "linear2.bias [8]",
            "norm1.weight [8]", "norm1.bias [8]", "norm2.weight [8]", "norm2.bias [8]", "norm3.weight [8]", "norm3.bias [8]",
        ], block.State().Select(s => $"{s.Key} [{string.Join(", ", s.Value.Shape.ToArray())}]"));
        var stack = new TransformerStack(Options(), 2);
        Assert.Contains("layers.1.linear2.weight", stack.State().Keys);
        Assert.Contains("norm.weight", stack.State().Keys);
        Assert.DoesNotContain("norm.weight", new TransformerStack(Options(pre: false), 2).State().Keys);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_stack_learns_with_the_gradients_of_the_reference(bool pre, bool rotary)
    {
        var stack = Ready(new TransformerStack(Options(pre, new ScaledDotProduct(isCausal: true), rotary: rotary), 2));
        Law.AssertGradients(stack, Law.Random(1, 2, 4, 8), x => stack.Forward(x));
    }

    [Fact]
    public void Sequences_of_different_lengths_give_what_each_gives_alone()
    {
        var model = Ready(new Transformer(Options(), 2, 1));
        int[] lengths = [3, 5, 1];
        Tensor source = Law.Random(1, 3, 5, 8), target = Law.Random(2, 3, 4, 8);
        var together = model.Forward(source, target, Tensor.Of(lengths, 3));
        for (var b = 0; b < 3; b++)
            Law.Near(model.Forward(source[b..(b + 1), ..lengths[b], ..], target[b..(b + 1)]), together[b..(b + 1)]);
        Law.AssertGradients(model, source, x => model.Forward(x, target, Tensor.Of(lengths, 3)));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, new[] { 5, 2 })]
    [InlineData(true, new[] { 1, 4 })]
    public void A_decoder_goes_position_by_position(bool captured, int[]? lengths)
    {
        var model = Ready(new Transformer(Options(pre: captured), 1, 2));
        var cache = new KvCache(6);
        var captures = 0;
        var step = Step.Capture(Next);
        var given = lengths is null ? null : Tensor.Of(lengths, 2);
        // Another source, or the same once more: the second time all that a captured step reads is where it was.
        foreach (var seed in new ulong[] { 1, 5 })
        {
            Tensor source = Law.Random(seed, 2, 5, 8), target = Law.Random(seed + 1, 2, 6, 8);
            var whole = model.Forward(source, target, given);
            cache.Clear();
            model.Decoder.Read(model.Encoder.Transform(source, given), cache, given);
            for (var t = 0; t < 6; t++)
            {
                Law.Near(whole[.., t, ..], captured ? step.Run(target[.., t, ..])[0] : Next(target[.., t, ..]));
                cache.Advance();
            }
        }
        Assert.True(!captured || captures == 1);

        Tensor Next(Tensor row)
        {
            captures++;
            return model.Decoder.Step(row, cache);
        }
    }

    [Fact]
    public void A_captured_step_may_read_the_source_and_clearing_keeps_it()
    {
        var model = Ready(new Transformer(Options(), 1, 1));
        Tensor source = Law.Random(1, 2, 5, 8), target = Law.Random(2, 2, 1, 8), lengths = Tensor.Of([3, 5], 2);
        var cache = new KvCache(2);
        var read = Step.Capture(given =>
        {
            model.Decoder.Read(model.Encoder.Transform(given[0], given[1]), cache, given[1]);
            return [];
        });
        read.Run(source, lengths);
        var whole = model.Forward(source, target, lengths)[.., 0, ..];
        Law.Near(whole, model.Decoder.Step(target[.., 0, ..], cache));
        cache.Clear();
        Law.Near(whole, model.Decoder.Step(target[.., 0, ..], cache));
    }

    [Fact]
    public void A_source_that_is_missing_of_another_size_or_not_wanted_is_told()
    {
        var model = Ready(new Transformer(Options(), 1, 1));
        Tensor source = Law.Random(1, 2, 5, 8), target = Law.Random(2, 2, 6, 8);
        var cache = new KvCache(6);
        Assert.Equal("'decoder.layers.0' reads a source, and none is given.\nHint: call Transform(x, source: …).",
            Assert.Throws<InvalidOperationException>(() => model.Decoder.Forward(target)).Message);
        Assert.Equal("'decoder.layers.0.multihead_attn' reads a source, and the cache keeps none.\nHint: call Read(source, cache) before the first step.",
            Assert.Throws<InvalidOperationException>(() => model.Decoder.Step(target[.., 0, ..], cache)).Message);
        Assert.Equal("'encoder.layers.0' reads no source.\nHint: new TransformerBlock(options, readsSource: true).",
            Assert.Throws<InvalidOperationException>(() => model.Encoder.Read(source, cache)).Message);
        model.Decoder.Read(source, cache);
        Assert.Equal("KvCache: 'decoder.layers.0.multihead_attn' kept keys float64[2, 2, 5, 4] of a source and now has float64[2, 2, 4, 4].\n"
            + "Hint: sources of one size and their lengths, or a cache for each size.",
            Assert.Throws<ShapeException>(() => model.Decoder.Read(source[.., ..4, ..], cache)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Generation_with_a_cache_says_the_same_as_without(bool learned)
    {
        const int Tokens = 7, Room = 12;
        var embedding = new Embedding(Tokens, 8);
        PositionEncoding positions = learned ? new LearnedPositions(Room, 8) : new SinusoidalPositions(8);
        var stack = new TransformerStack(Options(rule: new ScaledDotProduct(isCausal: true)), 2);
        var head = new Linear(8, Tokens);
        var model = Ready(new Sequential(embedding, positions, stack, head));
        model.Evaluate();
        var cache = new KvCache(Room);
        var step = Step.Capture(token => head.Forward(stack.Step(positions.Step(embedding.Forward(token), cache), cache)));
        List<int> cached = [3], whole = [3];
        for (var t = 0; t < Room; t++)
        {
            cached.Add((int)step.Run(Tensor.Of([cached[^1]], 1))[0].ArgMax(-1).Item());
            cache.Advance();
            whole.Add((int)model.Forward(Tensor.Of(whole.ToArray(), 1, whole.Count))[0, ^1].ArgMax(-1).Item());
        }
        Assert.Equal(whole, cached);
        Assert.True(cached.Distinct().Count() > 1, "one letter again and again shows nothing");
    }

    public static MatrixTheoryData<string, bool> RulesAndRotation => new(["softmax", "window", "fading", "full", "symmetric"], [false, true]);

    [Theory]
    [MemberData(nameof(RulesAndRotation))]
    public void Through_a_cache_a_stack_gives_what_it_gives_of_the_whole(string name, bool rotary)
    {
        const int Length = 11;
        PositionEncoding positions = rotary ? new SinusoidalPositions(8) : new LearnedPositions(Length + 1, 8);
        var stack = new TransformerStack(Options(rule: AttentionTests.Rule(name), rotary: rotary), 2);
        var model = Ready(new Sequential(positions, stack));
        Tensor x = Law.Random(1, 2, Length, 8);
        var whole = model.Forward(x);
        var cache = new KvCache(Length + 1);
        var step = Step.Capture(run => stack.Step(positions.Step(run, cache), cache));
        for (var t = 0; t < Length; t++)
        {
            Law.Near(whole[.., t, ..], step.Run(x[.., t, ..])[0]);
            cache.Advance();
        }
        cache.Clear();
        foreach (var places in (Range[])[0..5, 5..6, 6..11])
        {
            Law.Near(whole[.., places, ..], step.Run(x[.., places, ..])[0]);
            cache.Advance(places.End.Value - places.Start.Value);
        }
    }

    [Fact]
    public void A_decoder_reads_a_run_of_its_own_positions()
    {
        var model = Ready(new Transformer(Options(), 1, 2));
        Tensor source = Law.Random(1, 2, 5, 8), target = Law.Random(2, 2, 6, 8), lengths = Tensor.Of([5, 2], 2);
        var whole = model.Forward(source, target, lengths);
        var cache = new KvCache(6);
        model.Decoder.Read(model.Encoder.Transform(source, lengths), cache, lengths);
        foreach (var places in (Range[])[0..4, 4..6])
        {
            Law.Near(whole[.., places, ..], model.Decoder.Step(target[.., places, ..], cache));
            cache.Advance(places.End.Value - places.Start.Value);
        }
    }

    [Fact]
    public void Positions_are_added_and_end()
    {
        Tensor x = Law.Random(1, 2, 3, 8);
        var learned = Ready(new LearnedPositions(3, 8));
        Law.Near(x + learned.Weight.Value, learned.Forward(x));
        var error = Assert.Throws<ShapeException>(() => learned.Forward(Law.Random(1, 2, 4, 8)));
        Assert.StartsWith("LearnedPositions 3 × 8: there are 4 positions.", error.Message, StringComparison.Ordinal);
        var waves = new SinusoidalPositions(8).Forward(Tensor.Zeros(DType.Float64, 1, 3, 8)).ToArray<double>();
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], waves[..8]);
        Assert.Equal(Math.Sin(2), waves[16], Tolerance.CpuDouble);
        Assert.Throws<ArgumentException>(() => new SinusoidalPositions(5));
    }
}
