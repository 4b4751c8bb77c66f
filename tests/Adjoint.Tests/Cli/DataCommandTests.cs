using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

// ADJOINT_DATA is that of the whole process: other tests read it, so these leave it as it is.

public sealed class DataCommandTests
{
    [Fact]
    public void The_list_names_every_set_with_its_licence()
    {
        var run = CliRun.Of("data", "list");
        Assert.Equal(0, run.Code);
        var lines = run.Output.Split('\n');
        Assert.Equal($"in {DataCache.Default.Root}", lines[0]);
        foreach (var source in Sets.All)
            Assert.Contains(lines, l => l.StartsWith(source.Name + " ", StringComparison.Ordinal)
                && l.Contains(source.License, StringComparison.Ordinal) && l.EndsWith(source.Title, StringComparison.Ordinal));
        using var json = JsonDocument.Parse(CliRun.Of("data", "list", "--json").Output);
        Assert.Equal(Sets.All.Count, json.RootElement.GetProperty("sets").GetArrayLength());
    }

    [Fact]
    public void A_set_that_is_drawn_needs_no_download()
    {
        var run = CliRun.Of("data", "get", "digits");
        Assert.Equal((0, "digits: nothing to download; this program draws it.\n"), (run.Code, run.Output));
    }

    [Fact]
    public void Wrong_names_are_usage_errors()
    {
        var run = CliRun.Of("data", "get", "cifar");
        Assert.Equal(2, run.Code);
        Assert.StartsWith("There is no data set 'cifar'.\nHint: sets: digits, fashion-mnist", run.Error, StringComparison.Ordinal);
        run = CliRun.Of("data", "get", "mnist", "--from", "no/such/folder");
        Assert.Equal((2, "--from: there is no folder 'no/such/folder'.\n"), (run.Code, run.Error));
    }

    [Fact]
    public void What_is_here_is_verified()
    {
        if (!DataCache.Default.Has(TinyShakespeare.Source)) Assert.Skip("The data set 'tiny-shakespeare' is not here; ADJOINT_DATA says where it is.");
        var run = CliRun.Of("data", "verify", "tiny-shakespeare");
        Assert.Equal((0, $"good    {DataCache.Default.Find(TinyShakespeare.Source, TinyShakespeare.Source.Files[0])}\n"), (run.Code, run.Output));
    }

    [Fact]
    public void What_is_missing_fails()
    {
        if (DataCache.Default.Has(OctMnist.Source)) Assert.Skip("The data set 'octmnist' is here.");
        var run = CliRun.Of("data", "verify", "octmnist");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("missing ", run.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(CliRun.Of("data", "verify", "octmnist", "--json").Output);
        Assert.False(json.RootElement.GetProperty("good").GetBoolean());
    }
}
