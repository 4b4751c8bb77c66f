using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class TrainCommandTests
{
    static readonly string[] Short = ["--set", "images=320", "--set", "epochs=2", "--set", "batch=32"];

    [Fact]
    public void A_run_leaves_its_files_and_ends_with_its_test_metrics()
    {
        using var scratch = new ScratchFolder();
        var path = scratch.PathOf("run");
        var run = CliRun.Of(["train", "digits", "--out", path, "--seed", "3", .. Short]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.StartsWith("epoch   2/2  step     20", lines[2], StringComparison.Ordinal);
        var accuracy = Assert.Single(lines, l => l.StartsWith("test accuracy ", StringComparison.Ordinal));
        Assert.InRange(double.Parse(accuracy.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture), 0, 1);
        foreach (var file in new[] { "config.json", "log.jsonl", "last.safetensors", "best.safetensors", "curves.svg", "samples.png", "mistakes.png" })
            Assert.True(File.Exists(Path.Combine(path, file)), file);
        var judged = CliRun.Of("eval", path);
        Assert.Equal(accuracy, Assert.Single(judged.Output.Split('\n'), l => l.StartsWith("test accuracy ", StringComparison.Ordinal)));
        var again = CliRun.Of(["train", "digits", "--out", scratch.PathOf("again"), "--seed", "3", .. Short]);
        Assert.Equal(Tensors(path), Tensors(scratch.PathOf("again")));
        Assert.Contains(accuracy, again.Output, StringComparison.Ordinal);
        var compared = CliRun.Of("compare", path, scratch.PathOf("again"));
        Assert.Equal(0, compared.Code);
        Assert.Equal(3, compared.Output.TrimEnd().Split('\n').Length);
    }

    // The time that training took is in the file too.
    static List<(string, string)> Tensors(string run)
    {
        using var file = SafetensorsFile.Open(Path.Combine(run, "best.safetensors"));
        return [.. file.Names.Select(n => (n, Convert.ToHexString(file.BytesOf(n))))];
    }

    [Fact]
    public void A_run_is_not_overwritten_unless_it_is_said_so()
    {
        using var scratch = new ScratchFolder();
        string[] args = ["train", "digits", "--out", scratch.PathOf("run"), "--set", "images=64", "--set", "steps=1"];
        Assert.Equal(0, CliRun.Of(args).Code);
        var refused = CliRun.Of(args);
        Assert.Equal(1, refused.Code);
        Assert.Contains("holds a run already; nothing was written.\nHint: --resume", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of([.. args, "--force"]).Code);
        Directory.CreateDirectory(scratch.PathOf("notes"));
        scratch.Write("notes/mine.txt", "mine");
        Assert.Contains("exists and is no run", CliRun.Of("train", "digits", "--out", scratch.PathOf("notes")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_run_that_is_resumed_tells_its_test_again()
    {
        using var scratch = new ScratchFolder();
        var first = CliRun.Of(["train", "digits", "--out", scratch.PathOf("run"), .. Short]);
        var second = CliRun.Of("train", "--resume", scratch.PathOf("run"));
        Assert.Equal(0, second.Code);
        Assert.Equal(first.Output.Split('\n')[^4..], second.Output.Split('\n')[^4..]);
    }

    [Fact]
    public void A_sweep_runs_each_value_and_ends_with_a_table_and_a_figure()
    {
        using var scratch = new ScratchFolder();
        var run = CliRun.Of(["train", "digits", "--out", scratch.PathOf("sweep"), "--sweep", "lr=0.01,0.001", .. Short]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        var table = run.Output.TrimEnd().Split('\n')[^3..];
        Assert.StartsWith("run", table[0], StringComparison.Ordinal);
        Assert.StartsWith("lr=0.01 ", table[1], StringComparison.Ordinal);
        Assert.StartsWith("lr=0.001 ", table[2], StringComparison.Ordinal);
        Assert.True(File.Exists(scratch.PathOf("sweep/sweep.svg")));
    }

    [Fact]
    public void A_dry_run_tells_model_cost_and_memory_and_writes_nothing()
    {
        using var scratch = new ScratchFolder();
        var run = CliRun.Of("train", "digits", "--dry-run", "--out", scratch.PathOf("run"), "--set", "images=100");
        Assert.Equal((0, ""), (run.Code, run.Error));
        foreach (var part in new[] { "settings   epochs=", "conv1", "fc2", "steps      2 an epoch, 12 in all", "MiB for parameters", "ms a step with" })
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("run")));
    }

    [Fact]
    public void The_systems_are_listed_with_their_settings()
    {
        var text = CliRun.Of("train", "--list").Output;
        using var json = JsonDocument.Parse(CliRun.Of("train", "--list", "--json").Output);
        foreach (var system in json.RootElement.GetProperty("systems").EnumerateArray())
        {
            Assert.Contains(system.GetProperty("name").GetString()!, text, StringComparison.Ordinal);
            var settings = system.GetProperty("settings").EnumerateArray().Select(s => s.GetProperty("name").GetString()).ToList();
            Assert.All(new[] { "epochs", "limit", "batch", "lr" }, name => Assert.Contains(name, settings));
        }
    }

    [Theory]
    [InlineData("There is no system 'digit'", "train", "digit")]
    [InlineData("There is no setting 'layers'", "train", "digits", "--set", "layers=3")]
    [InlineData("is no run: it holds no config.json", "eval", "nowhere")]
    [InlineData("is no run: it holds no config.json", "train", "--resume", "nowhere")]
    public void A_mistake_is_told(string message, params string[] args)
    {
        var run = CliRun.Of(args);
        Assert.Equal(1, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
