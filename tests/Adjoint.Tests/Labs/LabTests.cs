using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class LabTests
{
    [Fact]
    public void The_cost_of_translation_is_that_of_the_course()
    {
        var report = new Seq2SeqCostLab().Run(new());
        Assert.All(report.Claims, c => Assert.True(c.Holds, $"{c.Claim}: {c.Evidence}"));
        var golden = new GoldenCase("s024_op_counts").Rows("seq2seq").First();
        Assert.Contains(report.Tables[0].Rows, r => r[0] == "with attention" && r[3] == $"{golden.Integer("attention"):N0}");
    }

    [Fact]
    public void The_series_of_exp_errs_as_was_published()
    {
        var report = new MaclaurinLab().Run(new() { IsShort = true });
        Assert.All(report.Claims, c => Assert.True(c.Holds, $"{c.Claim}: {c.Evidence}"));
        Assert.Equal(["8", "4", "585", "165"], report.Tables[1].Rows[2]);
        Assert.EndsWith("*", report.Tables[0].Rows[2][3], StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_are_counted_as_predicted()
    {
        var report = new SequenceCostLab().Run(new() { IsShort = true });
        Assert.All(report.Claims, c => Assert.True(c.Holds, $"{c.Claim}: {c.Evidence}"));
        Assert.Equal(7, report.Tables[2].Rows.Count);
        Assert.All(report.Tables[2].Rows, row => Assert.True(double.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture) > 0));
    }

    [Fact]
    public void Gates_keep_gradients_where_plain_networks_lose_them()
    {
        var lines = new List<string>();
        var report = new GatingLab().Run(new() { IsShort = true, Progress = lines.Add });
        Assert.True(Assert.Single(report.Claims).Holds);
        Assert.Equal(12, lines.Count);
        Assert.Equal(6, report.Tables[1].Rows.Count);
    }

    [Fact]
    public void Training_steps_grow_as_their_cost_says()
    {
        var report = new GrowthLab().Run(new() { IsShort = true });
        Assert.All(report.Claims, c => Assert.True(c.Holds, $"{c.Claim}: {c.Evidence}"));
        Assert.Equal(6 + 2, report.Tables.Count);
        Assert.Equal(3 + 1, report.Figures.Count);
        // Attention is of second degree in the length, an LSTM of first, and all are of second degree in the width.
        Assert.Equal(["2", "2", "1", "1", "2", "1"], report.Tables[6].Rows.Select(r => r[2]));
        Assert.All(report.Tables[7].Rows, row => Assert.Equal(1 + Team.DefaultThreads, row.Count));
    }

    [Fact]
    public void The_exponent_of_a_power_is_found() =>
        Assert.Equal(2.5, LabClock.Exponent([1, 2, 4, 8], [3, 3 * Math.Pow(2, 2.5), 3 * Math.Pow(4, 2.5), 3 * Math.Pow(8, 2.5)]), 1e-12);

    [Fact]
    public void A_power_is_summed_from_few_of_its_values()
    {
        int[] places = [1, 2, 4, 8, 16, 32, 64];
        var sums = LabClock.Sums(places, [.. places.Select(n => (double)n * n)]);
        Assert.Equal(places.Select(n => n * (n + 1) * (2 * n + 1) / 6.0), sums, (a, b) => Math.Abs(a - b) <= 1e-12 * a);
    }

    [Fact]
    public void Each_call_is_timed_and_the_longer_one_takes_longer()
    {
        int[] runs = [0, 0];
        var seconds = LabClock.Seconds([.. ((int[])[0, 1]).Select(n => (Action)(() =>
        {
            runs[n]++;
            Thread.SpinWait(n == 0 ? 100 : 100_000);
        }))], default);
        Assert.All(seconds, round => Assert.InRange(round[0], 1e-9, round[1]));
        Assert.All(runs, r => Assert.True(r > 5, "one run tells nothing"));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => LabClock.Seconds([() => { }], cancelled.Token));
    }

    [Fact]
    public void The_command_line_lists_runs_and_writes_them()
    {
        using var scratch = new ScratchFolder();
        Assert.Contains("maclaurin", CliRun.Of("lab", "list").Output, StringComparison.Ordinal);
        var run = CliRun.Of("lab", "seq2seq-cost", "--out", scratch.PathOf("labs"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("holds    attention is bilinear", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("seq2seq-cost: ", File.ReadAllText(scratch.PathOf("labs/seq2seq-cost/report.txt")), StringComparison.Ordinal);
        Assert.StartsWith("<svg", File.ReadAllText(scratch.PathOf("labs/seq2seq-cost/seq2seq_cost.svg")), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(CliRun.Of("lab", "seq2seq-cost", "--json", "--out", scratch.PathOf("again")).Output);
        Assert.Equal(3, json.RootElement.GetProperty("claims").GetArrayLength());
        var unknown = CliRun.Of("lab", "alchemy");
        Assert.Equal(1, unknown.Code);
        Assert.Contains("labs  sequence-cost, maclaurin", unknown.Error, StringComparison.Ordinal);
    }
}
