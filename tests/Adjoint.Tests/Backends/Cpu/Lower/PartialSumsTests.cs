using Xunit;

namespace Adjoint.Tests;

public sealed class PartialSumsTests
{
    [Theory]
    [InlineData("sums(x[b,j], w[j]) -> y, z\n  y[j] += x[b,j]\n  z[j] -= square(x[b,j]) * w[j]")]
    [InlineData("all(x[b,j], w[j]) -> y\n  y += x[b,j] * w[j]")]
    [InlineData("extremes(x[b,j], w[j]) -> y, z\n  y max= x[b,j] * w[j]\n  z[j] min= x[b,j] - w[j]")]
    [InlineData("rows_and_columns(x[b,j], w[j]) -> y, z\n  m[b] += x[b,j]\n  y[b,j] = x[b,j] / m[b]\n"
        + "  z[j] += y[b,j] * w[j]")]
    [InlineData("twice(x[b,j], w[j]) -> z\n  z[j] = w[j]\n  z[j] += exp(x[b,j])\n  z[j] += x[b,j]")]
    [InlineData("products(x[b,j], w[j]) -> z\n  z[j] *= 1 + x[b,j] / 100")]
    public void Chunks_that_add_to_the_same_cells_give_the_bits_of_one_thread(string text)
    {
        var program = Parser.Parse(text);
        var random = new SplitMix64(5);
        var inputs = new Dictionary<string, NdArray>
        {
            ["x"] = NdArray.Generate([801, 43], _ => random.Uniform(-2, 2)),
            ["w"] = NdArray.Generate([43], _ => random.Uniform(-2, 2)),
        };
        using var one = new Team(1);
        using var two = new Team(2);
        var results = new[] { one, two }.Select(team =>
        {
            var compiled = CpuRun.Compile(program, inputs, DType.Float64, null,
                new() { Team = team, OperationsPerChunk = 512, ContractsFrom = double.PositiveInfinity });
            Assert.Contains("OfChunks", compiled.Print(), StringComparison.Ordinal);
            return CpuRun.Run(compiled, program, inputs, DType.Float64);
        }).ToList();
        var expected = Reference.Run(program, inputs).Outputs;
        foreach (var output in program.Outputs)
        {
            Assert.Equal(results[0][output.Name].Values, results[1][output.Name].Values);
            Assert.True(results[1][output.Name].IsNear(expected[output.Name], Tolerance.CpuDouble));
        }
    }

    [Fact]
    public void Work_that_is_too_little_for_two_threads_has_no_chunks()
    {
        var program = Parser.Parse("sums(x[b,j]) -> y\n  y[j] += x[b,j]");
        var compiled = CpuRun.Compile(program, new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(40, 50) },
            DType.Float32);
        Assert.Equal(1, compiled.Kernels);
    }
}
