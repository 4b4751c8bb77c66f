using Xunit;

namespace Adjoint.Tests;

// Nothing to read, less than there is, more than there is: each has a result or a sentence.

public sealed class SequenceEdgeTests
{
    const int Width = 4;

    public static TheoryData<string> Nets => new("rnn", "ugrnn", "gru", "lstm", "both");

    static T Ready<T>(T model) where T : Module
    {
        model.Initialize(5, DType.Float64);
        return model;
    }

    static Recurrent Net(string name) => Ready<Recurrent>(name switch
    {
        "rnn" => new Rnn(3, 2, layers: 2),
        "ugrnn" => new UgRnn(3, 2, layers: 2),
        "gru" => new Gru(3, 2, layers: 2),
        "lstm" => new Lstm(3, 2, layers: 2),
        _ => new Lstm(3, 2, layers: 2, isBidirectional: true),
    });

    static void Sizes(Tensor x, params int[] sizes) => Assert.Equal(sizes, x.Shape.ToArray());

    [Theory]
    [MemberData(nameof(Nets))]
    public void A_network_without_steps_ends_in_the_states_it_began_with(string name)
    {
        var net = Net(name);
        Tensor[] start = [.. Enumerable.Range(0, net.StateCount).Select(s => Law.Random((ulong)s + 3, 2 * net.Directions, 3, 2))];
        foreach (var lengths in new[] { null, Tensor.Of([0, 0, 0], 3) })
        {
            var made = net.Unroll(Law.Random(1, 0, 3, 3), start, lengths);
            Sizes(made.Output, 0, 3, net.Directions * 2);
            for (var s = 0; s < net.StateCount; s++) Law.Near(start[s], made.State[s]);
        }
        Sizes(net.Forward(Law.Random(1, 5, 0, 3)), 5, 0, net.Directions * 2);
        Sizes(net.Unroll(Law.Random(1, 5, 0, 3), null, Tensor.Of(Array.Empty<int>(), 0)).Output, 5, 0, net.Directions * 2);
        // Without a start these are zeros.
        Assert.All(net.Unroll(Law.Random(1, 4, 1, 3), null, Tensor.Of([0], 1)).State, s => Assert.All(s.ToArray<double>(), v => Assert.Equal(0, v)));
    }

    [Theory]
    [InlineData(new[] { 5, 1 }, "sequence 0 has the length 5.\n  possible  0 to 3, the positions there are")]
    [InlineData(new[] { 2, -1 }, "sequence 1 has the length -1.\n  possible  0 to 3, the positions there are")]
    [InlineData(new[] { 1 }, "lengths are integers, one for each of 2 sequences.\n  lengths : int32[1]")]
    [InlineData(new[] { 1, 1, 1 }, "lengths are integers, one for each of 2 sequences.\n  lengths : int32[3]")]
    public void Lengths_that_are_none_are_told(int[] lengths, string told)
    {
        var given = Tensor.Of(lengths, lengths.Length);
        Assert.Equal($"Gru 3 → 2, 2 layers: {told}", Message(() => Net("gru").Unroll(Law.Random(1, 3, 2, 3), null, given)));
        foreach (var rule in new[] { "softmax", "series", "causal" })
        {
            var layer = Ready(new MultiHeadAttention(Width, 2, AttentionRules.Of(rule)));
            Assert.Equal($"{layer}: {told}", Message(() => layer.Attend(Law.Random(1, 2, 3, Width), null, given)));
        }
        var block = Ready(new TransformerBlock(new(Width, 2), readsSource: true));
        Assert.Equal($"MultiHeadAttention 4, 2 heads, softmax: {told}", Message(() => block.Read(Law.Random(1, 2, 3, Width), new KvCache(2), given)));

        static string Message(Action act) => Assert.Throws<ShapeException>(act).Message;
    }

    [Fact]
    public void Lengths_are_integers() => Assert.Equal(
        "Gru 3 → 2, 2 layers: lengths are integers, one for each of 2 sequences.\n  lengths : float64[2]",
        Assert.Throws<ShapeException>(() => Net("gru").Unroll(Law.Random(1, 3, 2, 3), null, Law.Random(1, 2))).Message);

    // A captured step is compiled before it is given lengths.
    [Fact]
    public void In_a_captured_step_a_recurrent_network_ends_the_run_and_attention_reads_all_or_none()
    {
        var net = Net("gru");
        var run = Step.Capture(given => [net.Unroll(given[0], null, given[1]).State[0]]);
        Tensor x = Law.Random(1, 3, 2, 3);
        run.Run(x, Tensor.Of([3, 0], 2));
        Assert.Contains("is read outside its cells: index 8 of dimension 0, which has 0 … 5.",
            Assert.Throws<LoopRunException>(() => run.Run(x, Tensor.Of([5, 1], 2))).Message, StringComparison.Ordinal);
        var layer = Ready(new MultiHeadAttention(Width, 2));
        var attend = Step.Capture(given => [layer.Attend(given[0], null, given[1])]);
        Tensor y = Law.Random(1, 2, 3, Width);
        Law.Near(layer.Attend(y, null, Tensor.Of([3, 0], 2)), attend.Run(y, Tensor.Of([7, -2], 2))[0]);
    }

