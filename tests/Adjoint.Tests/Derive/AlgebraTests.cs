using Xunit;

namespace Adjoint.Tests;

public sealed class AlgebraTests
{
    [Theory]
    [InlineData("a < b", "a >= b")]
    [InlineData("a <= b", "a > b")]
    [InlineData("a > b", "a <= b")]
    [InlineData("a >= b", "a < b")]
    [InlineData("a == b", "a != b")]
    [InlineData("a != b", "a == b")]
    public void The_opposite_of_an_order_is_the_other_order(string condition, string opposite) =>
        Assert.Equal(Parser.Expression(opposite), Algebra.Not(Parser.Expression(condition), _ => true));

    [Fact]
    public void What_may_be_nan_keeps_its_not()
    {
        var condition = Parser.Expression("a < b");
        Assert.Equal(new Not(condition), Algebra.Not(condition, _ => false));
        Assert.Equal(condition, Algebra.Not(new Not(condition), _ => false));
    }

    [Theory]
    [InlineData("c - 1 * (a + b)", "c - a - b")]
    [InlineData("c - 1 * (a - b)", "c - a + b")]
    [InlineData("c + 1 * (a - b)", "c + a - b")]
    [InlineData("-a + b", "b - a")]
    [InlineData("2 * a + 2 * b", "2 * (a + b)")]
    [InlineData("a - a + b", "b")]
    public void A_sum_is_brought_into_the_form_a_person_writes(string given, string expected) =>
        Assert.Equal(expected, Printer.Print(new Normal(null).Of(Parser.Expression(given))));
}
