using Xunit;

namespace Adjoint.Tests;

public sealed class ScalarFunctionTests
{
    // Reference values of erf: Abramowitz and Stegun, table 7.1, and tabulated double values.
    [Theory]
    [InlineData(0.3, 0.3286267594591274)]
    [InlineData(2.4, 0.999311486103355)]
    [InlineData(2.6, 0.9997639655834707)]
    [InlineData(-2.6, -0.9997639655834707)]
    public void Erf_is_exact_to_double_rounding(double x, double expected) =>
        Assert.Equal(expected, ScalarFunction.Named("erf").Value(x, 0), 1e-15);

    [Fact]
    public void The_first_of_two_equal_arguments_wins_max() =>
        Assert.Equal(1, ScalarFunction.Named("max").Value(1, 1));
}
