using Xunit;

namespace Adjoint.Tests;

public sealed class SequenceSystemTests
{
    [Theory]
    [InlineData("seq2seq", "task=reverse,width=16,units=48,examples=2000,epochs=8,lr=0.01", 0.4, 0.5)]
    [InlineData("copy-memory", "lag=1,model=gru,units=48,examples=2000,epochs=8,lr=0.01", 0.25, 0.8)]
    [InlineData("adding", "lag=8,units=24,examples=2000,epochs=8,lr=0.01", 0.3, 0.5)]
    public void A_task_is_learned(string name, string changes, double right, double left)
    {
        using var scratch = new ScratchFolder();
        var system = TrainingSystem.Find(name);
        var settings = system.Settings();
        foreach (var change in changes.Split(',')) settings.Set(change.Split('=')[0], change.Split('=')[1]);
        var prepared = system.Prepare(settings, null, 1);
        using var loader = prepared.Job.Loader;
        var before = prepared.Job.Validate!(default);
        new Trainer(prepared.Job, SmallJob.Folder(scratch), TrainingSystem.Options(settings)).Run();
        var after = prepared.Job.Test!(default);
        Assert.True(after["right"] > right && after["loss"] < before["loss"] * left, $"right {after["right"]}, loss {after["loss"]} after {before["loss"]}");
        Assert.Throws<SettingException>(() => system.Prepare(settings, "file", 1));
    }

    [Theory]
    [InlineData("dates")]
    [InlineData("reverse")]
    [InlineData("numbers")]
    public void Every_drawn_pair_fits(string task)
    {
        var random = new SplitMix64(3);
        var (source, target) = SequenceTasks.Lengths(task);
        var pairs = Enumerable.Range(0, 3000).Select(_ => SequenceTasks.Draw(task, random)).ToList();
        Assert.All(pairs, p => Assert.True(p.Source.Length <= source && p.Target.Length < target, $"{p}"));
        Assert.True(pairs.Distinct().Count() > 1000);
        Assert.Equal(3000, SequenceTasks.Dataset(task, 3000, 3).Count);
        Assert.Equal("seven thousand seven hundred seventy-seven", SequenceTasks.Words(7777));
        Assert.Equal("ten", SequenceTasks.Words(10));
        Assert.Throws<SettingException>(() => SequenceTasks.Lengths("songs"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Writing_step_by_step_has_the_probability_of_the_whole_and_a_beam_is_never_worse(bool attention)
    {
        const int Tokens = 6, Source = 5, Longest = 4;
        var model = new Seq2Seq(Tokens, Source, 5, 7, attention);
        model.Initialize(4);
        var writer = new SequenceWriter(model, Source);
        int[] source = [3, 1, 5];
        var greedy = writer.Greedy(source, Longest);
        // Wide enough to hold every beginning: nothing is overlooked.
        var all = writer.Beam(source, Longest, width: 2000);
        Assert.True(all[0].LogProbability >= greedy.LogProbability - Tolerance.CpuSingle);
        Assert.Equal(all.OrderByDescending(w => w.LogProbability), all);
        Assert.Equal(1, all.Sum(w => Math.Exp(w.LogProbability)), Tolerance.CpuSingle);
        foreach (var made in new[] { greedy, all[7], writer.Sample(source, Longest, new(), 5) })
        {
            int[] written = [.. made.Tokens, .. made.Tokens.Count < Longest ? new[] { 0 } : []];
            int[] packed = [.. source, .. new int[Source - source.Length], 0, .. written[..^1]];
            var logs = model.Forward(Tensor.Of(packed, 1, packed.Length)).LogSoftmax().ToArray<float>();
            Assert.Equal(written.Select((t, n) => (double)logs[n * Tokens + t]).Sum(), made.LogProbability, Tolerance.CpuSingle);
        }
        Assert.Equal(greedy.Tokens, writer.Sample(source, Longest, new(Temperature: 0), 1).Tokens);
        Assert.Equal("SequenceWriter: a source has 1 to 5 tokens, not 0.", Assert.Throws<ShapeException>(() => writer.Greedy([], Longest)).Message);
        Assert.Equal("SequenceWriter: a source has 1 to 5 tokens, not 6.",
            Assert.Throws<ShapeException>(() => writer.Greedy([1, 1, 1, 1, 1, 1], Longest)).Message);
        Assert.Equal("SequenceWriter: there is no token 6 (number 1 of the source).\n  possible  1 to 5; 0 ends a sequence",
            Assert.Throws<ShapeException>(() => writer.Greedy([1, 6], Longest)).Message);
        Assert.StartsWith("SequenceWriter: a beam is 1 or wider. (", Assert.Throws<ArgumentOutOfRangeException>(() =>
            writer.Beam(source, Longest, width: 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_of_nothing_but_padding_is_one_of_length_0()
    {
        var model = new Seq2Seq(tokens: 5, sourceLength: 4, width: 3, units: 2, hasAttention: true);
        model.Initialize(1);
        var scores = model.Forward(Tensor.Of([3, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 1, 2], 2, 7)).ToArray<float>();
        Assert.All(scores, s => Assert.True(float.IsFinite(s)));
        Assert.NotEqual(scores[..15], scores[15..]);
    }
}
