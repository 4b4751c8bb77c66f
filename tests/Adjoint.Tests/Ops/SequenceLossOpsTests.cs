using Xunit;

namespace Adjoint.Tests;

public sealed class SequenceLossOpsTests
{
    const int Frames = 5, Classes = 3;

    // Every way to give each frame a class; those count that read as the labels, repeats merged and blanks dropped.
    [Theory]
    [InlineData(new[] { 1, 2 })]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 2 })]
    [InlineData(new[] { 2, 1, 2 })]
    public void Ctc_sums_over_all_alignments(int[] labels)
    {
        var p = Forward.Of("softmax", Numbers.Normal(7, Frames, 1, Classes));
        var total = 0.0;
        for (var code = 0; code < (int)Math.Pow(Classes, Frames); code++)
        {
            var path = Enumerable.Range(0, Frames).Select(t => code / (int)Math.Pow(Classes, t) % Classes).ToArray();
            if (Read(path).SequenceEqual(labels)) total += path.Select((v, t) => p[t, 0, v]).Aggregate(1.0,
                (a, b) => a * b);
        }
        var z = NdArray.Generate([1, 2 * labels.Length + 1], s => s % 2 == 1 ? labels[s / 2] : 0);
        var end = NdArray.Vector(2 * labels.Length);
        Numbers.Equal(-Math.Log(total), Forward.Of("ctc", Forward.Of("log", p), z, NdArray.Vector(Frames), end), "ctc");
        Numbers.Equal(-Math.Log(total), Forward.Of("ctc_scaled", p, z, end), "ctc_scaled");
    }

    [Fact]
    public void Frames_and_labels_beyond_the_lengths_do_not_count()
    {
        var logp = Forward.Of("log_softmax", Numbers.Normal(8, Frames, 1, Classes));
        var shorter = new NdArray([3, 1, Classes], logp.Values[..(3 * Classes)]);
        var expected = Forward.Of("ctc", shorter, Numbers.Of([1, 3], 0, 2, 0), NdArray.Vector(3), NdArray.Vector(2));
        Numbers.Equal(expected,
            Forward.Of("ctc", logp, Numbers.Of([1, 5], 0, 2, 0, 1, 0), NdArray.Vector(3), NdArray.Vector(2)));
    }

    // Log probabilities and logits differ by a constant a frame: their gradients differ by the softmax.
    [Fact]
    public void The_gradient_by_logits_is_the_softmax_minus_the_share_of_each_class()
    {
        var logits = Numbers.Normal(9, Frames, 1, Classes);
        var logp = Gradient.Of(SoftmaxOps.LogSoftmax, new() { ["x"] = logits }, []);
        var loss = Gradient.OfLoss(SequenceLossOps.Ctc, new()
        {
            ["logp"] = logp["y"], ["z"] = Numbers.Of([1, 3], 0, 1, 0), ["length"] = NdArray.Vector(Frames),
            ["end"] = NdArray.Vector(2),
        });
        // Of every frame some class was taken: the shares sum to 1.
        Numbers.Equal(NdArray.Generate([Frames, 1], _ => -1), Forward.Of("sum", loss["dlogp"]));
        var dx = Gradient.Of(SoftmaxOps.LogSoftmax, new() { ["x"] = logits }, new() { ["y"] = loss["dlogp"] })["dx"];
        Numbers.Equal(Forward.Of("add", Forward.Of("softmax", logits), loss["dlogp"]), dx);
    }

    static IEnumerable<int> Read(int[] path) => path.Where((v, t) => v != 0 && (t == 0 || path[t - 1] != v));
}
