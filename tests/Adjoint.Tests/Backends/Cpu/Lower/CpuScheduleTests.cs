using Xunit;

namespace Adjoint.Tests;

public sealed class CpuScheduleTests
{
    const int Cells = 64 * 64;

    // Four products in a row, each of the transpose so that they share no loop: two of the three tensors between them live at a time.
    static readonly LoopProgram Chain = Parser.Parse("""
        chain(a[i,j], w[j,k]) -> y
          b[i,k] += a[i,j] * w[j,k]
          c[i,k] += b[j,i] * w[j,k]
          d[i,k] += c[j,i] * w[j,k]
          y[i,k] += d[j,i] * w[j,k]
        """);

    [Fact]
    public void Tensors_between_steps_need_memory_only_from_their_first_write_to_their_last_read()
    {
        var options = new CpuOptions { ContractsFrom = double.PositiveInfinity };
        Assert.Equal(2 * Cells * sizeof(float), Compile(Chain, options).ArenaBytes);
    }

    [Fact]
    public void Outputs_declared_for_their_sizes_alone_are_nobodys_to_give()
    {
        var program = Parser.Parse("two(x[i]) -> y[i], z[i]\n  z[i] = x[i] + 1\n  y[i] += z[i] * z[j]");
        var compiled = CpuProgram.Compile(program, new Dictionary<string, int[]> { ["x"] = [4] },
            new Dictionary<string, DType> { ["x"] = DType.Float32 }, results: 1);
        using var memory = Storage.AllocateZeroed(128);
        unsafe
        {
            compiled.Run([(nint)memory.Pointer], [(nint)memory.Pointer + 64]);
            Assert.Equal([4f, 4f, 4f, 4f], new ReadOnlySpan<float>((float*)memory.Pointer + 16, 4).ToArray());
        }
        Assert.Equal(64, compiled.ArenaBytes);
    }

    static CpuProgram Compile(LoopProgram program, CpuOptions options) => CpuProgram.Compile(program,
        new Dictionary<string, int[]> { ["a"] = [64, 64], ["w"] = [64, 64] },
        new Dictionary<string, DType> { ["a"] = DType.Float32, ["w"] = DType.Float32 }, options: options);
}
