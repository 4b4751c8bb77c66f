using Xunit;

namespace Adjoint.Tests;

public sealed class LayerTests
{
    public static TheoryData<string, int[], int[]> Shapes => new()
    {
        { "Linear 3 → 5", [2, 7, 3], [2, 7, 5] },
        { "Conv1d 4 → 6, 3", [2, 4, 9], [2, 6, 5] },
        { "Conv1d grouped", [2, 4, 9], [2, 6, 9] },
        { "Conv2d 3 → 5, 3×3", [2, 3, 9, 8], [2, 5, 5, 4] },
        { "Conv2d grouped", [1, 4, 6, 5], [1, 8, 6, 5] },
        { "ConvTranspose2d 3 → 2, 4×4", [2, 3, 5, 4], [2, 2, 11, 9] },
        { "MaxPool 2", [2, 3, 7, 6], [2, 3, 3, 3] },
        { "MaxPool 3", [2, 3, 7], [2, 3, 4] },
        { "AveragePool 3", [2, 3, 7, 7], [2, 3, 3, 3] },
        { "AdaptiveAveragePool 2×3", [2, 3, 7, 5], [2, 3, 2, 3] },
        { "GlobalAveragePool", [2, 3, 7, 5], [2, 3] },
        { "BatchNorm 3", [4, 3, 2, 5], [4, 3, 2, 5] },
        { "BatchNorm of rows", [4, 3], [4, 3] },
        { "LayerNorm 6", [4, 3, 6], [4, 3, 6] },
        { "RmsNorm 6", [4, 6], [4, 6] },
        { "GroupNorm 6 in 3", [2, 6, 5], [2, 6, 5] },
        { "Flatten", [2, 3, 4, 5], [2, 60] },
        { "Residual", [2, 3], [2, 3] },
        { "Residual with shortcut", [2, 3], [2, 5] },
    };

