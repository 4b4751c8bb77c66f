using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class RunCommandTests
{
    const string Affine = """
        affine(x[b,i], w[i,j], int n; scale = 1) -> y, n'
          y[b,j] += scale * x[b,i] * w[i,j]
          n' = n + 1
        """;

    [Fact]
    public void Every_output_is_written_under_its_name_in_the_type_of_the_operands()
    {
        using var folder = Files();
        var run = CliRun.Of("run", folder.PathOf("p.loops"), "--in", folder.PathOf("in.npz"),
            "--out", folder.PathOf("out.npz"), "--set", "scale=2");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var arrays = Npz.Read(folder.PathOf("out.npz"));
        Assert.Equal(["y", "n'"], arrays.Keys);
        Assert.Equal("float32[2, 1]", arrays["y"].ToString());
        Assert.Equal([10.0, 22.0], arrays["y"].ToDoubles());
        Assert.Equal("int32[]", arrays["n'"].ToString());
        Assert.Equal([8.0], arrays["n'"].ToDoubles());
    }

    [Fact]
    public void With_a_gradient_given_every_floating_input_gets_one()
    {
        using var folder = Files();
        Npy.Write(folder.PathOf("dy.npy"), HostArray.Of(DType.Float32, [1f, 10f], 2, 1));
        var run = CliRun.Of("run", folder.PathOf("p.loops"), "--in", folder.PathOf("in.npz"),
            "--out", folder.PathOf("out.npz"), "--grad", "y=" + folder.PathOf("dy.npy"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        var arrays = Npz.Read(folder.PathOf("out.npz"));
        Assert.Equal(["y", "n'", "dx", "dw"], arrays.Keys);
        Assert.Equal([1.0, 2, 10, 20], arrays["dx"].ToDoubles());
        Assert.Equal([31.0, 42], arrays["dw"].ToDoubles());
        Assert.Equal("float32[2, 1]", arrays["dw"].ToString());
    }

    [Fact]
    public void An_input_that_no_output_depends_on_gets_the_gradient_0()
    {
        using var folder = new ScratchFolder();
        folder.Write("p.loops", "shape_of(x[j], z[j]) -> y\n  y = #j + 0 * z[0]\n");
        Npz.Write(folder.PathOf("in.npz"), new Dictionary<string, HostArray>
        {
            ["x"] = HostArray.Of(DType.Float32, [1f, 2], 2), ["z"] = HostArray.Of(DType.Float32, [1f, 2], 2),
        });
        var run = CliRun.Of("run", folder.PathOf("p.loops"), "--in", folder.PathOf("in.npz"), "--grad", "y=1");
        Assert.Equal("y : float32[]\n  2\ndx : float32[2]\n  0 0\ndz : float32[2]\n  0 0\n", run.Output);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("attention")]
    [InlineData("dropout")]
    public void Kernels_and_interpreter_give_the_same_numbers(string op)
    {
        using var folder = new ScratchFolder();
        var program = Catalogue.Find(op)!.Program;
        var inputs = RandomInputs.Draw(program, new(5));
        Npz.Write(folder.PathOf("in.npz"), inputs
            .ToDictionary(o => o.Key, o => HostArray.FromDoubles(DType.Float64, o.Value.ShapeToArray(), o.Value.Values)));
        var found = new[] { "cpu", "reference" }.Select(backend =>
        {
            var run = CliRun.Of("run", op, "--in", folder.PathOf("in.npz"), "--grad", $"{program.Outputs[0].Name}=0.5", "--seed", "3",
                "--backend", backend, "--out", folder.PathOf(backend + ".npz"));
            Assert.Equal((0, ""), (run.Code, run.Error));
            return Npz.Read(folder.PathOf(backend + ".npz"));
        }).ToList();
        Assert.Equal(found[1].Keys, found[0].Keys);
        Assert.Contains(found[0].Keys, k => k[0] == 'd');
        foreach (var (name, expected) in found[1])
            Assert.All(expected.ToDoubles().Zip(found[0][name].ToDoubles()), p => Assert.Equal(p.First, p.Second, 1e-10));
    }

    [Fact]
    public void A_check_names_the_first_loop_whose_values_are_not_finite()
    {
        using var folder = new ScratchFolder();
        folder.Write("p.loops", "f(x[j]) -> y[j]\n  r[j] = log(x[j])\n  y[j] = r[j] * 0\n");
        Npz.Write(folder.PathOf("in.npz"), new Dictionary<string, HostArray> { ["x"] = HostArray.Of(DType.Float32, [1f, -2], 2) });
        var run = CliRun.Of("run", folder.PathOf("p.loops"), "--in", folder.PathOf("in.npz"), "--check", "finite");
        Assert.Equal(1, run.Code);
        Assert.Contains("the first value that is not finite is r[1] = NaN.\n  r[j] = log(x[j])\n  x[1] = -2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_backend_writes_what_it_computes()
    {
        using var folder = Files();
        var run = CliRun.Of("run", folder.PathOf("p.loops"), "--in", folder.PathOf("in.npz"),
            "--backend", "reference", "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("float64", json.RootElement.GetProperty("arrays").GetProperty("y").GetProperty("type")
            .GetString());
    }

    [Fact]
    public void Json_holds_type_shape_and_values()
    {
        using var folder = Files();
        var run = CliRun.Of("run", folder.PathOf("p.loops"), "--in", folder.PathOf("in.npz"), "--json");
        using var json = JsonDocument.Parse(run.Output);
        var y = json.RootElement.GetProperty("arrays").GetProperty("y");
        Assert.Equal([2, 1], y.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()));
        Assert.Equal([5.0, 11.0], y.GetProperty("values").EnumerateArray().Select(v => v.GetDouble()));
    }

    [Fact]
    public void A_single_array_is_given_by_the_name_of_its_operand()
    {
        using var folder = new ScratchFolder();
        Npy.Write(folder.PathOf("a.npy"), HostArray.Of(DType.Float32, [1f, 2, 4], 3));
        Assert.Equal("y : float32[]\n  7\n", CliRun.Of("run", "sum", "--in", "x=" + folder.PathOf("a.npy")).Output);
    }

    [Fact]
    public void Random_operands_follow_the_seed()
    {
        using var folder = new ScratchFolder();
        Npy.Write(folder.PathOf("x.npy"), HostArray.Of(DType.Float64, Enumerable.Repeat(1.0, 64).ToArray(), 64));
        string Drawn(string seed) =>
            CliRun.Of("run", "dropout", "--in", "x=" + folder.PathOf("x.npy"), "--seed", seed, "--json").Output;
        Assert.Equal(Drawn("1"), Drawn("1"));
        Assert.NotEqual(Drawn("1"), Drawn("2"));
    }

    [Fact]
    public void An_existing_result_survives_a_run_that_fails()
    {
        using var folder = Files();
        var output = folder.Write("out.npz", "old");
        Assert.Equal(1, CliRun.Of("run", folder.PathOf("p.loops"), "--out", output).Code);
        Assert.Equal("old", File.ReadAllText(output));
        Assert.Equal(["in.npz", "out.npz", "p.loops"], Directory.GetFiles(folder.Root).Select(Path.GetFileName)
            .Order());
    }

    [Fact]
    public void Numbers_are_read_and_printed_the_same_in_every_culture()
    {
        using var folder = Files();
        var german = InCulture("de-DE", () =>
            CliRun.Of("run", folder.PathOf("p.loops"), "--in", folder.PathOf("in.npz"), "--set", "scale=0.5"));
        Assert.Equal("y : float32[2, 1]\n  2.5\n  5.5\nn' : int32[]\n  8\n", german.Output);
        Assert.Equal(CliRun.Of("explain", "adam"), InCulture("de-DE", () => CliRun.Of("explain", "adam")));
        Assert.Equal(CliRun.Of("verify", "softmax"), InCulture("de-DE", () => CliRun.Of("verify", "softmax")));
    }

    static T InCulture<T>(string name, Func<T> run)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new(name);
            return run();
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    static ScratchFolder Files()
    {
        var folder = new ScratchFolder();
        folder.Write("p.loops", Affine);
        Npz.Write(folder.PathOf("in.npz"), new Dictionary<string, HostArray>
        {
            ["x"] = HostArray.Of(DType.Float32, [1f, 2, 3, 4], 2, 2),
            ["w"] = HostArray.Of(DType.Float32, [1f, 2], 2, 1),
            ["n"] = HostArray.Of(DType.Int32, [7]),
        });
        return folder;
    }
}
