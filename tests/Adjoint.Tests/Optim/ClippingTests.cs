using Xunit;

namespace Adjoint.Tests;

public sealed class ClippingTests
{
    // The gradient of a weight is the number that stands beside it in the loss.
    static (float[] A, float[] B, double Norm) StepOn(float[] a, float[] b, Func<Module, Optimizer> make)
    {
        var model = new Sequential(("a", new Linear(2, 1, bias: false, Init.Zeros)), ("b", new Linear(1, 1, bias: false, Init.Zeros)));
        var optimizer = make(model);
        var step = Step.Capture((x, z) =>
        {
            var parameters = model.Parameters.ToList();
            var loss = (parameters[0].Value * x).Sum() + (parameters[1].Value * z).Sum();
            optimizer.Step(loss);
            return optimizer.GradientNorm ?? loss;
        });
        var norm = step.Run(Tensor.Of(a, 1, 2), Tensor.Of(b, 1, 1))[0].Item();
        var state = model.State();
        return (state["a.weight"].ToArray<float>(), state["b.weight"].ToArray<float>(), norm);
    }

    [Fact]
    public void A_long_gradient_is_shortened_as_a_whole()
    {
        var (a, b, norm) = StepOn([2, -3], [6], m => new Sgd(m.Parameters, 1) { ClipNorm = 3.5 });
        Assert.Equal(7, norm, 1e-6);
        Assert.Equal([-1f, 1.5f], a);
        Assert.Equal([-3f], b);
    }

    [Fact]
    public void A_short_gradient_stays()
    {
        var (a, b, norm) = StepOn([2, -3], [6], m => new Sgd(m.Parameters, 1) { ClipNorm = 7.5 });
        Assert.Equal(7, norm, 1e-6);
        Assert.Equal([-2f, 3f, -6f], a.Concat(b));
    }

    [Fact]
    public void A_gradient_of_zero_stays_zero() =>
        Assert.Equal([0f, 0f], StepOn([0, 0], [0], m => new Sgd(m.Parameters, 1) { ClipNorm = 1 }).A);

    [Fact]
    public void Each_number_is_held_between_bounds()
    {
        var (a, b, _) = StepOn([2, -0.5f], [-6], m => new Sgd(m.Parameters, 1) { ClipValue = 1.5 });
        Assert.Equal([-1.5f, 0.5f, 1.5f], a.Concat(b));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_of_small_batches_are_averaged(bool isCaptured)
    {
        var together = new Linear(3, 2);
        var apart = new Linear(3, 2);
        together.Initialize(4, DType.Float64);
        apart.Initialize(4, DType.Float64);
        var ofTogether = new Adam(together.Parameters, 0.1);
        var ofApart = new Adam(apart.Parameters, 0.1) { MicroBatches = 3 };
        Tensor Loss(Layer layer, Tensor x) => layer.Forward(x).Tanh().Square().Mean();
        var keep = Step.Capture(x => Accumulated(x));
        var step = Step.Capture(x => Stepped(x));
        using var seed = Tensor.Seed(5);
        for (var n = 0; n < 3; n++)
        {
            Tensor[] parts = [.. Enumerable.Range(0, 3).Select(_ => Tensor.Normal(DType.Float64, 4, 3))];
            ofTogether.Step(Loss(together, Tensor.Concat(0, parts)));
            for (var p = 0; p < 3; p++)
                if (isCaptured) (p < 2 ? keep : step).Run(parts[p]);
                else _ = p < 2 ? Accumulated(parts[p]) : Stepped(parts[p]);
        }
        Assert.True(NdArray.Vector(together.Weight.Value.ToArray<double>())
            .IsNear(NdArray.Vector(apart.Weight.Value.ToArray<double>()), Tolerance.Reordered));
        Assert.Equal(3, ofApart.Count);

        Tensor Accumulated(Tensor x)
        {
            var loss = Loss(apart, x);
            ofApart.Accumulate(loss);
            return loss;
        }

        Tensor Stepped(Tensor x)
        {
            var loss = Loss(apart, x);
            ofApart.Step(loss);
            return loss;
        }
    }

    [Fact]
    public void Accumulating_without_small_batches_is_an_error()
    {
        var layer = new Linear(2, 1);
        Assert.Contains("MicroBatches", Assert.Throws<InvalidOperationException>(
            () => new Sgd(layer.Parameters).Accumulate(layer.Forward(Tensor.Ones(1, 2)).Sum())).Message, StringComparison.Ordinal);
    }
}
