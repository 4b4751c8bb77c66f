using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class VerifyCommandTests
{
    [Fact]
    public void The_whole_catalogue_is_verified()
    {
        var run = CliRun.Of("verify", "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(Catalogue.Ops.Count, json.RootElement.GetProperty("verified").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("failed").GetInt32());
        Assert.Equal(0, run.Code);
    }

    [Theory]
    [InlineData("batchnorm", 1)]
    [InlineData("rnn", 3)]
    [InlineData("lstm", 2)]
    [InlineData("transformer", 2)]
    [InlineData("seq2seq", 2)]
    public void Every_program_of_an_example_is_verified(string example, int programs)
    {
        var run = CliRun.Of("verify", Repository.PathOf("examples", example + ".loops"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($"\n{programs} verified, 0 failed (", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_that_is_wrong_fails_with_exit_code_1()
    {
        // |x| at a kink has no slope for differences to agree on.
        using var folder = new ScratchFolder();
        var file = folder.Write("kink.loops", "kink(x[j]) -> y\n  y[j] = abs(0 * x[j])\n");
        Assert.Equal(0, CliRun.Of("verify", file).Code);
        var steps = folder.Write("steps.loops", "steps(x[j]; scale = 1e12) -> y\n  y[j] = sin(scale * x[j])\n");
        var run = CliRun.Of("verify", steps);
        Assert.Equal(1, run.Code);
        Assert.Contains("FAILED", run.Output, StringComparison.Ordinal);
        Assert.Matches("0 verified, 1 failed \\([0-9]+ checks, seed 1\\)\n$", run.Output);
    }

    [Fact]
    public void Sizes_and_seed_choose_the_inputs()
    {
        var run = CliRun.Of("verify", "matmul", "--size", "i=5", "--seed", "9");
        Assert.Contains("matmul  seed 9  x[", run.Output, StringComparison.Ordinal);
        Assert.Contains("w[5,", run.Output, StringComparison.Ordinal);
    }
}
