using Xunit;

namespace Adjoint.Tests;

[Collection(nameof(WarmStepTests))]
[CollectionDefinition(nameof(WarmStepTests), DisableParallelization = true)]
public sealed class WarmStepTests
{
    [Fact]
    public void A_warm_step_of_modules_optimizer_and_schedule_allocates_nothing()
    {
        var average = default(WeightAverage);
        var example = new TrainingExample(m =>
        {
            average = new WeightAverage(m);
            return new AdamW(m.Parameters) { Schedule = Schedule.OneCycle(1000), ClipNorm = 1 };
        });
        var step = Step.Capture((x, label) =>
        {
            var loss = example.Train(x, label);
            average!.Update();
            return loss;
        });
        for (var n = 0; n < 20; n++) step.Run(example.Batches[0].X, example.Batches[0].Label);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 200; n++) step.Run(example.Batches[0].X, example.Batches[0].Label);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(220, example.Optimizer.Count);
    }
}
