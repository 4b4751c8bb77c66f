using Xunit;

namespace Adjoint.Tests;

// The C# of README.md, which DocumentTests compares with this file, and what it gives.

public sealed class ReadmeTests
{
    [Fact]
    public void The_example_derives_runs_and_counts()
    {
        var program = Parser.Parse("""
            rms_norm(x[..,j], gain[j]; eps = 1e-6) -> y
              ms[..]  += square(x[..,j]) / #j
              y[..,j]  = gain[j] * x[..,j] / sqrt(ms[..] + eps)
            """);
        var reverse = Reverse.Of(program)!;
        var (forwardCost, reverseCost) = Cost.Of(reverse);
        var run = Reference.Run(reverse.Combined, new Dictionary<string, NdArray>
        {
            ["x"] = new([1, 2], [3, 4]),
            ["gain"] = NdArray.Vector(1, 1),
            ["dy"] = new([1, 2], [1, 0]),
        });
        var report = $"""
            {reverse.Program}y  = {run["y"]}
            dx = {run["dx"]}
            {forwardCost.Operations} operations forward, {reverseCost.Operations} in the reverse
            """;
        Repository.AssertGolden(report + "\n", "tests", "golden", "readme.txt");
    }
}
