using Xunit;

namespace Adjoint.Tests;

public sealed class IndexingTests
{
    static readonly Tensor Cube = Tensor.Arange(24, DType.Float64).Reshape(2, 3, 4);

    [Fact]
    public void A_number_drops_its_axis_and_a_range_keeps_it()
    {
        AssertIs(Cube[1], [3, 4], 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
        AssertIs(Cube[.., 0, 1], [2], 1, 13);
        AssertIs(Cube[^1, ^1, ^1], [], 23);
        AssertIs(Cube[0, 1..3, 2], [2], 6, 10);
        AssertIs(Cube[.., 0], [2, 4], 0, 1, 2, 3, 12, 13, 14, 15);
        AssertIs(Cube[-1, 0, ..2], [2], 12, 13);
        Assert.Same(Cube, Cube[..]);
    }

    [Fact]
    public void A_range_from_0_is_of_its_own_axis_as_one_from_1_is()
    {
        for (var n = 0; n < 2; n++) Assert.Equal(Cube[1..][0, 2].ToArray<double>(), Cube[n.., 2][1 - n].ToArray<double>());
        Assert.Equal(Cube[.., .., 1].ToArray<double>(), Cube[0.., 0.., 1].ToArray<double>());
        Assert.Equal([2, 1, 4], Cube[.., 1..2].Shape.ToArray());
        Assert.Equal("Tensor: 1 positions are given for 0 axes.\n  x : float64[]",
            Assert.Throws<ShapeException>(() => Tensor.Scalar(1, DType.Float64)[..]).Message);
    }

    [Fact]
    public void The_rest_stands_for_as_many_axes_as_are_not_named()
    {
        AssertIs(Cube[Position.Rest, 0], [2, 3], 0, 4, 8, 12, 16, 20);
        AssertIs(Cube[1, Position.Rest, ^1], [3], 15, 19, 23);
        AssertIs(Cube[1, 2, Position.Rest, 3], [], 23);
        Assert.Same(Cube, Cube[Position.Rest]);
        var scalar = Tensor.Scalar(1, DType.Float64);
        Assert.Same(scalar, scalar[Position.Rest]);
        Assert.Equal("Tensor: the rest of the axes stands twice.\n  x : float64[2, 3, 4]",
            Assert.Throws<ShapeException>(() => Cube[Position.Rest, 0, Position.Rest]).Message);
        Assert.Equal("Tensor: 4 positions are given for 3 axes.\n  x : float64[2, 3, 4]",
            Assert.Throws<ShapeException>(() => Cube[0, 0, Position.Rest, 0, 0]).Message);
    }

    [Fact]
    public void A_position_outside_names_the_axis()
    {
        var error = Assert.Throws<ShapeException>(() => Cube[.., 3, 0]);
        Assert.Equal("Tensor: position 3 is outside of axis 1, which has 3 positions.\n  x : float64[2, 3, 4]",
            error.Message);
        Assert.Throws<ShapeException>(() => Cube[0, 0, 0, 0]);
        Assert.Throws<ShapeException>(() => Cube[0, 2..5]);
    }

    [Fact]
    public void Gradients_of_parts_go_back_to_their_places()
    {
        var x = Tensor.Of<double>([1, 2, 3, 4, 5, 6], 2, 3).WithGrad();
        (x[.., 0] * x[.., ^1] + x[0, 1..2]).Sum().Backward();
        AssertIs(x.Grad!, [2, 3], 3, 2, 1, 6, 0, 4);
    }

    [Theory]
    [InlineData(new[] { 24 }, new[] { 2, 3, 4 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 24 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 6, 4 })]
    [InlineData(new[] { 6, 4 }, new[] { 4, 6 })]
    [InlineData(new[] { 6, 4 }, new[] { 2, 12 })]
    [InlineData(new[] { 1, 6, 1 }, new[] { 3, 1, 2, 1 })]
    [InlineData(new[] { 1 }, new int[0])]
    [InlineData(new int[0], new[] { 1, 1 })]
    [InlineData(new[] { 0, 3 }, new[] { 3, 0, 2 })]
    public void Reshaping_keeps_the_order_of_the_elements(int[] from, int[] to)
    {
        var count = from.Aggregate(1, (all, size) => all * size);
        var values = Enumerable.Range(0, count).Select(v => (double)v).ToArray();
        var x = Tensor.Of(HostArray.FromDoubles(DType.Float64, from, values)).WithGrad();
        var y = x.Reshape(to);
        AssertIs(y, to, values);
        (y * Tensor.Of(HostArray.FromDoubles(DType.Float64, to, values))).Sum().Backward();
        AssertIs(x.Grad!, from, values);
    }

    [Fact]
    public void Minus_one_is_what_is_left()
    {
        Assert.Equal([4, 6], Cube.Reshape(4, -1).Shape.ToArray());
        var error = Assert.Throws<ShapeException>(() => Cube.Reshape(5, -1));
        Assert.Equal("Reshape: 24 elements do not fill the shape [5, -1].\n  x : float64[2, 3, 4]", error.Message);
    }

    [Fact]
    public void Axes_move_and_come_and_go()
    {
        Assert.Equal([4, 2, 3], Cube.Permute(2, 0, 1).Shape.ToArray());
        Assert.Equal(Cube[1, 2, 3].Item(), Cube.Permute(2, 0, 1)[3, 1, 2].Item());
        Assert.Equal([2, 4, 3], Cube.T.Shape.ToArray());
        Assert.Equal([4, 3, 2], Cube.Transpose(0, -1).Shape.ToArray());
        Assert.Equal([2, 1, 3, 4], Cube.Unsqueeze(1).Shape.ToArray());
        Assert.Equal([2, 3, 4, 1], Cube.Unsqueeze(-1).Shape.ToArray());
        Assert.Equal([2, 3, 4], Cube.Unsqueeze(0).Squeeze(0).Shape.ToArray());
        Assert.Equal([2, 12], Cube.Flatten(1).Shape.ToArray());
        AssertIs(Tensor.Arange(2, DType.Float64).Unsqueeze(1).Expand(3, -1, 2), [3, 2, 2], 0, 0, 1, 1, 0, 0, 1, 1, 0,
            0, 1, 1);
    }

    [Fact]
    public void Parts_are_joined_and_cut_along_any_axis()
    {
        var x = Tensor.Of<double>([1, 2, 3, 4], 2, 2);
        AssertIs(Tensor.Concat(0, x, x[..1], x[1].Unsqueeze(0)), [4, 2], 1, 2, 3, 4, 1, 2, 3, 4);
        AssertIs(Tensor.Concat(-1, x, x[.., ..1]), [2, 3], 1, 2, 1, 3, 4, 3);
        AssertIs(Tensor.Stack(1, x, -x), [2, 2, 2], 1, 2, -1, -2, 3, 4, -3, -4);
        AssertIs(Cube.Split([1, 3], axis: 2)[1], [2, 3, 3], 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21,
            22, 23);
        Assert.Equal([2, 1], Cube.Split(2, axis: 1).Select(p => p.Shape[1]));
        AssertIs(x.Flip(0, 1), [2, 2], 4, 3, 2, 1);
        AssertIs(x.Pad(1, 0, axis: 0, value: 9), [3, 2], 9, 9, 1, 2, 3, 4);
        AssertIs(x.Repeat(2, axis: 0), [4, 2], 1, 2, 1, 2, 3, 4, 3, 4);
        AssertIs(x.Roll(-1, axis: 0), [2, 2], 3, 4, 1, 2);
    }

    [Fact]
    public void Reductions_take_any_axes()
    {
        AssertIs(Cube.Sum(0), [3, 4], 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34);
        AssertIs(Cube.Mean(1, keepDims: true), [2, 1, 4], 4, 5, 6, 7, 16, 17, 18, 19);
        AssertIs(Cube.Max([0, 2]), [3], 15, 19, 23);
        AssertIs(Cube.Sum([0, -1], keepDims: true), [1, 3, 1], 60, 92, 124);
        AssertIs(Cube.Sum(), [], 276);
        AssertIs(Cube.Var([0, 1, 2]), [], 50);
        Assert.Equal(23, Cube.ArgMax().Item());
        Assert.Equal([2L, 2, 2, 2], Cube[0].ArgMax(0).ToArray<long>());
        AssertIs(Cube[0].CumulativeSum(0), [3, 4], 0, 1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 21);
        AssertIs(Cube.Softmax(1).Sum(1), [2, 4], 1, 1, 1, 1, 1, 1, 1, 1);
        var error = Assert.Throws<ShapeException>(() => Cube.Sum(3));
        Assert.Equal("sum: axis 3 does not exist.\n  x : float64[2, 3, 4]", error.Message);
    }

    [Fact]
    public void Products_take_vectors_and_batches_as_NumPy_does()
    {
        Assert.Equal([2, 3, 5], Cube.MatMul(Tensor.Ones(DType.Float64, 4, 5)).Shape.ToArray());
        Assert.Equal([2, 3], Cube.MatMul(Tensor.Ones(DType.Float64, 4)).Shape.ToArray());
        Assert.Equal([7, 2, 3, 3], Cube.MatMul(Tensor.Ones(DType.Float64, 7, 1, 4, 3)).Shape.ToArray());
        AssertIs(Tensor.Arange(3, DType.Float64).MatMul(Cube), [2, 4], 20, 23, 26, 29, 56, 59, 62, 65);
        AssertIs(Tensor.Arange(3, DType.Float64).MatMul(Tensor.Arange(3, DType.Float64)), [], 5);
    }

    internal static void AssertIs(Tensor found, int[] shape, params double[] values)
    {
        Assert.Equal(shape, found.Shape.ToArray());
        Assert.InRange(new NdArray(shape, found.ToHost().ToDoubles()).DistanceTo(new(shape, values)), 0,
            Tolerance.DoubleRounding);
    }
}
