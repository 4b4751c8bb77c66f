using Xunit;

namespace Adjoint.Tests;

public sealed class NormGoldenTests
{
    // The quiz's program with both choices left open; eps 0 and correction 1 make it the quiz's own.
    static readonly LoopProgram BatchNorm = Parser.Parse("""
        batch_norm(x[b,j]; correction = 1, eps = 0) -> y
          mu[j]  += x[b,j] / #b
          s[j]   += square(x[b,j] - mu[j]) / (#b - correction)
          y[b,j] = (x[b,j] - mu[j]) / sqrt(s[j] + eps)
        """);

    [Fact]
    public void Batch_norm_and_its_gradients_in_four_variants()
    {
        var golden = new GoldenCase("s3_batchnorm");
        var rows = golden.Rows("rows").ToList();
        Assert.Equal(4, rows.Count);
        foreach (var row in rows)
        {
            var attributes = new Dictionary<string, double>
            {
                ["correction"] = row.Text("denominator") == "B" ? 0 : 1,
                ["eps"] = row.Number("eps"),
            };
            var run = Gradient.Of(BatchNorm, new() { ["x"] = golden.In("x") }, new() { ["y"] = golden.In("dy") },
                attributes, Column("mu"), Column("s"), Column("dmu"), Column("ds"));
            row.Equal(run["y"], "y");
            row.Equal(run["dx"], "x_grad");
            row.Equal(run.Kept["mu"], "mu");
            row.Equal(run.Kept["s"], "s");
            row.Equal(run.Kept["dmu"], "mu_grad");
            row.Equal(run.Kept["ds"], "s_grad");
        }

        static Kept Column(string name) => new(name, [new Dim("j")]);
    }

    [Fact]
    public void The_quiz_is_an_op()
    {
        var golden = new GoldenCase("s3_batchnorm");
        var row = golden.Rows("rows").First();
        Assert.Equal(("B-1", 0), (row.Text("denominator"), row.Number("eps")));
        var run = Gradient.Of(NormOps.BatchNormQuiz, new() { ["x"] = golden.In("x") },
            new() { ["x'"] = golden.In("dy") });
        row.Equal(run["x'"], "y");
        row.Equal(run["dx"], "x_grad");
    }

    [Fact]
    public void Batch_norm_of_images_moves_its_running_statistics()
    {
        var golden = new GoldenCase("s3_batchnorm2d_running");
        var run = Forward.Of(NormOps.BatchNormRunning, new()
        {
            ["x"] = golden.In("x"), ["gain"] = NdArray.Vector(1, 1), ["bias"] = NdArray.Vector(0, 0),
            ["running_mean"] = NdArray.Vector(0, 0), ["running_var"] = NdArray.Vector(1, 1),
        }, null, new Kept("mean", [new Dim("c")]), new Kept("var", [new Dim("c")]));
        golden.Equal(run.Kept["mean"], "mean");
        golden.Equal(run.Kept["var"], "var_biased");
        golden.Equal(run["running_mean'"], "running_mean");
        golden.Equal(run["running_var'"], "running_var");
        var channel0 = NdArray.Zeros(2, 2, 2);
        for (var i = 0; i < 8; i++) channel0.Values[i] = run["y"][i / 4, 0, i / 2 % 2, i % 2];
        golden.Equal(channel0, "y_c0");
    }

    [Fact]
    public void Layer_norm()
    {
        var golden = new GoldenCase("s2_layernorm");
        var run = Gradient.Of(NormOps.LayerNorm,
            new() { ["x"] = golden.In("x"), ["gain"] = golden.In("gamma"), ["bias"] = golden.In("beta") },
                new() { ["y"] = golden.In("dy") });
        golden.Equal(run["y"], "y");
        golden.Equal(run["dx"], "dx");
        golden.Equal(run["dgain"], "dgamma");
        golden.Equal(run["dbias"], "dbeta");
    }
}
