using Xunit;

namespace Adjoint.Tests;

public sealed class TrainingTextTests
{
    [Fact]
    public void The_text_of_a_step_gives_the_bits_of_the_step() => AssertSameBits(() => SmallJob.Make());

    [Theory]
    [InlineData("transformer")]
    [InlineData("lstm")]
    public void So_does_the_text_of_a_language_model(string model)
    {
        using var scratch = new ScratchFolder();
        var text = scratch.Write("text.txt", string.Concat(Enumerable.Repeat("abcdefgh\n", 100)));
        AssertSameBits(() => CharLm(text, model));
    }

    [Fact]
    public void The_command_line_prints_a_step_and_runs_it()
    {
        using var scratch = new ScratchFolder();
        var text = scratch.Write("text.txt", string.Concat(Enumerable.Repeat("abcdefgh\n", 100)));
        string[] small = [.. Small.SelectMany(s => (string[])["--set", s])];
        Assert.Equal(0, CliRun.Of(["train", "char-lm", "--data", text, "--out", scratch.PathOf("run"), "--set", "steps=2", .. small]).Code);
        var step = CliRun.Of("explain", scratch.PathOf("run"), "--grad", "--arrays", scratch.PathOf("in.npz"));
        Assert.Equal((0, ""), (step.Code, step.Error));
        Assert.StartsWith($"# The whole training step of {scratch.PathOf("run")}, step 3\nstep(", step.Output, StringComparison.Ordinal);
        var run = CliRun.Of("run", scratch.Write("step.loops", step.Output), "--in", scratch.PathOf("in.npz"), "--out", scratch.PathOf("out.npz"));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.InRange(Npz.Read(scratch.PathOf("out.npz"))["loss"].ToDoubles()[0], 1.5, 3);
        var loss = CliRun.Of("explain", scratch.PathOf("run")).Output;
        Assert.StartsWith("# The loss of", loss, StringComparison.Ordinal);
        Assert.Equal("loss", Assert.Single(Parser.ParseAll(loss)).Outputs[0].Name);
        Assert.Contains("--arrays", CliRun.Of("explain", "softmax", "--arrays", "x.npz").Error, StringComparison.Ordinal);
        Assert.Equal(2, CliRun.Of("explain", scratch.PathOf("run"), "--kernel").Code);
    }

    static readonly string[] Small = ["width=16", "layers=2", "heads=2", "context=10", "batch=4", "warmup=1", "lr=0.01"];

    static TrainingJob CharLm(string text, string model)
    {
        var system = TrainingSystem.Find("char-lm");
        var settings = system.Settings();
        foreach (var setting in (string[])[.. Small, "model=" + model, "steps=9"]) settings.Set(setting.Split('=')[0], setting.Split('=')[1]);
        return system.Prepare(settings, text, 3).Job;
    }

    // Two steps are made; the third one is made by its text, and by another run as it is.
    static void AssertSameBits(Func<TrainingJob> make)
    {
        TrainingJob written = make(), trained = make();
        using var first = written.Loader;
        using var second = trained.Loader;
        Run(written, 2);
        var (epoch, number) = written.Loader.At;
        var text = TrainingText.OfStep(written, new() { Step = 2, Epoch = epoch, Number = number });
        var program = Assert.Single(Parser.ParseAll(Printer.Print(text.Program)));
        Assert.Equal(text.Program, program);
        var made = Cpu.Run(program, text.Operands, DType.Float32);

        Assert.Equal(Run(trained, 3), made["loss"].AsSpan<float>()[0]);
        foreach (var (path, tensor) in Checkpoint.Tensors(trained).Where(t => t.Tensor.Type is DType.Float32))
        {
            var name = path.Replace('.', '_').Replace('/', '_');
            var found = made.GetValueOrDefault(name + "'") ?? made.GetValueOrDefault(name + "_new");
            Assert.True(found is not null, $"{path} is not among {string.Join(", ", made.Keys)}");
            Assert.Equal(tensor.ToArray<float>(), found.AsSpan<float>().ToArray());
        }
    }

    static float Run(TrainingJob job, int steps)
    {
        job.Model.Train();
        var step = Trainer.Capture(job);
        var loss = float.NaN;
        for (var n = 0; n < steps; n++) loss = step.Run(job.Loader.Next().Tensors)[0].ToArray<float>()[0];
        return loss;
    }
}
