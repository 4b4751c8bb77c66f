using Adjoint.Cli;
using Xunit;

namespace Adjoint.Tests;

// How fast they are is for bench/results; that they are what they are called is for here.

public sealed class WorkloadTests
{
    [Fact]
    public void Names_are_distinct_and_need_no_quotes_in_a_shell() => Assert.Equal(Workload.All.Count,
        Workload.All.Select(w => w.Name).Where(n => n.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            .Distinct().Count());

    // The numbers are those that PyTorch counts in the models beside ours.
    [Fact]
    public void Models_have_as_many_parameters_as_those_they_are_compared_with()
    {
        Assert.Equal(669_706, NetworkWorkloads.Mlp().ParameterCount);
        Assert.Equal(1_754_084, new NetworkWorkloads.Vae().ParameterCount);
        Assert.Equal(224_892, NetworkWorkloads.Cnn().ParameterCount);
        Assert.Equal(1_781_505, AdversarialWorkloads.Generator().ParameterCount);
        Assert.Equal(138_817, AdversarialWorkloads.Judge(hasNorm: true).ParameterCount);
        Assert.Equal(138_561, AdversarialWorkloads.Judge(hasNorm: false).ParameterCount);
        Assert.Equal(559_681, SequenceWorkloads.Lstm(1, 256).ParameterCount);
        Assert.Equal(3_728_193, SequenceWorkloads.Lstm(2, 512).ParameterCount);
        // One bias for each gate, as in the peer's cell of the user's own.
        Assert.Equal(558_657, new SequenceWorkloads.OwnCellModel(256, 256).ParameterCount);
        Assert.Equal(3_225_600, new SequenceWorkloads.Gpt().ParameterCount);
        Assert.Equal(889_472, new SpeechWorkloads.Encoder().ParameterCount);
        Assert.Equal(1_097_123, new SpeechWorkloads.Writer(new SpeechWorkloads.RecurrentDecoder()).ParameterCount);
        Assert.Equal(1_175_843, new SpeechWorkloads.Writer(new SpeechWorkloads.AttentionDecoder()).ParameterCount);
    }

    [Theory]
    [InlineData("mlp", 2 * 3 * 64 * (784 * 512 + 512 * 512 + 512 * 10))]
    [InlineData("product_64x512x512", 2 * 64 * 512 * 512)]
    [InlineData("attention_512", 4L * 4 * 512 * 512 * 64)]
    [InlineData("infer_mlp", 2 * 64 * (784 * 512 + 512 * 512 + 512 * 10))]
    [InlineData("infer_cnn", 2 * 64 * (28 * 28 * 8 * 9 + 12 * 12 * 16 * 72 + 576 * 320 + 320 * 120 + 120 * 4))]
    public void The_operations_counted_are_those_of_the_products_and_little_more(string name, long products)
    {
        var workload = Workload.All.Single(w => w.Name == name);
        var operations = WorkloadBench.Number(WorkloadBench.CostOf(WorkloadBench.StepOf(workload.Prepare())).Operations);
        // The first layer of a network has no gradient of its input; updates and functions are the rest.
        Assert.InRange(operations / products, 0.7, 1.2);
    }

    [Theory]
    [InlineData("mlp", 20)]
    [InlineData("vae", 20)]
    [InlineData("cnn_8", 300)] // most units are dropped
    [InlineData("wgan_gp", 5)]
    [InlineData("speech_lstm", 5)]
    [InlineData("speech_attention", 5)]
    public void A_training_step_learns(string name, int steps)
    {
        using var seed = Tensor.Seed(1);
        var step = WorkloadBench.StepOf(Workload.All.Single(w => w.Name == name).Prepare());
        var first = step.Run()[0].Item();
        for (var i = 0; i < steps; i++) step.Run();
        var last = step.Run()[0].Item();
        Assert.True(double.IsFinite(last) && last < first, $"{first} before, {last} after");
    }

    [Fact]
    public void Each_of_two_players_learns_against_the_other()
    {
        using var seed = Tensor.Seed(1);
        var step = WorkloadBench.StepOf(Workload.All.Single(w => w.Name == "dcgan").Prepare());
        var (judged, fooled) = Run();
        for (var i = 0; i < 5; i++) step.Run();
        var after = Run();
        // Telling noise from what a new generator makes is easy, and then it is hard to fool.
        Assert.InRange(after.Judged, 0, judged);
        Assert.InRange(after.Fooled, fooled, 1e3);

        (double Judged, double Fooled) Run() => step.Run() is [var j, var f] ? (j.Item(), f.Item()) : default;
    }

    [Theory]
    [InlineData("infer_speech")]
    [InlineData("infer_cnn")]
    public void What_a_model_says_does_not_change_it(string name)
    {
        var step = WorkloadBench.StepOf(Workload.All.Single(w => w.Name == name).Prepare());
        var first = step.Run()[0].ToArray<float>();
        Assert.Contains(first, n => n != 0);
        Assert.Equal(first, step.Run()[0].ToArray<float>());
    }
}
