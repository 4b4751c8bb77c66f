using Xunit;

namespace Adjoint.Tests;

public sealed class CodeTargetTests
{
    [Theory]
    [InlineData("512", 16, 8)]
    [InlineData("256", 8, 4)]
    [InlineData("128", 4, 2)]
    [InlineData("scalar", 1, 1)]
    public void A_width_says_how_many_lanes_a_vector_has(string width, int floats, int doubles)
    {
        var target = CodeTarget.Of(width);
        Assert.Equal((floats, doubles), (target.Lanes(Element.Float), target.Lanes(Element.Double)));
        Assert.Equal(new CodeType(Element.Double, doubles), target.Vector(Element.Double));
    }

    [Fact]
    public void Without_a_width_it_is_one_that_this_machine_has() =>
        Assert.Contains(CodeTarget.Of(null), KernelRun.Widths.Select(CodeTarget.Of));

    [Fact]
    public void A_width_that_does_not_exist_is_refused_with_those_that_do()
    {
        var error = Assert.Throws<SettingException>(() => CodeTarget.Of("64"));
        Assert.Equal("ADJOINT_WIDTH=64: no such width.\n  known  512, 256, 128, scalar", error.Message);
    }
}
