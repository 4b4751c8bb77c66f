using Xunit;

namespace Adjoint.Tests;

public sealed class HostArrayTests
{
    public static readonly TheoryData<DType> AllTypes = [.. Enum.GetValues<DType>()];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Small_numbers_of_every_type_survive_the_way_to_double_and_back(DType type)
    {
        double[] values = type == DType.Bool ? [0, 1, 1, 0, 1, 0] : type is >= DType.UInt8 and <= DType.UInt64
            ? [0, 1, 2, 100, 127, 255] : [0, 1, -2, 100, 127, -128];
        var array = HostArray.FromDoubles(type, [2, 3], values);
        Assert.Equal(6 * type.ByteSize, array.Bytes.Length);
        Assert.Equal(values, array.ToDoubles());
    }

    [Theory]
    [InlineData(DType.Int8, 200.0, 127.0)]
    [InlineData(DType.UInt8, -3.0, 0.0)]
    [InlineData(DType.Int16, -1e9, -32768.0)]
    [InlineData(DType.UInt32, -1.0, 0.0)]
    [InlineData(DType.Int64, -2.9, -2.0)]
    [InlineData(DType.Int32, double.NaN, 0.0)]
    [InlineData(DType.Int8, double.NaN, 0.0)]
    public void Integers_are_cut_towards_zero_and_held_at_the_ends(DType type, double value, double expected) =>
        Assert.Equal(expected, HostArray.FromDoubles(type, [], [value]).ToDoubles()[0]);

    [Theory]
    [InlineData(1.00390625, 1.0)] // halfway between 1 and 1.0078125: to even
    [InlineData(1.01171875, 1.015625)] // halfway, the upper one is even
    [InlineData(1.0039062500001, 1.0078125)] // rounded to float32 first it would look halfway
    [InlineData(-1.0039062500001, -1.0078125)]
    [InlineData(3.4e38, double.PositiveInfinity)]
    [InlineData(1e300, double.PositiveInfinity)]
    [InlineData(-1e-300, 0.0)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Bfloat16_rounds_once_to_nearest_even(double value, double expected) =>
        Assert.Equal(expected, HostArray.FromDoubles(DType.BFloat16, [1], [value]).ToDoubles()[0]);

    [Fact]
    public void A_span_of_another_type_is_refused()
    {
        var array = new HostArray(DType.Float32, 3);
        array.AsSpan<float>()[2] = 7;
        Assert.Equal([0, 0, 7], array.ToDoubles());
        Assert.Throws<InvalidCastException>(() => array.AsSpan<int>().Length);
        Assert.Equal("float32[3]", array.ToString());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new HostArray(DType.Float64, 1 << 20, 1 << 20, 1 << 20, 1 << 20));
        Assert.Throws<ArgumentException>(() => new HostArray(DType.Float64, -1));
        Assert.Throws<ArgumentException>(() => new HostArray(DType.Float64, [2], new byte[15]));
        Assert.Equal(0, new HostArray(DType.Float64, int.MaxValue, int.MaxValue, 0).Count);
    }
}
