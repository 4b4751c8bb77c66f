using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

// How fast is for bench/results; that everything is measured is for here.

public sealed class BenchCommandTests
{
    [Fact]
    public void A_benchmark_gives_median_and_spread()
    {
        using var json = JsonDocument.Parse(CliRun.Of("bench", "attention", "--json").Output);
        var result = Assert.Single(json.RootElement.GetProperty("benchmarks").EnumerateArray());
        Assert.Equal("attention", result.GetProperty("name").GetString());
        Assert.InRange(result.GetProperty("medianMilliseconds").GetDouble(),
            result.GetProperty("fastestMilliseconds").GetDouble(), result.GetProperty("slowestMilliseconds").GetDouble());
    }

    [Fact]
    public void The_table_has_a_row_for_each()
    {
        var run = CliRun.Of("bench", "conv2d");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(@"^benchmark  lines  median ms .*\nconv2d +\d+ .*\n$", run.Output);
    }
}
