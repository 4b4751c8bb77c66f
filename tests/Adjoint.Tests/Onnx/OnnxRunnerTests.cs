using Xunit;

namespace Adjoint.Tests;

// What the vectors at hand leave out, on numbers that can be checked by hand.

public sealed class OnnxRunnerTests
{
    [Theory]
    [InlineData("ij,jk->ik", new[] { 2, 2 }, new[] { 2, 2 }, new double[] { 7, 10, 15, 22 }, new[] { 2, 2 })]
    [InlineData("i j, j k", new[] { 2, 2 }, new[] { 2, 2 }, new double[] { 7, 10, 15, 22 }, new[] { 2, 2 })]
    [InlineData("kj,ji", new[] { 2, 2 }, new[] { 2, 2 }, new double[] { 7, 15, 10, 22 }, new[] { 2, 2 })]
    [InlineData("...j,j->...", new[] { 2, 2 }, new[] { 2 }, new double[] { 5, 11 }, new[] { 2 })]
    [InlineData("...i,...i", new[] { 2, 2 }, new[] { 1, 2 }, new double[] { 5, 11 }, new[] { 2 })]
    [InlineData("Aa,b->Ab", new[] { 2, 2 }, new[] { 2 }, new double[] { 3, 6, 7, 14 }, new[] { 2, 2 })]
    public void Einsum_reads_letters_dots_and_what_is_implied(
        string equation, int[] a, int[] b, double[] expected, int[] shape) =>
        AssertValues(Run("Einsum", [("equation", equation)], Counted(a), Counted(b))[0], shape, expected);

    [Fact]
    public void Einsum_takes_the_diagonal_of_every_matrix() => AssertValues(
        Run("Einsum", [("equation", "...ii ->...i")], Counted(2, 2, 2))[0], [2, 2], [1, 4, 5, 8]);

    [Fact]
    public void Gather_by_points_runs_along_with_batches() => AssertValues(
        Run("GatherND", [("batch_dims", 1L)], Counted(2, 2, 2), Integers([2, 1], 1, -2))[0], [2, 2], [3, 4, 5, 6]);

    [Fact]
    public void Gather_of_elements_may_cover_a_part() => AssertValues(
        Run("GatherElements", [("axis", 1L)], Counted(2, 3), Integers([1, 2], -1, 0))[0], [1, 2], [3, 1]);

    [Fact]
    public void Scatter_of_elements_may_cover_a_part() => AssertValues(
        Run("ScatterElements", [("axis", 0L), ("reduction", "add")], Counted(2, 2), Integers([3, 1], 0, 0, -1),
            Floats([3, 1], 10, 20, 30))[0], [2, 2], [31, 2, 33, 4]);

    [Fact]
    public void Rows_of_a_ring_go_round() => AssertValues(
        Run("TensorScatter", [("mode", "circular")], Counted(1, 3, 1), Floats([1, 2, 1], 8, 9), Integers([1], 2))[0],
        [1, 3, 1], [9, 2, 8]);

    [Theory]
    [InlineData("reflect", new double[] { 3, 2, 1, 2, 3, 2, 1 })]
    [InlineData("edge", new double[] { 1, 1, 1, 2, 3, 3, 3 })]
    [InlineData("wrap", new double[] { 2, 3, 1, 2, 3, 1, 2 })]
    [InlineData("constant", new double[] { 0, 0, 1, 2, 3, 0, 0 })]
    public void Borders_continue_as_the_mode_says(string mode, double[] expected) =>
        AssertValues(Run("Pad", [("mode", mode)], Counted(3), Integers([2], 2, 2))[0], [7], expected);

    [Fact]
    public void Negative_borders_cut() =>
        AssertValues(Run("Pad", [], Counted(4), Integers([2], -1, 1), Floats([], 7))[0], [4], [2, 3, 4, 7]);

    [Fact]
    public void The_position_of_a_maximum_counts_through_the_whole_input()
    {
        var results = Run("MaxPool", 2, [("kernel_shape", new long[] { 2, 2 }), ("pads", new long[] { 0, 0, 1, 1 }),
            ("strides", new long[] { 2, 2 })], Counted(1, 2, 3, 3));
        AssertValues(results[0], [1, 2, 2, 2], [5, 6, 8, 9, 14, 15, 17, 18]);
        AssertValues(results[1], [1, 2, 2, 2], [4, 5, 7, 8, 13, 14, 16, 17]);
    }

