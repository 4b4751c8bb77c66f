using Xunit;

namespace Adjoint.Tests;

// The C# of docs/training.md, and that it learns.

public sealed class TrainingTests
{
    [Fact]
    public void A_job_of_ones_own_trains()
    {
        using var scratch = new ScratchFolder();
        var (data, path, losses) = (SmallJob.Circle(), scratch.PathOf("run"), new List<double>());
        var model = new Mlp([2, 32, 2]);
        model.Initialize(seed: 1);
        var job = new TrainingJob
        {
            Model = model,
            Optimizer = new AdamW(model.Parameters, rate: 0.01),
            Loader = new Loader(data, batchSize: 16, seed: 1),
            Loss = fields => model.Forward(fields[0]).CrossEntropy(fields[1]),
        };
        var folder = RunFolder.Create(path, new RunConfig("circle", Seed: 1, Data: null, new Dictionary<string, string>()));
        var trainer = new Trainer(job, folder, new TrainerOptions { Epochs = 30 })
        {
            OnEpoch = epoch => losses.Add(epoch.Loss),
        };
        trainer.Resume();
        trainer.Run();
        job.Loader.Dispose();
        Assert.True(losses[^1] < losses[0] / 2, $"{losses[0]} {losses[^1]}");
        Assert.Equal(30, trainer.At.Epoch);
    }
}
