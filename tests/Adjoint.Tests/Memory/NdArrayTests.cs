using Xunit;

namespace Adjoint.Tests;

public sealed class NdArrayTests
{
    [Fact]
    public void Elements_are_row_major()
    {
        var array = NdArray.Generate([2, 3], i => i);
        Assert.Equal(5, array[1, 2]);
        array[0, 1] = 7;
        Assert.Equal(7, array.Values[1]);
    }

    [Fact]
    public void A_scalar_has_one_element_and_no_index() => Assert.Equal(4, NdArray.Scalar(4)[[]]);

    [Fact]
    public void An_index_outside_its_dimension_is_an_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NdArray.Zeros(2, 3)[0, 3]);

    [Fact]
    public void A_shape_that_does_not_fit_the_values_is_an_error()
    {
        var error = Assert.Throws<ShapeException>(() => new NdArray([2, 3], [1, 2]));
        Assert.Equal("NdArray: shape [2, 3] has 6 elements, and 2 values were given.", error.Message);
    }

    [Fact]
    public void Distance_is_absolute_below_one_and_relative_above()
    {
        Assert.Equal(0.25, NdArray.Vector(0.25).DistanceTo(NdArray.Vector(0)));
        Assert.Equal(0.25, NdArray.Vector(125).DistanceTo(NdArray.Vector(100)));
    }

    [Theory]
    [InlineData(double.NaN, double.NaN, 0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, 0)]
    [InlineData(-0.0, 0.0, 0)]
    [InlineData(double.NaN, 1, double.PositiveInfinity)]
    [InlineData(1, double.NaN, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(1, double.PositiveInfinity, double.PositiveInfinity)]
    public void Special_values_are_near_only_themselves(double value, double expected, double distance) =>
        Assert.Equal(distance, NdArray.Scalar(value).DistanceTo(NdArray.Scalar(expected)));

    [Fact]
    public void Arrays_of_different_shape_are_infinitely_far() =>
        Assert.Equal(double.PositiveInfinity, NdArray.Zeros(2, 3).DistanceTo(NdArray.Zeros(3, 2)));
}
