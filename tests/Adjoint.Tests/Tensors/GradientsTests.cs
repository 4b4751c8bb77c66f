using Xunit;

namespace Adjoint.Tests;

public sealed class GradientsTests
{
    [Fact]
    public void Gradients_of_leaves_and_of_computed_tensors_leave_Grad_alone()
    {
        Tensor x = Tensor.Of([1.0, 2.0], 2).WithGrad(), unused = Tensor.Ones(DType.Float64, 2).WithGrad();
        var square = x.Square();
        var loss = (square * 3).Sum();
        var gradients = loss.Gradients(x, square);
        Assert.Equal([6.0, 12.0], gradients[0].ToArray<double>());
        Assert.Equal([3.0, 3.0], gradients[1].ToArray<double>());
        Assert.Null(x.Grad);
        Assert.Contains("does not depend on", Assert.Throws<InvalidOperationException>(() => loss.Gradients(unused)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no scalar", Assert.Throws<InvalidOperationException>(() => square.Gradients(x)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_detached_start_has_a_gradient_and_hands_none_on()
    {
        var x = Tensor.Of([1.0, 2.0], 2).WithGrad();
        var start = (x * 2).DetachWithGrad();
        var loss = (start.Square() * x.Detach()).Sum();
        Assert.Equal([4.0, 16.0], loss.Gradients(start)[0].ToArray<double>());
        Assert.Throws<InvalidOperationException>(() => loss.Gradients(x));
    }

    // The critic of a GAN with a penalty on its slope between real and made examples, one captured step.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_penalty_on_a_slope_teaches_as_in_the_golden_case(bool isCaptured)
    {
        var golden = new GoldenCase("s0_wgan_gp_double_backward");
        var sizes = golden.In("W").ShapeToArray(); // [j, i]
        Linear first = new(sizes[1], sizes[0]), last = new(sizes[0], 1, bias: false);
        var critic = new Sequential(("first", first), ("tanh", Activation.Tanh()), ("last", last));
        critic.Initialize(0, DType.Float64);
        critic.Load(new Dictionary<string, Tensor>
        {
            ["first.weight"] = Of(golden.In("W")), ["first.bias"] = Of(golden.In("b")),
            ["last.weight"] = Of(golden.In("v")).Reshape(1, sizes[0]),
        });
        var before = critic.State();
        var optimizer = new Sgd(critic.Parameters, 1);
        Tensor real = Of(golden.In("real")), fake = Of(golden.In("fake"));
        var share = Of(golden.In("alpha")).Reshape(-1, 1);
        var step = Step.Capture(s => Train(s));
        golden.Equal((isCaptured ? step.Run(share)[0] : Train(share)).Item(), "GP");
        golden.Equal(Change("first.weight", sizes), "dGP_dW");
        golden.Equal(Change("first.bias", sizes[0]), "dGP_db");
        golden.Equal(Change("last.weight", sizes[0]), "dGP_dv");

        Tensor Train(Tensor share)
        {
            var between = (real * share + fake * (1 - share)).DetachWithGrad();
            var slope = critic.Forward(between).Sum().Gradients(between)[0];
            var loss = DivergenceOps.GradientPenalty.Call([slope], 1, 0);
            optimizer.Step(loss);
            return loss;
        }

        NdArray Change(string name, params int[] shape) =>
            new(shape, (before[name] - critic.State()[name]).ToArray<double>());
    }

    static Tensor Of(NdArray array) => Tensor.Of(array.Values, array.ShapeToArray());
}