    [Fact]
    public void A_transposed_convolution_reaches_the_shape_that_is_asked_for()
    {
        AssertValues(Run("ConvTranspose", [("strides", new long[] { 2 }), ("output_shape", new long[] { 5 })],
            Counted(1, 1, 2), Floats([1, 1, 2], 1, 10))[0], [1, 1, 5], [1, 10, 2, 20, 0]);
        AssertValues(Run("ConvTranspose", [("strides", new long[] { 2 }), ("auto_pad", "SAME_UPPER")],
            Counted(1, 1, 2), Floats([1, 1, 3], 1, 10, 100))[0], [1, 1, 4], [1, 10, 102, 20]);
        AssertValues(Run("ConvTranspose", [("dilations", new long[] { 2, 1, 1 })],
            Counted(1, 1, 2, 1, 1), Floats([1, 1, 2, 1, 1], 1, 10))[0], [1, 1, 4, 1, 1], [1, 2, 10, 20]);
    }

    [Fact]
    public void A_resized_axis_takes_the_nearest_cell() => AssertValues(
        Run("Upsample", [("mode", "nearest")], Counted(1, 2), Floats([2], 1, 2))[0], [1, 4], [1, 1, 2, 2]);

    [Fact]
    public void Outside_a_cropped_region_a_value_is_given() => AssertValues(
        Run("Resize", [("mode", "linear"), ("coordinate_transformation_mode", "tf_crop_and_resize"),
            ("extrapolation_value", 9.0)], Counted(3), Floats([2], 0.5, 1.5), null, Integers([1], 3))[0],
        [3], [2, 3, 9]);

    [Fact]
    public void A_half_spectrum_gives_back_an_even_and_an_odd_signal()
    {
        foreach (var size in new[] { 4, 5 })
        {
            var signal = Counted(1, size, 1);
            var half = Run("DFT", [("onesided", 1L)], signal, null, Integers([], 1))[0];
            Assert.Equal(size / 2 + 1, half.Shape[1]);
            var back = Run("DFT", [("onesided", 1L), ("inverse", 1L)], half, Integers([], size), Integers([], 1))[0];
            AssertValues(back, [1, size, 1], signal.ToDoubles());
        }
    }

    [Fact]
    public void Frames_of_a_signal_need_no_window() => AssertValues(
        Run("STFT", [], Floats([1, 4, 1], 1, 1, 1, 1), Integers([], 2), null, Integers([], 2))[0],
        [1, 2, 2, 2], [2, 0, 0, 0, 2, 0, 0, 0]);

    // h = relu(x + 2 h'), so that every state can be seen: 1, 4, 11 and 10, 40 and then nothing.
    [Fact]
    public void Sequences_end_at_their_length_in_both_directions()
    {
        var x = Floats([3, 2, 1], 1, 10, 2, 20, 3, 30);
        var (w, r) = (Floats([2, 1, 1], 1, 1), Floats([2, 1, 1], 2, 2));
        var results = Run("RNN", 2, [("direction", "bidirectional"), ("activations", new[] { "Relu", "Relu" })],
            x, w, r, null, Integers([2], 3, 2));
        AssertValues(results[0], [3, 2, 2, 1], [1, 10, 17, 50, 4, 40, 8, 20, 11, 0, 3, 0]);
        AssertValues(results[1], [2, 2, 1], [11, 40, 17, 50]);
    }

