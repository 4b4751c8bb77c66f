using Xunit;

namespace Adjoint.Tests;

public sealed class SystemTests
{
    [Fact]
    public void Autoencoders_of_perceptrons_have_the_golden_number_of_parameters()
    {
        var golden = new GoldenCase("s0_vae_param_count");
        golden.Equal(Count([784, 630, 630, 20]) + Count([10, 630, 630, 784]), "repo_784_630_630_z10");
        golden.Equal(Count([784, 600, 600, 100]) + Count([50, 600, 600, 784]), "kingma_784_600_600_z50");

        static long Count(int[] sizes) => new Mlp(sizes).ParameterCount;
    }

    [Fact]
    public void A_perceptron_flattens_images_and_ends_linear()
    {
        var mlp = new Mlp([784, 32, 10]);
        var y = mlp.Forward(Tensor.Normal(3, 1, 28, 28));
        Assert.Equal([3, 10], y.Shape.ToArray());
        Assert.Contains(y.ToArray<float>(), v => v < 0);
        Assert.Equal(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"], mlp.State().Keys);
        Assert.Throws<ArgumentException>(() => new Mlp([3]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_small_convolutional_nets_have_224892_parameters(bool isPooling)
    {
        var net = new OctNet(isPooling: isPooling);
        new GoldenCase("s1_cnn_params").Equal(net.ParameterCount, "total");
        Assert.Equal([5, 4], net.Forward(Tensor.Normal(5, 1, 28, 28)).Shape.ToArray());
        Assert.Equal(["conv1", "conv2", "fc1", "fc2", "fc3"], net.State().Keys.Select(k => k.Split('.')[0]).Distinct());
    }

    [Fact]
    public void The_residual_network_for_fashion_stays_below_its_budget()
    {
        var summary = ResNet.ForFashion().Summary(1, 1, 28, 28);
        Assert.Equal(22_464_256, summary.MultiplyAdds);
        Assert.Equal(697_130, summary.Parameters);
        Assert.InRange(summary.MultiplyAdds, 1, 35_000_000);
        Assert.Equal([1, 10], summary.Layers[0].Output);
    }

    [Fact]
    public void Names_of_the_residual_network_are_those_of_torchvision()
    {
        var names = ResNet.ForFashion().State().Keys.ToList();
        Assert.Equal("conv1.weight", names[0]);
        Assert.Contains("layer1.0.downsample.1.running_var", names);
        Assert.Contains("layer3.1.bn2.num_batches_tracked", names);
        Assert.DoesNotContain(names, n => n.StartsWith("layer2.1.downsample", StringComparison.Ordinal));
        Assert.Equal(["fc.weight", "fc.bias"], names[^2..]);
        Assert.Throws<ArgumentException>(() => new ResNet(1, 10, [8, 16], [1]));
    }

    [Fact]
    public void A_small_residual_network_learns_a_batch()
    {
        var net = new ResNet(1, 4, [4, 8], [1, 2]);
        var optimizer = new Nesterov(net.Parameters, 0.05, weightDecay: 5e-4) { Schedule = Schedule.OneCycle(40) };
        Tensor x, label = Tensor.Of(Enumerable.Range(0, 16).Select(i => (long)(i % 4)).ToArray(), 16);
        using (Tensor.Seed(1)) Tensor.Compute(x = Tensor.Normal(16, 1, 9, 10));
        var step = Step.Capture((images, classes) =>
        {
            var loss = net.Forward(images).CrossEntropy(classes);
            optimizer.Step(loss);
            return loss;
        });
        var first = step.Run(x, label)[0].Item();
        for (var n = 1; n < 40; n++) step.Run(x, label);
        net.Evaluate();
        Assert.InRange(net.Forward(x).CrossEntropy(label).Item(), 0, first / 4);
    }
}
