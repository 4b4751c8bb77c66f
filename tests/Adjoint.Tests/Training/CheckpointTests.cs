using Xunit;

namespace Adjoint.Tests;

public sealed class CheckpointTests
{
    static readonly TrainerOptions Options = new() { Epochs = 3, LogEvery = 2 };

    // The disk stops at each operation in turn, for good; the run is taken up from what the folder then holds.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_at_any_write_loses_nothing_that_was_finished(bool staysDown)
    {
        using var scratch = new ScratchFolder();
        var whole = new StoppingFileSystem(int.MaxValue, staysDown);
        var expected = Run(SmallJob.Folder(scratch, "whole"), whole);
        Assert.True(whole.Operations > 30, $"{whole.Operations}");
        for (var stop = 0; stop < whole.Operations; stop++)
        {
            var folder = SmallJob.Folder(scratch, $"stopped-{stop}");
            Assert.Throws<FileWriteException>(() => Run(folder, new StoppingFileSystem(stop, staysDown)));
            Assert.Equal(expected, Run(folder, FileSystem.Disk));
            Assert.Equal(3, RunLog.Read(folder.Log).Count(l => l.Kind == "epoch"));
            Assert.True(File.Exists(folder.Best));
            Directory.Delete(folder.Path, recursive: true);
        }
    }

    static float[] Run(RunFolder folder, FileSystem files)
    {
        var job = SmallJob.Make();
        using var loader = job.Loader;
        var trainer = new Trainer(job, folder, Options with { Files = files });
        trainer.Resume();
        trainer.Run();
        return SmallJob.Weights(job);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_with_every_name()
    {
        using var scratch = new ScratchFolder();
        var job = SmallJob.Make();
        using var loader = job.Loader;
        Checkpoint.Write(scratch.PathOf("a.safetensors"), job, new());
        var other = new Sequential(("fc1", new Linear(2, 8)), ("fc3", new Linear(8, 2)));
        var error = Assert.Throws<StateException>(() => Checkpoint.ReadModel(scratch.PathOf("a.safetensors"), other));
        Assert.Contains("fc3.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("fc2.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_position_is_no_checkpoint()
    {
        using var scratch = new ScratchFolder();
        var job = SmallJob.Make();
        using var loader = job.Loader;
        Safetensors.Write(scratch.PathOf("a.safetensors"), new Dictionary<string, HostArray> { ["x"] = new(DType.Float32, 2) });
        var error = Assert.Throws<FileFormatException>(() => Checkpoint.Read(scratch.PathOf("a.safetensors"), job));
        Assert.Contains("its 'step' is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_average_is_what_is_used()
    {
        using var scratch = new ScratchFolder();
        var job = SmallJob.Make();
        using var loader = job.Loader;
        Run(SmallJob.Folder(scratch), FileSystem.Disk);
        var model = SmallJob.Make().Model;
        Checkpoint.ReadModel(scratch.PathOf("run/last.safetensors"), model);
        using var file = SafetensorsFile.Open(scratch.PathOf("run/last.safetensors"));
        var weight = model.State()["fc1.weight"].ToArray<float>();
        Assert.Equal(file["average/fc1.weight"].AsSpan<float>().ToArray(), weight);
        Assert.NotEqual(file["fc1.weight"].AsSpan<float>().ToArray(), weight);
    }
}
