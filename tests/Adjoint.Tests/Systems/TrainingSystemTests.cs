using Xunit;

namespace Adjoint.Tests;

public sealed class TrainingSystemTests
{
    public static TheoryData<string> Names => new(TrainingSystem.All.Select(s => s.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_system_trains_a_few_steps_and_is_judged(string name)
    {
        using var scratch = new ScratchFolder();
        var data = DataOf(name, scratch);
        var run = CliRun.Of(["train", name, "--out", scratch.PathOf("run"), "--set", "steps=3", "--set", "batch=8", "--set", "limit=200",
            .. data is null ? [] : new[] { "--data", data }, .. name == "digits" ? ["--set", "images=300"] : Array.Empty<string>()]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("test loss ", run.Output, StringComparison.Ordinal);
        var judged = CliRun.Of("eval", scratch.PathOf("run"));
        Assert.Equal(run.Output.Split('\n').Where(l => l.StartsWith("test ", StringComparison.Ordinal)),
            judged.Output.Split('\n').Where(l => l.StartsWith("test ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_model_of_drawn_digits_is_judged_on_any_set_of_digits()
    {
        using var scratch = new ScratchFolder();
        Assert.Equal(0, CliRun.Of("train", "digits", "--out", scratch.PathOf("run"), "--set", "images=640", "--set", "epochs=3", "--seed", "2").Code);
        var judged = CliRun.Of("eval", scratch.PathOf("run"), "--data", Images(scratch, "idx", 10, 100));
        Assert.Equal((0, ""), (judged.Code, judged.Error));
        Assert.Contains("idx/test: 100", judged.Output, StringComparison.Ordinal);
        Assert.Matches(@"\nclass +examples +recall +as 0 .* as 9\n0 +10 ", judged.Output);
        var missing = CliRun.Of("eval", scratch.PathOf("run"), "--data", scratch.Root);
        Assert.Contains("holds no images of 'test'", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0.05)]
    [InlineData(false, 0.05)]
    public void The_networks_of_medical_images_learn_with_and_without_pooling(bool pooling, double rate)
    {
        using var scratch = new ScratchFolder();
        var system = TrainingSystem.Find("oct-cnn");
        var settings = system.Settings();
        settings.Set("pooling", pooling ? "true" : "false");
        settings.Set("lr", rate.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var prepared = system.Prepare(settings, Npz(scratch, 4, 400), 1);
        Assert.Equal(224_892, prepared.Model.ParameterCount);
        using var loader = prepared.Job.Loader;
        var trainer = new Trainer(prepared.Job, SmallJob.Folder(scratch), new() { Epochs = 4 });
        trainer.Run();
        Assert.True(trainer.At.Best > 0.9, $"{trainer.At.Best}");
    }

    // Data of the right form, small: what is seen in it is easy, where a stripe lies.
    static string? DataOf(string name, ScratchFolder scratch) => name switch
    {
        "digits" or "seq2seq" or "copy-memory" or "adding" => null,
        "oct-cnn" => Npz(scratch, 4, 120),
        "char-mlp" or "char-lm" => scratch.Write("text.txt", string.Concat(Enumerable.Range(0, 400).Select(n => $"line {n % 7} of a text. "))),
        _ => Images(scratch, "idx", 10, 200),
    };

    static string Npz(ScratchFolder scratch, int classes, int count)
    {
        var path = scratch.PathOf("set.npz");
        Adjoint.Npz.Write(path, new[] { "train", "val", "test" }.SelectMany((part, n) => new[]
        {
            KeyValuePair.Create($"{part}_images", Stripes(classes, count, n)),
            KeyValuePair.Create($"{part}_labels", HostArray.Of<byte>(DType.UInt8, [.. Enumerable.Range(0, count).Select(i => (byte)(i % classes))], count, 1)),
        }));
        return path;
    }

    static string Images(ScratchFolder scratch, string folder, int classes, int count)
    {
        Directory.CreateDirectory(scratch.PathOf(folder));
        foreach (var (part, n) in new[] { ("train", 0), ("t10k", 1) })
        {
            Write($"{folder}/{part}-images-idx3-ubyte", [0, 0, 8, 3, .. Number(count), .. Number(28), .. Number(28)], Stripes(classes, count, n).Bytes);
            Write($"{folder}/{part}-labels-idx1-ubyte", [0, 0, 8, 1, .. Number(count)], [.. Enumerable.Range(0, count).Select(i => (byte)(i % classes))]);
        }
        return scratch.PathOf(folder);

        void Write(string name, byte[] head, ReadOnlySpan<byte> body) => File.WriteAllBytes(scratch.PathOf(name), [.. head, .. body]);

        static byte[] Number(int n) => [(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n];
    }

    static HostArray Stripes(int classes, int count, int seed)
    {
        var random = new Random(seed);
        var images = new HostArray(DType.UInt8, count, 28, 28);
        random.NextBytes(images.Bytes);
        for (var i = 0; i < images.Count; i++) images.Bytes[i] /= 8;
        for (var n = 0; n < count; n++)
            for (var x = 0; x < 28; x++) images.Bytes[n * 784 + (3 + n % classes * 22 / classes) * 28 + x] = 250;
        return images;
    }
}
