using Xunit;

namespace Adjoint.Tests;

public sealed class RandomTests
{
    [Fact]
    public void The_same_seed_draws_the_same_numbers()
    {
        double[] Draw(ulong seed)
        {
            using (Tensor.Seed(seed)) return (Tensor.Uniform(DType.Float64, 5)
                + Tensor.Normal(DType.Float64, 5)).ToArray<double>();
        }
        Assert.Equal(Draw(3), Draw(3));
        Assert.NotEqual(Draw(3), Draw(4));
    }

    [Fact]
    public void Each_call_draws_numbers_of_its_own_that_do_not_change()
    {
        var (a, b) = (Tensor.Uniform(50), Tensor.Uniform(50));
        var doubled = a * 2;
        Assert.NotEqual(a.ToArray<float>(), b.ToArray<float>());
        Assert.Equal(a.ToArray<float>().Select(v => 2 * v), doubled.ToArray<float>());
        Assert.All(a.ToArray<float>(), v => Assert.InRange(v, 0, 1));
    }

    [Fact]
    public void The_reverse_draws_the_mask_of_the_forward()
    {
        var x = Tensor.Ones(200).WithGrad();
        var y = x.Dropout(0.25);
        var values = y.ToArray<float>();
        y.Sum().Backward();
        Assert.Equal(values, x.Grad!.ToArray<float>()); // y = x * mask with x = 1, so both are the mask
        Assert.InRange(values.Count(v => v == 0), 20, 90);
        Assert.All(values, v => Assert.True(v is 0 or 1 / 0.75f));
    }

    [Fact]
    public void Masks_change_from_step_to_step_and_return_with_the_number()
    {
        var step = Step.Capture(x => x.Dropout());
        var ones = Tensor.Ones(64);
        var first = step.Run(ones)[0].ToArray<float>();
        var second = step.Run(ones)[0].ToArray<float>();
        step.Number = 0;
        Assert.NotEqual(first, second);
        Assert.Equal(first, step.Run(ones)[0].ToArray<float>());
    }

    [Fact]
    public void Channels_and_examples_are_dropped_whole()
    {
        var channels = Tensor.Ones(4, 8, 5).DropoutChannels();
        Assert.Equal(channels[.., .., 0].ToArray<float>(), channels[.., .., ^1].ToArray<float>());
        var paths = Tensor.Ones(16, 3).DropPath();
        Assert.Equal(paths[.., 0].ToArray<float>(), paths[.., 2].ToArray<float>());
        Assert.Contains(0f, paths.ToArray<float>());
    }
}
