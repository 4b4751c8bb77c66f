using Xunit;

namespace Adjoint.Tests;

public sealed class RowBuffersTests
{
    [Theory]
    [InlineData("z[a,b] += e[a,b,j]\n  y[a,b,j] = e[a,b,j] / z[a,b]", false)]
    [InlineData("z[a,j] += e[a,b,j]\n  y[a,b,j] = e[a,b,j] / z[a,j]", false)]
    // z is complete only when all turns are done.
    [InlineData("z[b,j] += e[a,b,j]\n  y[a,b,j] = e[a,b,j] / z[b,j]", true)]
    // A turn reads the cells of another.
    [InlineData("y[a,b,j] = e[a,b,j] + e[(#a - 1) - a,b,j]", true)]
    public void A_tensor_of_one_turn_takes_no_memory(string lines, bool takesMemory)
    {
        var program = Parser.Parse($"rows(x[a,b,j]) -> y\n  e[a,b,j] = exp(x[a,b,j])\n  {lines}");
        var random = new SplitMix64(3);
        var inputs = new Dictionary<string, NdArray>
        {
            ["x"] = NdArray.Generate([5, 7, 33], _ => random.Uniform(-1, 1)),
        };
        foreach (var type in new[] { DType.Float32, DType.Float64 })
        {
            var compiled = CpuRun.Compile(program, inputs, type);
            Assert.Equal(takesMemory, compiled.ArenaBytes > 0);
            var tolerance = type is DType.Float32 ? Tolerance.CpuSingle : Tolerance.CpuDouble;
            var expected = Reference.Run(program, inputs).Outputs["y"];
            Assert.True(CpuRun.Run(compiled, program, inputs, type)["y"].IsNear(expected, tolerance));
        }
    }

    [Fact]
    public void A_row_too_long_for_the_first_cache_stays_in_memory()
    {
        var program = Parser.Parse("""
            softmax(x[b,j]) -> y
              e[b,j] = exp(x[b,j])
              z[b] += e[b,j]
              y[b,j] = e[b,j] / z[b]
            """);
        long ArenaOf(int length) => CpuRun.Compile(program,
            new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(3, length) }, DType.Float32).ArenaBytes;
        Assert.Equal(0, ArenaOf(1 << 12));
        Assert.True(ArenaOf(1 << 13) >= 3L * sizeof(float) << 13);
    }

    [Fact]
    public void Rows_of_a_time_step_take_no_memory()
    {
        var program = Parser.Parse("""
            scan(x[t,b,j]) -> h
              for t:
                e[t,b,j] = exp(x[t,b,j] - h[t-1,b,j])
                z[t,b] += e[t,b,j]
                h[t,b,j] = e[t,b,j] / z[t,b]
            """);
        var random = new SplitMix64(3);
        var inputs = new Dictionary<string, NdArray>
        {
            ["x"] = NdArray.Generate([4, 5, 19], _ => random.Uniform(-1, 1)),
        };
        var compiled = CpuRun.Compile(program, inputs, DType.Float64);
        Assert.Contains("stackalloc double", compiled.Print(), StringComparison.Ordinal);
        var expected = Reference.Run(program, inputs).Outputs["h"];
        Assert.True(CpuRun.Run(compiled, program, inputs, DType.Float64)["h"].IsNear(expected, Tolerance.CpuDouble));
    }
}
