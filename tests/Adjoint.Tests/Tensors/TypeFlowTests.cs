using Xunit;

namespace Adjoint.Tests;

public sealed class TypeFlowTests
{
    static readonly Tensor Whole = Tensor.Of([3, -2, 7], 3);
    static readonly Tensor Real = Tensor.Of([0.5f, 1.5f, -2.5f], 3);

    [Fact]
    public void Integers_stay_integers_until_something_divides_them()
    {
        Assert.Equal([4, -1, 8], (Whole + 1).ToArray<int>());
        Assert.Equal([9, -6, 21], (3 * Whole).ToArray<int>());
        Assert.Equal([-2, 3], Whole.Reshape(1, 3)[0, ..2].Flip(0).ToArray<int>());
        Assert.Equal(7, Whole.Max().Item());
        Assert.Equal(DType.Int32, Whole.Sum().Type);
        Assert.Equal(DType.Float32, (Whole / 2).Type);
        Assert.Equal(DType.Float32, (Whole * 0.5).Type);
        Assert.Equal(DType.Float32, Whole.Mean().Type);
        Assert.Equal([3.5f, -0.5f, 4.5f], (Whole + Real).ToArray<float>());
    }

    [Fact]
    public void Comparisons_are_bool_and_count_as_integers()
    {
        var isLarge = Whole.Greater(0);
        Assert.Equal([true, false, true], isLarge.ToArray<bool>());
        Assert.Equal(DType.Int64, isLarge.Sum().Type);
        Assert.Equal(2, isLarge.Sum().Item());
        Assert.Equal([3f, 1.5f, 7f], isLarge.Select(Whole.To(DType.Float32), Real).ToArray<float>());
        Assert.Equal([false, true, false], isLarge.Not().ToArray<bool>());
        Assert.True(isLarge.Any().Type is DType.Bool);
    }

    [Fact]
    public void Conversions_cut_towards_zero()
    {
        Assert.Equal([0, 1, -2], Real.To(DType.Int32).ToArray<int>());
        Assert.Equal([0f, 1f, -2f], Real.To(DType.Int32).To(DType.Float32).ToArray<float>());
        Assert.Equal([3.0, -2.0, 7.0], Whole.To(DType.Float64).ToArray<double>());
        Assert.Equal([true, true, true], Whole.To(DType.Bool).ToArray<bool>());
        Assert.Same(Real, Real.To(DType.Float32));
    }

    [Fact]
    public void Two_floating_types_do_not_meet_without_a_word()
    {
        var error = Assert.Throws<ShapeException>(() => Real + Tensor.Ones(DType.Float64, 3));
        Assert.Equal("add: operands of two floating types, float32 and float64.\n  x : float32[3]\n  z : float64[3]\n"
            + "Hint: convert one of them: x.To(DType.Float32).", error.Message);
    }
}