    // Whatever the catalogue runs for a plain node, the program written for a node must run too.
    [Theory]
    [InlineData("RNN", 1, new[] { "Tanh" })]
    [InlineData("GRU", 3, new[] { "Sigmoid", "Tanh" })]
    [InlineData("LSTM", 4, new[] { "Sigmoid", "Tanh", "Tanh" })]
    public void Written_cells_agree_with_those_of_the_catalogue(string op, int gates, string[] activations)
    {
        foreach (var linear in new[] { 0L, 1L })
        {
            var random = new Random(7);
            HostArray Drawn(params int[] shape) => HostArray.FromDoubles(DType.Float64, shape,
                [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextDouble() - 0.5)]);
            HostArray?[] inputs = [Drawn(4, 2, 3), Drawn(1, gates * 2, 3), Drawn(1, gates * 2, 2),
                Drawn(1, gates * 4), null, Drawn(1, 2, 2)];
            (string, object)[] attributes = [("hidden_size", 2L), ("linear_before_reset", linear)];
            var plain = Run(op, 2, attributes, inputs);
            var written = Run(op, 2, [.. attributes, ("activations", activations)], inputs);
            for (var i = 0; i < 2; i++)
                for (var j = 0; j < plain[i].Count; j++)
                    Assert.Equal(plain[i].ToDoubles()[j], written[i].ToDoubles()[j], Tolerance.DoubleRounding);
        }
    }

    [Fact]
    public void Whole_numbers_are_cut_and_wrap()
    {
        AssertValues(Run("Div", [], Integers([2], -7, 7), Integers([1], 2))[0], [2], [-3, 3]);
        var bytes = HostArray.FromDoubles(DType.UInt8, [2], [200, 3]);
        AssertValues(Run("Add", [], bytes, bytes)[0], [2], [144, 6]);
        AssertValues(Run("Cast", [("to", 3L)], Integers([3], 127, 128, -129))[0], [3], [127, -128, 127]);
    }

    [Fact]
    public void Parts_are_equal_but_for_the_last() =>
        Assert.Equal(["float32[3]", "float32[3]", "float32[1]"],
            Run("Split", 3, [], Counted(7)).Select(part => part.ToString()));

    [Fact]
    public void An_operator_without_a_rule_is_named()
    {
        Assert.False(OnnxRunner.Covers("", "NonZero"));
        Assert.True(OnnxRunner.Covers("ai.onnx.preview.training", "Adam"));
        var error = Assert.Throws<OnnxException>(() => Run("NonZero", [], Counted(2)));
        Assert.Equal("NonZero", error.Op);
        Assert.Equal("Onnx: the operator NonZero is not covered.\n  domain    ''\n  version   20", error.Message);
    }

    [Fact]
    public void A_use_that_a_rule_does_not_cover_is_explained() => Assert.Equal("""
        Onnx: a use of the operator ScatterND is not covered.
          node      that computes 'y0'
          expected  none, add, mul, max or min
          found     reduction 'mean'
        """, Assert.Throws<OnnxException>(() => Run("ScatterND", [("reduction", "mean")],
            Counted(2), Integers([1, 1], 0), Floats([1], 1))).Message);

    [Fact]
    public void A_value_that_nobody_computes_is_named()
    {
        var node = new OnnxNode("", "Neg", "", ["z"], ["y"], new Dictionary<string, object>());
        var graph = new OnnxGraph("", [node], new Dictionary<string, HostArray>(), [], []);
        var model = new OnnxModel(8, "", new Dictionary<string, long> { [""] = 20 }, graph);
        Assert.Equal("Onnx: 'z', which Neg needs, is neither an input nor computed before.",
            Assert.Throws<OnnxException>(() => OnnxRunner.Run(model, new Dictionary<string, HostArray>())).Message);
    }

    static HostArray[] Run(string op, (string, object)[] attributes, params HostArray?[] inputs) =>
        Run(op, 1, attributes, inputs);

    static HostArray[] Run(string op, int outputs, (string, object)[] attributes, params HostArray?[] inputs)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(i => $"y{i}")];
        var node = new OnnxNode("", op, "", [.. inputs.Select((x, i) => x is null ? "" : $"x{i}")], names,
            attributes.ToDictionary(a => a.Item1, a => a.Item2));
        var graph = new OnnxGraph("", [node], new Dictionary<string, HostArray>(), [],
            [.. names.Select(name => new OnnxValueInfo(name, null, null))]);
        var model = new OnnxModel(8, "", new Dictionary<string, long> { [""] = 20 }, graph);
        var values = inputs.Index().Where(x => x.Item is not null).ToDictionary(x => $"x{x.Index}", x => x.Item!);
        var results = OnnxRunner.Run(model, values);
        return [.. names.Select(name => results[name])];
    }

    static void AssertValues(HostArray array, int[] shape, double[] expected)
    {
        Assert.Equal(shape, array.Shape.ToArray());
        var values = array.ToDoubles();
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], Tolerance.OnnxFourierAbsolute);
    }

    // 1, 2, 3, …
    static HostArray Counted(params int[] shape) => HostArray.FromDoubles(DType.Float32, shape,
        [.. Enumerable.Range(1, shape.Aggregate(1, (a, b) => a * b)).Select(i => (double)i)]);

    static HostArray Floats(int[] shape, params double[] values) => HostArray.FromDoubles(DType.Float32, shape, values);

    static HostArray Integers(int[] shape, params double[] values) => HostArray.FromDoubles(DType.Int64, shape, values);
}
