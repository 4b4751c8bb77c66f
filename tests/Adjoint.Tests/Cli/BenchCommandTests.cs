using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

// How fast is for bench/results; that everything is measured is for here.

public sealed class BenchCommandTests
{
    [Fact]
    public void A_benchmark_gives_median_and_spread()
    {
        using var json = JsonDocument.Parse(CliRun.Of("bench", "derive_attention", "--json").Output);
        var result = Assert.Single(json.RootElement.GetProperty("benchmarks").EnumerateArray());
        Assert.Equal("derive_attention", result.GetProperty("name").GetString());
        Assert.InRange(result.GetProperty("medianMilliseconds").GetDouble(),
            result.GetProperty("fastestMilliseconds").GetDouble(),
            result.GetProperty("slowestMilliseconds").GetDouble());
    }

    [Fact]
    public void The_table_has_a_row_for_each()
    {
        var run = CliRun.Of("bench", "derive_conv2d");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(@"^benchmark +lines  median ms .*\nderive_conv2d +\d+ .*\n$", run.Output);
    }

    [Fact]
    public void A_step_is_measured_against_the_least_time_it_needs()
    {
        using var json = JsonDocument.Parse(CliRun.Of("bench", "product_64x64x64", "--json").Output);
        var result = Assert.Single(json.RootElement.GetProperty("benchmarks").EnumerateArray());
        Assert.Equal("product_64x64x64", Text("name").GetString());
        Assert.Equal(2 * 64 * 64 * 64, Text("operations").GetDouble());
        Assert.Equal(3 * 4 * 64 * 64, Text("bytes").GetDouble());
        var least = Math.Max(Text("operations").GetDouble() / Bound("operationsPerSecond"),
            Text("bytes").GetDouble() / Bound("copiedBytesPerSecond")) * 1e3;
        Assert.Equal(least, Text("leastMilliseconds").GetDouble(), Tolerance.DoubleRounding);
        Assert.Equal(least / Text("medianMilliseconds").GetDouble(), Text("share").GetDouble(), Tolerance.DoubleRounding);
        Assert.InRange(Text("peakResidentBytes").GetInt64(), 1 << 20, 1L << 40);

        JsonElement Text(string name) => result.GetProperty(name);
        double Bound(string name) => json.RootElement.GetProperty(name).GetDouble();
    }

    [Fact]
    public void A_step_is_predicted_and_then_measured()
    {
        using var json = JsonDocument.Parse(CliRun.Of("bench", "product_64x64x64", "--predict", "--json").Output);
        var result = Assert.Single(json.RootElement.GetProperty("benchmarks").EnumerateArray());
        double Of(string name) => result.GetProperty(name).GetDouble();
        Assert.True(Of("predictedMilliseconds") > 0);
        Assert.Equal(Of("predictedMilliseconds") / Of("medianMilliseconds"), Of("ratio"), Tolerance.DoubleRounding);
        Assert.InRange(Of("fastestMilliseconds"), 0, Of("medianMilliseconds"));
        Assert.Matches(@"^benchmark +predicted ms .*\nproduct_64x64x64 .*\n\d of 1 within 15 %, .*\n$",
            CliRun.Of("bench", "product_64x64x64", "--predict").Output);
    }

    [Fact]
    public void The_list_has_every_benchmark_that_the_filter_leaves() =>
        Assert.Equal((0, "adam_1\nadam_50\nadam_500\nadam_500_shapes\n"), (CliRun.Of("bench", "adam", "--list").Code,
            CliRun.Of("bench", "adam", "--list").Output));

    [Fact]
    public void A_whole_name_means_that_benchmark_alone() =>
        Assert.Equal("softmax\n", CliRun.Of("bench", "softmax", "--list").Output);

    [Fact]
    public void A_step_that_runs_once_tells_what_the_start_took()
    {
        using var json = JsonDocument.Parse(CliRun.Of("bench", "product_64x64x64", "--once", "--json").Output);
        var start = Assert.Single(json.RootElement.GetProperty("starts").EnumerateArray());
        Assert.Equal("product_64x64x64", start.GetProperty("name").GetString());
        var (program, first) = (Number("programMilliseconds"), Number("startToFirstMilliseconds"));
        Assert.InRange(program, 0, first);
        // Relative: the start of a test's process may be minutes ago.
        Assert.Equal(1, (Number("steadyMilliseconds") + Number("overheadMilliseconds")) / first, Tolerance.DoubleRounding);
        Assert.InRange(Number("peakResidentBytes"), 1 << 20, 1L << 40);

        double Number(string name) => start.GetProperty(name).GetDouble();
    }
}