    [Theory]
    [MemberData(nameof(AttentionRules.Names), MemberType = typeof(AttentionRules))]
    public void Attention_over_no_positions_or_no_sequences_is_empty(string name)
    {
        var layer = Ready(new MultiHeadAttention(Width, 2, AttentionRules.Of(name)));
        Sizes(layer.Forward(Law.Random(1, 2, 0, Width)), 2, 0, Width);
        Sizes(layer.Forward(Law.Random(1, 0, 3, Width)), 0, 3, Width);
        Sizes(layer.Attend(Law.Random(1, 2, 0, Width), null, Tensor.Of([0, 0], 2)), 2, 0, Width);
        var stack = Ready(new TransformerStack(new(Width, 2) { Rule = AttentionRules.Of(name), IsRotary = true }, 2));
        Sizes(stack.Forward(Law.Random(1, 2, 0, Width)), 2, 0, Width);
        Sizes(new SinusoidalPositions(Width).Forward(Law.Random(1, 2, 0, Width)), 2, 0, Width);
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("series")]
    public void Of_a_source_without_positions_nothing_is_read(string name)
    {
        var layer = Ready(new MultiHeadAttention(Width, 2, AttentionRules.Of(name), bias: false));
        Tensor x = Law.Random(1, 3, 4, Width), source = Law.Random(2, 3, 5, Width);
        Assert.All(layer.Attend(x, source[.., ..0, ..]).ToArray<double>(), v => Assert.Equal(0, v));
        int[] lengths = [2, 0, 5];
        var together = layer.Attend(x, source, Tensor.Of(lengths, 3));
        for (var b = 0; b < 3; b++) Law.Near(layer.Attend(x[b..(b + 1)], source[b..(b + 1), ..lengths[b], ..]), together[b..(b + 1)]);
        // The empty sequence leaves the gradients of the others as they are.
        Law.AssertGradients(layer, x, y => layer.Attend(y, source, Tensor.Of(lengths, 3)));
        var cache = new KvCache(1);
        layer.Read(source, cache, Tensor.Of(lengths, 3));
        Law.Near(together[.., 0, ..], layer.StepOverSource(x[.., 0, ..], cache));
    }

    // More rows than a block of attention has, so that the loops run in blocks, and few, so that they run as one.
    [Theory]
    [InlineData(3, 4)]
    [InlineData(200, 130)]
    public void A_row_that_a_mask_hides_is_0_and_has_no_gradient(int queries, int keys)
    {
        var keep = new int[2 * queries * keys];
        for (var n = 0; n < keep.Length; n++) keep[n] = n / keys % 3 == 1 ? 0 : n % 4 < 3 ? 1 : 0;
        var mask = Tensor.Of(keep, 2, queries, keys);
        Tensor q = Law.Random(1, 2, queries, 3).WithGrad(), k = Law.Random(2, 2, keys, 3).WithGrad(), v = Law.Random(3, 2, keys, 2).WithGrad();
        var y = q.AttentionMasked(k, v, mask);
        (y * Law.Random(4, 2, queries, 2)).Sum().Backward();
        Tensor[] wanted = [y, q.Grad!, k.Grad!, v.Grad!];
        var law = Law.Of(wanted);
        for (var n = 0; n < wanted.Length; n++) Law.Near(law[n], wanted[n], Tolerance.CpuDouble);
        for (var row = 0; row < 2 * queries; row++)
            if (row % 3 == 1) Assert.All([.. law[0][(row * 2)..(row * 2 + 2)], .. law[1][(row * 3)..(row * 3 + 3)]], value => Assert.Equal(0, value));
        Assert.All(law.SelectMany(numbers => numbers), value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(AttentionRules.Names), MemberType = typeof(AttentionRules))]
    public void Sequences_of_different_lengths_go_through_attention_as_each_alone(string name)
    {
        var stack = Ready(new TransformerStack(new(Width, 2) { Rule = AttentionRules.Of(name), IsRotary = true }, 2));
        int[] lengths = [3, 5, 0, 1];
        Tensor x = Law.Random(1, 4, 5, Width);
        var together = stack.Transform(x, Tensor.Of(lengths, 4));
        for (var b = 0; b < 4; b++)
            Law.Near(stack.Forward(x[b..(b + 1), ..lengths[b], ..]), together[b..(b + 1), ..lengths[b], ..]);
    }

    [Fact]
    public void A_token_that_does_not_exist_is_told_with_its_place()
    {
        var table = Ready(new Embedding(5, 2));
        foreach (var token in new[] { 5, -1 })
            Assert.Equal($"Embedding 5 × 2: there is no token {token} (number 1 of those given).\n  possible  0 to 4\n  tokens : int32[1, 2]\n"
                + "  in  the model (Embedding 5 × 2)", Assert.Throws<ShapeException>(() => table.Forward(Tensor.Of([0, token], 1, 2))).Message);
        Sizes(table.Forward(Tensor.Of(Array.Empty<int>(), 3, 0)), 3, 0, 2);
        var step = Step.Capture(tokens => table.Forward(tokens));
        Assert.Equal("step: a1 is read outside its cells: index 7 of dimension 0, which has 0 … 4.\n  y1[i3,i2] = a1[a2[i3],i2]",
            Assert.Throws<LoopRunException>(() => step.Run(Tensor.Of([0, 7], 2))).Message);
    }
}
