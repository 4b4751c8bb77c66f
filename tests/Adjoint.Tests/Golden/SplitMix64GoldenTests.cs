using Xunit;

namespace Adjoint.Tests;

public sealed class SplitMix64GoldenTests
{
    static readonly GoldenCase Golden = new("rng_splitmix64");

    [Fact]
    public void Words_equal_the_golden_ones()
    {
        var generator = Generator();
        foreach (var word in Golden.Texts("u64_hex"))
            Assert.Equal(word, generator.Next().ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Uniforms_equal_the_golden_ones()
    {
        var generator = Generator();
        Golden.Equal(NdArray.Generate([3], _ => generator.Uniform()), "uniform");
    }

    [Fact]
    public void Normals_equal_the_golden_ones()
    {
        var generator = Generator();
        Golden.Equal(NdArray.Generate([3], _ => generator.Normal()), "normal");
    }

    static SplitMix64 Generator() => new((ulong)Golden.Number("seed"));
}
