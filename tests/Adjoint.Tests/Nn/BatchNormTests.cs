using Xunit;

namespace Adjoint.Tests;

public sealed class BatchNormTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Running_statistics_are_those_of_the_golden_case(bool isCaptured)
    {
        var golden = new GoldenCase("s3_batchnorm2d_running");
        var norm = new BatchNorm(2);
        norm.Initialize(0, DType.Float64);
        var given = golden.In("x");
        var x = Tensor.Of(given.Values, given.ShapeToArray());
        var y = isCaptured ? Step.Capture(v => norm.Forward(v)).Run(x)[0] : norm.Forward(x);
        golden.Equal(Array(norm.RunningMean), "running_mean");
        golden.Equal(Array(norm.RunningVar), "running_var");
        golden.Equal(new NdArray([2, 2, 2], [.. Enumerable.Range(0, 2).SelectMany(b => y[b, 0].ToArray<double>())]), "y_c0");
        Assert.Equal(1, norm.Batches.Value.Item());
    }

    [Fact]
    public void In_evaluation_it_uses_the_running_statistics_and_leaves_them()
    {
        var norm = new BatchNorm(3);
        norm.Initialize(0, DType.Float64);
        using var seed = Tensor.Seed(2);
        for (var n = 0; n < 3; n++) norm.Forward(Tensor.Normal(DType.Float64, 8, 3, 2) * 3 + 1);
        norm.Evaluate();
        var (mean, var) = (norm.RunningMean.Value.ToArray<double>(), norm.RunningVar.Value.ToArray<double>());
        var x = Tensor.Normal(DType.Float64, 1, 3); // one example is enough here
        var expected = x.ToArray<double>().Select((v, c) => (v - mean[c]) / Math.Sqrt(var[c] + 1e-5)).ToArray();
        Numbers.Equal(NdArray.Vector(expected), NdArray.Vector(norm.Forward(x).ToArray<double>()));
        Assert.Equal(mean, norm.RunningMean.Value.ToArray<double>());
        Assert.Equal(3, norm.Batches.Value.Item());
    }

    // A discriminator sees real and generated images in one step.
    [Fact]
    public void Two_calls_in_one_captured_step_move_the_statistics_twice()
    {
        Tensor a = Tensor.Normal(DType.Float64, 5, 2), b = Tensor.Normal(DType.Float64, 5, 2) + 2;
        Tensor.Compute(a, b);
        BatchNorm free = new(2), captured = new(2);
        free.Initialize(0, DType.Float64);
        captured.Initialize(0, DType.Float64);
        var step = Step.Capture((x, z) => captured.Forward(x) + captured.Forward(z));
        for (var n = 0; n < 3; n++)
        {
            free.Forward(a);
            free.Forward(b);
            step.Run(a, b);
        }
        Numbers.Equal(Array(free.RunningMean), Array(captured.RunningMean));
        Numbers.Equal(Array(free.RunningVar), Array(captured.RunningVar));
        Assert.Equal(6, captured.Batches.Value.Item());
    }

    [Fact]
    public void One_number_a_channel_has_no_variance() =>
        Assert.Contains("Evaluate()", Assert.Throws<ShapeException>(() => new BatchNorm(3).Forward(Tensor.Ones(1, 3))).Message,
            StringComparison.Ordinal);

    static NdArray Array(Parameter parameter) => new(parameter.Shape.ToArray(), parameter.Value.ToArray<double>());
}
