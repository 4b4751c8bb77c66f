using Xunit;

namespace Adjoint.Tests;

public sealed class TensorOverwriteTests
{
    [Fact]
    public void An_input_takes_new_values_in_place()
    {
        var input = Tensor.Of(new float[] { 1, 2, 3 });
        var step = Step.Capture(x => x.Sum());
        Assert.Equal(6, step.Run(input)[0].Item());
        var memory = input.Values;
        var next = new float[] { 4, 5, 6 };
        for (var n = 0; n < 3; n++) Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Same(memory, input.Values);
        Assert.Equal(15, step.Run(input)[0].Item());

        void Run()
        {
            input.Overwrite<float>(next);
            step.Run(input);
        }
    }

    [Fact]
    public void Calls_recorded_before_keep_what_they_read()
    {
        var input = Tensor.Of(new float[] { 1, 2, 3 });
        var sum = input.Sum();
        input.Overwrite<float>([4, 5, 6]);
        Assert.Equal(15, input.Sum().Item());
        Assert.Equal(6, sum.Item());
    }

    [Fact]
    public void A_tensor_that_gave_its_values_away_does_not_change_those()
    {
        var (weights, values) = (Tensor.Zeros(2), Tensor.Of(new float[] { 1, 2 }));
        Tensor.Assign((weights, values));
        values.Overwrite<float>([3, 4]);
        Assert.Equal([1, 2], weights.ToArray<float>());
        weights.Overwrite<float>([5, 6]);
        Assert.Equal([3, 4], values.ToArray<float>());
    }

    [Fact]
    public void Wrong_values_are_refused()
    {
        var input = Tensor.Of(new float[] { 1, 2, 3 });
        Assert.Equal("Overwrite: 2 numbers for float32[3].",
            Assert.Throws<ShapeException>(() => input.Overwrite<float>([1, 2])).Message);
        Assert.Throws<InvalidCastException>(() => input.Overwrite<int>([1, 2, 3]));
        Assert.Throws<InvalidOperationException>(() => input.Exp().Overwrite<float>([1, 2, 3]));
    }
}
