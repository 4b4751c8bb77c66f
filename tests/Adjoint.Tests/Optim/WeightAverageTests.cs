using Xunit;

namespace Adjoint.Tests;

public sealed class WeightAverageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_follows_the_weights_after_each_step(bool isCaptured)
    {
        var layer = new Linear(3, 2);
        layer.Initialize(1, DType.Float64);
        var optimizer = new Sgd(layer.Parameters, 0.5);
        var average = new WeightAverage(layer, 0.75);
        var expected = layer.Weight.Value.ToArray<double>();
        var step = Step.Capture(x => Train(x));
        for (var n = 1; n <= 4; n++)
        {
            var x = Tensor.Full(DType.Float64, n, 1, 3);
            _ = isCaptured ? step.Run(x)[0] : Train(x);
            expected = [.. expected.Zip(layer.Weight.Value.ToArray<double>(), (a, w) => 0.75 * a + 0.25 * w)];
        }
        Numbers.Equal(NdArray.Vector(expected), NdArray.Vector(average.State()["weight"].ToArray<double>()));

        Tensor Train(Tensor x)
        {
            var loss = layer.Forward(x).Square().Mean();
            optimizer.Step(loss);
            average.Update();
            return loss;
        }
    }

    [Fact]
    public void It_takes_the_place_of_the_weights_for_a_while()
    {
        var layer = new Linear(2, 1, bias: false);
        var average = new WeightAverage(layer, 0.5);
        var start = layer.Weight.Value.ToArray<float>();
        layer.Initialize(9);
        var trained = layer.Weight.Value.ToArray<float>();
        using (average.Use()) Assert.Equal(start, layer.Weight.Value.ToArray<float>());
        Assert.Equal(trained, layer.Weight.Value.ToArray<float>());
        average.Load(layer.State());
        using (average.Use()) Assert.Equal(trained, layer.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void Running_statistics_are_averaged_with_the_weights_they_belong_to()
    {
        var norm = new BatchNorm(2);
        norm.Initialize(1);
        var average = new WeightAverage(norm, 0.75);
        norm.Forward(Tensor.Of([4f, 8, 4, 8], 2, 2));
        var moved = norm.State()["running_mean"].ToArray<float>();
        average.Update();
        Assert.Equal([.. moved.Select(m => m / 4)], average.State()["running_mean"].ToArray<float>(), (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
        Assert.All(moved, m => Assert.NotEqual(0, m));
        using (average.Use()) Assert.Equal(average.State()["running_mean"].ToArray<float>(), norm.State()["running_mean"].ToArray<float>());
        Assert.Equal(moved, norm.State()["running_mean"].ToArray<float>());
    }
}
