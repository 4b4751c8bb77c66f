using Xunit;

namespace Adjoint.Tests;

// The C# of docs/data.md, which DocumentTests compares with this file, and what it gives.

public sealed class DataExampleTests
{
    [Fact]
    public void The_example_reads_digits_it_has_not_seen()
    {
        double accuracy;

        using var loader = new Loader(Digits.Draw(6_000, seed: 1), batchSize: 64, seed: 2)
        {
            Transforms = [new RandomShift(1), new Normalise(0.13f, 0.31f)],
        };
        var model = new OctNet(classes: 10, dropout: 0.2);
        model.Initialize(seed: 3);
        var optimizer = new AdamW(model.Parameters, rate: 0.002);
        var step = Step.Capture((x, label) =>
        {
            var loss = model.Forward(x).CrossEntropy(label);
            optimizer.Step(loss);
            return loss;
        });
        for (var n = 0; n < 250; n++) step.Run(loader.Next().Tensors);

        using var test = new Loader(Digits.Draw(1_000, seed: 4), batchSize: 1_000)
        {
            IsShuffled = false,
            Transforms = [new Normalise(0.13f, 0.31f)],
        };
        model.Evaluate();
        var batch = test.Next();
        accuracy = model.Forward(batch["image"]).ArgMax(-1).Equal(batch["label"]).To(DType.Float32).Mean().Item();

        RandomRun.Print($"accuracy {accuracy:F3}");
        Assert.InRange(accuracy, 0.9, 1);
    }

    [Fact]
    public void The_example_draws_what_was_measured()
    {
        using var folder = new ScratchFolder();
        var (steps, losses) = (new List<double> { 0, 1, 2 }, new List<double> { 2.3, 1.1, 0.6 });
        var digits = Digits.Draw(100, seed: 1);
        string PathOf(string name) => folder.PathOf(name);

        Png.Write(PathOf("digits.png"), ImageGrid.Tile(digits.Images, columns: 10));
        new LinePlot { Title = "Training", XLabel = "step", YLabel = "loss, nats", IsYLog = true }
            .Add("train", steps, losses)
            .Write(PathOf("loss.svg"));
        using var log = new TensorBoardLog(PathOf("run"));
        for (var n = 0; n < losses.Count; n++) log.Scalar("train/loss", n, losses[n]);

        Assert.Equal("uint8[298, 298]", Png.Read(PathOf("digits.png")).ToString());
    }
}
