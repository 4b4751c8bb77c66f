using Xunit;

namespace Adjoint.Tests;

public sealed class DifferenceQuotientTests
{
    // The slope of y = f(x) at x, for one scalar x.
    static double? Slope(string formula, double x)
    {
        var quotient = new DifferenceQuotient(Parser.Parse($"f(x) -> y\n  y = {formula}"),
            new Dictionary<string, NdArray> { ["x"] = NdArray.Scalar(x) }, null,
            new Dictionary<string, NdArray> { ["y"] = NdArray.Scalar(1) }, new RunOptions());
        return quotient.Along(new Dictionary<string, NdArray> { ["x"] = NdArray.Scalar(1) }, Tolerance.FirstOrder);
    }

    [Theory]
    [InlineData("exp(x)", 1, Math.E)]
    [InlineData("sin(100 * x)", 0, 100)]
    [InlineData("1000000 + square(x)", 3, 6)]
    [InlineData("abs(x)", -0.5, -1)]
    public void Smooth_slopes_are_known(string formula, double x, double slope) =>
        Assert.Equal(slope, Slope(formula, x)!.Value, Tolerance.FirstOrder * slope * Math.Sign(slope));

    [Theory]
    [InlineData("abs(x)", 0)]
    [InlineData("abs(x)", 1e-7)]
    [InlineData("floor(x)", 2)]
    [InlineData("where(x > 1, 2 * x, x)", 1)]
    [InlineData("x - 1e30", 1)]
    [InlineData("1 / x", 0)]
    public void Kinks_jumps_and_lost_digits_are_not_taken_for_a_slope(string formula, double x) =>
        Assert.Null(Slope(formula, x));

    [Fact]
    public void Stop_and_remainder_are_held() =>
        Assert.Equal(4, Slope("x * stop(x) + x % 5", 4)!.Value, Tolerance.FirstOrder);
}
