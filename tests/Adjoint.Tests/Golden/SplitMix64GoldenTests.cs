using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class SplitMix64GoldenTests
{
    static readonly JsonElement Case = Load().GetProperty("cases").GetProperty("rng_splitmix64");
    static readonly double Tol = Case.GetProperty("tol").GetDouble();

    [Fact]
    public void Words_equal_the_golden_ones()
    {
        var generator = Generator();
        foreach (var word in Outputs("u64_hex"))
            Assert.Equal(ulong.Parse(word.GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                generator.Next());
    }

    [Fact]
    public void Uniforms_equal_the_golden_ones()
    {
        var generator = Generator();
        foreach (var value in Outputs("uniform")) Assert.Equal(value.GetDouble(), generator.Uniform(), Tol);
    }

    [Fact]
    public void Normals_equal_the_golden_ones()
    {
        var generator = Generator();
        foreach (var value in Outputs("normal")) Assert.Equal(value.GetDouble(), generator.Normal(), Tol);
    }

    static SplitMix64 Generator() => new(Case.GetProperty("inputs").GetProperty("seed").GetUInt64());

    static IEnumerable<JsonElement> Outputs(string name) =>
        Case.GetProperty("outputs").GetProperty(name).EnumerateArray();

    static JsonElement Load()
    {
        using var document = JsonDocument.Parse(Repository.Read("tests", "golden", "golden.json"));
        return document.RootElement.Clone();
    }
}
