using Xunit;

namespace Adjoint.Tests;

public sealed class PolynomialTests
{
    static readonly Polynomial B = Polynomial.Symbol("b"), T = Polynomial.Symbol("t"), M = Polynomial.Symbol("m");

    [Fact]
    public void A_sum_prints_by_falling_degree() =>
        Assert.Equal("2 b t^2 + 3 b t - 1", (2 * B * T * T + 3 * B * T - 1).ToString());

    [Fact]
    public void A_difference_prints_its_positive_term_first()
    {
        Assert.Equal("b - t", (B - T).ToString());
        Assert.Equal("t - b", (T - B).ToString());
        Assert.Equal("-b - t", (-B - T).ToString());
    }

    [Fact]
    public void Halves_print_as_fractions() =>
        Assert.Equal("1/2 t^2 + 1/2 t", (T * (T + 1) * Polynomial.Constant(new Rational(1, 2))).ToString());

    [Fact]
    public void Products_of_sums_are_equal_however_they_are_written() =>
        Assert.Equal(T * T - B * B, (T + B) * (T - B));

    [Fact]
    public void Terms_that_cancel_leave_zero() => Assert.True((T - T).IsZero);

    [Fact]
    public void Evaluation_is_exact_beyond_64_bits() =>
        Assert.Equal("1000000000000000000000000000000000000",
            Polynomial.Symbol("t").Power(4).Evaluate(new Dictionary<string, int> { ["t"] = 1_000_000_000 }).ToString());

    [Fact]
    public void What_divides_only_some_terms_divides_nothing()
    {
        Assert.Null(Polynomial.DivideExactly(M * B + T, B));
        Assert.Null(Polynomial.DivideExactly(4 * M + 3, 2));
        Assert.Equal(M + T, Polynomial.DivideExactly(M * B + T * B, B));
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(-7, -4)]
    [InlineData(0, 0)]
    public void Division_of_numbers_rounds_down(int top, int expected) =>
        Assert.Equal(expected, Polynomial.FloorDivide(top, 2));

    [Fact]
    public void What_divides_leaves_the_rounding()
    {
        Assert.Equal("floor((b + 1) / 2) + m + 1", Polynomial.FloorDivide(2 * M + B + 3, 2).ToString());
        Assert.Equal(M, Polynomial.FloorDivide(M * B, B));
    }

    [Fact]
    public void Rounding_gives_the_same_before_and_after_sizes_are_known()
    {
        var formula = Polynomial.FloorDivide(3 * M - B + 5, 4);
        for (var m = 1; m < 9; m++)
            for (var b = 1; b < 5; b++)
                Assert.Equal((int)Math.Floor((3 * m - b + 5) / 4.0),
                    formula.Evaluate(new Dictionary<string, int> { ["m"] = m, ["b"] = b }));
    }

    [Fact]
    public void A_difference_that_can_not_be_negative_needs_no_max()
    {
        Assert.Equal(T - 1, (T - 1).AtLeastZero());
        Assert.Equal(Polynomial.Zero, (1 - T).AtLeastZero());
        Assert.Equal("max(0, t - 2)", (T - 2).AtLeastZero().ToString());
    }

    [Fact]
    public void Order_keeps_the_dominating_terms()
    {
        Assert.Equal("O(b t^2 + m t)", (7 * B * T * T + 3 * B * T + M * T - B * T * T * T).Order);
        Assert.Equal("O(m)", (Polynomial.FloorDivide(M - 3, 2) + 4).Order);
        Assert.Equal("O(1)", ((Polynomial)12).Order);
        Assert.Equal("O(log(t))", (T.CeilLog2() + 1).Order);
        Assert.Equal("O(t)", (T.CeilLog2() + T).Order);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(5, 3)]
    [InlineData(8, 3)]
    [InlineData(9, 4)]
    public void A_tree_over_n_leaves_is_as_deep_as_the_logarithm_rounded_up(int leaves, int depth) =>
        Assert.Equal(depth, ((Polynomial)leaves).CeilLog2());
}
