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
}