    static Layer Make(string name) => name switch
    {
        "Linear 3 → 5" => new Linear(3, 5, bias: false),
        "Conv1d 4 → 6, 3" => new Conv1d(4, 6, 3, stride: 2, pad: 1),
        "Conv1d grouped" => new Conv1d(4, 6, 3, pad: 1, groups: 2),
        "Conv2d 3 → 5, 3×3" => new Conv2d(3, 5, 3, stride: 2, pad: 1),
        "Conv2d grouped" => new Conv2d(4, 8, 3, pad: 1, groups: 4, bias: false),
        "ConvTranspose2d 3 → 2, 4×4" => new ConvTranspose2d(3, 2, 4, stride: 2, pad: 1, outputPad: 1),
        "MaxPool 2" => new MaxPool(),
        "MaxPool 3" => new MaxPool(3, stride: 2, pad: 1),
        "AveragePool 3" => new AveragePool(3, stride: 2),
        "AdaptiveAveragePool 2×3" => new AdaptiveAveragePool(2, 3),
        "GlobalAveragePool" => new GlobalAveragePool(),
        "BatchNorm 3" or "BatchNorm of rows" => new BatchNorm(3),
        "LayerNorm 6" => new LayerNorm(6),
        "RmsNorm 6" => new RmsNorm(6),
        "GroupNorm 6 in 3" => new GroupNorm(3, 6),
        "Flatten" => new Flatten(),
        "Residual" => new Residual(new Linear(3, 3)),
        _ => new Residual(new Linear(3, 5), new Linear(3, 5)),
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_layer_has_its_shape_and_learns_with_every_parameter(string name, int[] input, int[] output)
    {
        var layer = Make(name);
        if (!name.Contains(' ') || char.IsDigit(name[^1])) Assert.Equal(name, layer.ToString());
        layer.Initialize(1, DType.Float64);
        var x = Tensor.Normal(DType.Float64, input);
        var y = layer.Forward(x);
        Assert.Equal(output, y.Shape.ToArray());
        if (!layer.Parameters.Any()) return;
        (y * Tensor.Normal(DType.Float64, output)).Sum().Backward();
        Assert.All(layer.Parameters, p => Assert.Contains(p.Value.Grad!.ToArray<double>(), g => g != 0));
    }

    [Fact]
    public void Linear_and_convolution_compute_the_op_on_their_parameters()
    {
        var x = Tensor.Normal(DType.Float64, 2, 4, 6, 6);
        var conv = new Conv2d(4, 6, 3, stride: 2, pad: 1, groups: 2);
        conv.Initialize(3, DType.Float64);
        Assert.Equal(x.Conv2dGrouped(conv.Weight, conv.Bias!, 2, 2, 1).ToArray<double>(), conv.Forward(x).ToArray<double>());
        var linear = new Linear(6, 3);
        linear.Initialize(3, DType.Float64);
        Assert.Equal((x.MatMul(linear.Weight.Value.T) + linear.Bias!).ToHost().ToDoubles().Select(v => Math.Round(v, 10)),
            linear.Forward(x).ToArray<double>().Select(v => Math.Round(v, 10)));
        var tokens = Tensor.Of([2L, 0L], 2);
        var table = new Embedding(3, 4);
        Assert.Equal(table.Weight.Value.ToArray<float>()[8..], table.Forward(tokens).ToArray<float>()[..4]);
    }

    [Fact]
    public void Activations_are_the_functions_of_tensors()
    {
        var x = Tensor.Normal(DType.Float64, 50);
        (Activation Layer, Tensor Expected)[] all =
        [
            (Activation.Relu(), x.Relu()), (Activation.Gelu(), x.Gelu()), (Activation.Gelu(tanh: true), x.GeluTanh()),
            (Activation.Tanh(), x.Tanh()), (Activation.Sigmoid(), x.Sigmoid()), (Activation.Silu(), x.Silu()),
            (Activation.LeakyRelu(0.2), x.LeakyRelu(0.2)), (Activation.Elu(), x.Elu()), (Activation.Mish(), x.Mish()),
            (Activation.Softplus(2), x.Softplus(2)), (Activation.Softmax(), x.Softmax()),
            (Activation.LogSoftmax(), x.LogSoftmax()),
        ];
        foreach (var (layer, expected) in all)
            Assert.Equal(expected.ToArray<double>(), layer.Forward(x).ToArray<double>());
    }

    [Fact]
    public void Dropout_drops_in_training_only_and_by_its_path()
    {
        var x = Tensor.Ones(10_000);
        var one = new Sequential(("a", new Dropout(0.3)));
        var two = new Sequential(("first", new Dropout(0.5)), ("a", new Dropout(0.3)));
        float[] mask, other;
        using (Tensor.Seed(5)) mask = one.Forward(x).ToArray<float>();
        using (Tensor.Seed(5))
        {
            _ = two[0].Forward(x);
            other = two[1].Forward(x).ToArray<float>();
        }
        Assert.Equal(mask, other);
        Assert.InRange(mask.Count(v => v == 0), 2800, 3200);
        Assert.All(mask, v => Assert.True(v == 0 || Math.Abs(v - 1 / 0.7f) < 1e-6f));
        using (Tensor.Seed(5)) Assert.NotEqual(one.Forward(x).ToArray<float>(), one.Forward(x).ToArray<float>());
        one.Evaluate();
        Assert.Same(x, one[0].Forward(x));
    }

    [Fact]
    public void A_captured_step_draws_other_masks_at_each_run_and_the_same_for_its_number()
    {
        var drop = new Dropout(0.5);
        using var seed = Tensor.Seed(1);
        var step = Step.Capture(x => drop.Forward(x));
        var x = Tensor.Ones(200);
        var first = step.Run(x)[0].ToArray<float>();
        Assert.NotEqual(first, step.Run(x)[0].ToArray<float>());
        step.Number = 0;
        Assert.Equal(first, step.Run(x)[0].ToArray<float>());
    }
}
