using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class ExplainCommandTests
{
    [Theory]
    [InlineData("examples/batchnorm.loops", "batchnorm")]
    [InlineData("lstm", "lstm")]
    public void The_whole_text_is_golden(string subject, string file)
    {
        if (subject.EndsWith(".loops", StringComparison.Ordinal)) subject = Repository.PathOf(subject);
        var run = CliRun.Of("explain", subject);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Repository.AssertGolden(run.Output, "tests", "golden", $"explain_{file}.txt");
    }

    [Fact]
    public void The_text_is_a_file_of_programs_itself()
    {
        var programs = Parser.ParseAll(CliRun.Of("explain", "layer_norm").Output);
        Assert.Equal(["layer_norm", "layer_norm_reverse"], programs.Select(p => p.Name));
        Assert.Equal(Catalogue.Find("layer_norm")!.Program, programs[0]);
        Assert.Equal(Reverse.Of(programs[0])!.Program, programs[1]);
    }

    [Fact]
    public void Grad_prints_one_program_that_runs()
    {
        using var folder = new ScratchFolder();
        var combined = folder.Write("both.loops", CliRun.Of("explain", "softmax", "--grad").Output);
        Npz.Write(folder.PathOf("in.npz"), new Dictionary<string, HostArray>
        {
            ["x"] = HostArray.Of(DType.Float64, [1.0, 2, 3], 1, 3),
            ["dy"] = HostArray.Of(DType.Float64, [1.0, 0, 0], 1, 3),
        });
        var run = CliRun.Of("run", combined, "--in", folder.PathOf("in.npz"), "--out", folder.PathOf("out.npz"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(["y", "dx"], Npz.Read(folder.PathOf("out.npz")).Keys);
    }

    [Fact]
    public void Kernel_prints_what_runs_at_the_sizes_given()
    {
        var run = CliRun.Of("explain", "softmax", "--kernel", "--size", "j=40", "--size", "..=3");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("static unsafe class Softmax\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("// z[..] += e[..,j]\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("x + row * 40", run.Output, StringComparison.Ordinal);
        Assert.Contains("dx", CliRun.Of("explain", "softmax", "--kernel", "--grad").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_without_a_kernel_are_refused() => Assert.Contains("--set and --size go with --kernel",
        CliRun.Of("explain", "softmax", "--size", "j=40").Error, StringComparison.Ordinal);

    [Fact]
    public void Hyphens_in_the_name_of_an_op_are_read_as_underscores() =>
        Assert.Equal(CliRun.Of("explain", "layer_norm"), CliRun.Of("explain", "layer-norm"));

    [Fact]
    public void Json_is_one_object_with_the_same_programs()
    {
        using var json = JsonDocument.Parse(CliRun.Of("explain", "softmax", "--json").Output);
        var root = json.RootElement;
        var reverse = Reverse.Of(Catalogue.Find("softmax")!.Program)!;
        Assert.Equal("softmax", root.GetProperty("name").GetString());
        Assert.Equal(Printer.Print(reverse.Program), root.GetProperty("reverse").GetString());
        Assert.Equal(Printer.Print(reverse.Combined), root.GetProperty("combined").GetString());
        Assert.Equal("dx", root.GetProperty("gradients").GetProperty("x").GetString());
        Assert.Equal("dy", root.GetProperty("given").GetProperty("y").GetString());
    }

    [Fact]
    public void A_program_without_smooth_dependence_has_no_reverse()
    {
        Assert.Contains("# No reverse", CliRun.Of("explain", "one_hot").Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(CliRun.Of("explain", "one_hot", "--json").Output);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("reverse").ValueKind);
    }

    [Fact]
    public void Every_op_of_the_catalogue_can_be_explained()
    {
        foreach (var op in Catalogue.Ops)
        {
            var run = CliRun.Of("explain", op.Name);
            Assert.Equal((0, ""), (run.Code, run.Error));
            Assert.Equal(op.Program, Parser.ParseAll(run.Output)[0]);
        }
    }
}
