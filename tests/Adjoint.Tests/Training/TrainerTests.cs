using Xunit;

namespace Adjoint.Tests;

public sealed class TrainerTests
{
    static readonly TrainerOptions Options = new() { Epochs = 6, LogEvery = 4 };

    [Fact]
    public void A_run_learns_and_keeps_log_and_checkpoints()
    {
        using var scratch = new ScratchFolder();
        var (job, folder) = (SmallJob.Make(), SmallJob.Folder(scratch));
        using var loader = job.Loader;
        var epochs = new List<EpochResult>();
        var trainer = new Trainer(job, folder, Options with { Epochs = 40 }) { OnEpoch = epochs.Add };
        trainer.Run();
        Assert.Equal(Enumerable.Range(0, 40), epochs.Select(e => e.Epoch));
        Assert.True(epochs[^1].Loss < epochs[0].Loss / 2, $"{epochs[0].Loss} {epochs[^1].Loss}");
        var best = epochs.Max(e => e.Validation!["accuracy"]);
        Assert.True(best > 0.85, $"{best}");
        Assert.Equal(epochs.First(e => e.Validation!["accuracy"] == best).Epoch + 1, trainer.At.BestEpoch);
        Assert.Equal(best, trainer.Test()!["accuracy"]);
        var log = RunLog.Read(folder.Log);
        Assert.Equal(40, log.Count(l => l.Kind == "epoch"));
        Assert.Equal(40 * 6 / 4, log.Count(l => l.Kind == "step"));
        Assert.Equal(best, log.Single(l => l.Kind == "test")["accuracy"]);
        Assert.True(File.Exists(folder.Best));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(20)]
    public void A_run_that_stops_and_goes_on_ends_with_the_same_bits(int stopAfter)
    {
        using var scratch = new ScratchFolder();
        var expected = Run(SmallJob.Make(), SmallJob.Folder(scratch, "whole"), null);
        var folder = SmallJob.Folder(scratch, "parts");
        Assert.Throws<OperationCanceledException>(() => Run(SmallJob.Make(), folder, stopAfter));
        Assert.Equal(stopAfter, Checkpoint.Position(folder.Last).Step);
        Assert.Equal(expected, Run(SmallJob.Make(seed: 1), folder, null));
        Assert.Equal(Epochs(RunFolder.Open(scratch.PathOf("whole"))), Epochs(folder));

        static List<(double, double, double)> Epochs(RunFolder run) =>
            [.. RunLog.Read(run.Log).Where(l => l.Kind == "epoch").Select(l => (l["epoch"], l["loss"], l["validation loss"]))];
    }

    [Fact]
    public void A_run_that_somebody_trains_is_not_trained_twice_at_once()
    {
        using var scratch = new ScratchFolder();
        var (job, folder) = (SmallJob.Make(), SmallJob.Folder(scratch));
        using var loader = job.Loader;
        var trainer = new Trainer(job, folder, Options);
        var taken = $"'{folder.Path}' is being trained by another process; nothing was written.\n"
            + "Hint: wait for its end, or stop it: it saves and can be resumed.";
        using (folder.Hold())
        {
            Assert.Equal(taken, Assert.Throws<SettingException>(() => trainer.Run()).Message);
            Assert.Equal(taken, Assert.Throws<SettingException>(() =>
                RunFolder.Create(folder.Path, new("circle", 1, null, new Dictionary<string, string>()), replaces: true)).Message);
            Assert.True(File.Exists(folder.Config));
        }
        trainer.Run();
        Assert.Equal(["best.safetensors", "config.json", "last.safetensors", "log.jsonl"],
            Directory.EnumerateFiles(folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    static float[] Run(TrainingJob job, RunFolder folder, int? stopAfter)
    {
        using var loader = job.Loader;
        using var source = new CancellationTokenSource();
        var steps = 0;
        var counted = new TrainingJob
        {
            Model = job.Model, Seed = job.Seed, Optimizer = job.Optimizer, Loader = loader, Loss = job.Loss, Average = job.Average, Goal = job.Goal,
            IsHigherBetter = job.IsHigherBetter, Validate = job.Validate, Test = job.Test,
        };
        Trainer trainer = null!;
        trainer = new(counted, folder, Options) { OnStep = () => { if (++steps == stopAfter) source.Cancel(); } };
        trainer.Resume();
        trainer.Run(source.Token);
        return SmallJob.Weights(job);
    }

    [Fact]
    public void A_value_that_is_not_finite_ends_the_run_with_the_loop_that_made_it()
    {
        Assert.SkipUnless(CpuPlan.IsOn, "loops are looked at one by one on the compiled backend");
        using var scratch = new ScratchFolder();
        var (job, folder) = (SmallJob.Make(poisonedAt: 77), SmallJob.Folder(scratch));
        using var loader = job.Loader;
        var error = Assert.Throws<NotFiniteException>(() => new Trainer(job, folder, Options).Run());
        Assert.StartsWith("Training stopped: loss is NaN at step ", error.Message, StringComparison.Ordinal);
        Assert.Contains("holds a value that is not finite", error.Message, StringComparison.Ordinal);
        Assert.All(SafetensorsFile.Open(folder.Last) is var file ? file.Names : [], n => Assert.All(file[n].ToDoubles(), v => Assert.True(double.IsFinite(v))));
        file.Dispose();
    }

    [Fact]
    public void A_rate_that_is_too_high_ends_the_run_with_the_loop_that_overflows()
    {
        Assert.SkipUnless(CpuPlan.IsOn, "loops are looked at one by one on the compiled backend");
        using var scratch = new ScratchFolder();
        var job = SmallJob.Make(rate: 1e38);
        using var loader = job.Loader;
        var error = Assert.Throws<NotFiniteException>(() => new Trainer(job, SmallJob.Folder(scratch), Options).Run());
        Assert.Contains("first value that is not finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patience_ends_a_run_that_gets_no_better()
    {
        using var scratch = new ScratchFolder();
        var job = SmallJob.Make(rate: 0);
        using var loader = job.Loader;
        var trainer = new Trainer(job, SmallJob.Folder(scratch), Options with { Epochs = 50, Patience = 3 });
        trainer.Run();
        Assert.Equal((4, 1), (trainer.At.Epoch, trainer.At.BestEpoch));
    }

    [Fact]
    public void Steps_end_a_run_within_an_epoch()
    {
        using var scratch = new ScratchFolder();
        var job = SmallJob.Make();
        using var loader = job.Loader;
        var trainer = new Trainer(job, SmallJob.Folder(scratch), Options with { Steps = 8 });
        trainer.Run();
        Assert.Equal((8L, 1, 2), (trainer.At.Step, trainer.At.Epoch, trainer.At.Number));
    }
}
