using Xunit;

namespace Adjoint.Tests;

public sealed class RowsAheadTests
{
    const string Softmax = "softmax(x[b,j]) -> y\n  m[b] max= x[b,j]\n  e[b,j] = exp(x[b,j] - m[b])\n  z[b] += e[b,j]\n  y[b,j] = e[b,j] / z[b]";

    [Theory]
    [InlineData(Softmax, 1024, true)]
    [InlineData(Softmax, 64, false)] // near before asking has begun
    [InlineData("once(x[b,j]) -> y\n  y[b,j] = exp(x[b,j])", 1024, false)] // a single pass waits for itself
    public void The_busiest_pass_over_a_row_asks_for_the_next_row(string text, int length, bool asks)
    {
        var program = Parser.Parse(text);
        var code = CpuRun.Compile(program, new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(8, length) }, DType.Float32,
            options: new() { Target = CodeTarget.Of("256") }).Print();
        var loop = code.Split("for (").Where(l => l.Contains("Prefetch", StringComparison.Ordinal)).ToArray();
        Assert.Equal(asks, loop.Length > 0);
        // The exponentials take longest.
        Assert.All(loop, l => Assert.Contains("// exp", l, StringComparison.Ordinal));
        foreach (var tensor in (string[])["x_at", "y_at"]) Assert.Equal(asks, code.Contains($"Prefetch1({tensor}", StringComparison.Ordinal));
    }
}
