using Xunit;

namespace Adjoint.Tests;

public sealed class ScanTests
{
    static readonly SplitMix64 Random = new(5);

    [Fact]
    public void A_scanned_cell_is_the_recurrent_op()
    {
        var (x, w, u, bias, h0) = (Draw(4, 2, 3), Draw(5, 3), Draw(5, 5), Draw(5), Draw(2, 5));
        var scanned = Scan();
        var expected = RecurrentOps.Rnn.Call([x, w, u, bias, h0]);
        Assert.InRange(Distance(scanned, expected), 0, Tolerance.Reordered);
        Tensor[] leaves = [x, w, u, bias, h0];
        var given = Draw(4, 2, 5).Detach();
        scanned.Backward(given);
        var gradients = leaves.Select(l => l.Grad!.Detach()).ToArray();
        foreach (var leaf in leaves) leaf.Grad = null;
        expected.Backward(given);
        foreach (var (leaf, gradient) in leaves.Zip(gradients))
            Assert.InRange(Distance(gradient, leaf.Grad!), 0, Tolerance.Reordered);

        Tensor Scan() => Tensor.Scan((now, h) => (now.Linear(w, bias) + h.Linear(u)).Tanh(), x, h0);
    }

    [Fact]
    public void The_code_of_a_cell_runs_once_a_call_and_its_program_is_made_once()
    {
        var runs = 0;
        var x = Draw(6, 2);
        Tensor Sum() => Tensor.Scan((now, total) =>
        {
            runs++;
            return total * 0.5 + now;
        }, x, Tensor.Zeros(DType.Float64, 2));
        Assert.InRange(Distance(Sum(), Sum()), 0, 0);
        Assert.Equal(2, runs);
        var plans = PlanCache.Shared.Count;
        Sum().ToArray<double>();
        Assert.Equal(plans, PlanCache.Shared.Count);
    }

    [Fact]
    public void Several_states_are_carried_together()
    {
        var x = Tensor.Of<double>([1, 1, 1, 1, 1], 5);
        var states = Tensor.Scan((now, s) => [s[1], s[0]
            + s[1]], x, Tensor.Scalar(0, DType.Float64), Tensor.Scalar(1, DType.Float64));
        Assert.Equal([1, 1, 2, 3, 5], states[0].ToArray<double>());
        Assert.Equal([1, 2, 3, 5, 8], states[1].ToArray<double>());
    }

    [Fact]
    public void A_cell_of_the_catalogue_scans_to_its_layer()
    {
        var (x, w, u, bias, h0) = (Draw(3, 2, 3), Draw(4, 3), Draw(4, 4), Draw(4), Draw(2, 4));
        var scanned = Tensor.Scan((now, h) => CellOps.RnnCell.Call([now, h, w, u, bias]), x, h0);
        Assert.InRange(Distance(scanned, RecurrentOps.Rnn.Call([x, w, u, bias, h0])), 0, Tolerance.Reordered);
    }

    [Fact]
    public void Another_state_than_the_one_before_is_an_error()
    {
        var error = Assert.Throws<ShapeException>(() => Tensor.Scan((now, h) => h[0], Draw(3, 2), Draw(2)));
        Assert.Equal("Scan: the cell returns another state than it gets.\n  before : float64[2]\n  after  : float64[]", error.Message);
        var read = Assert.Throws<InvalidOperationException>(() => Tensor.Scan((now, h) => h * now.Item(), Draw(3),
            Draw(2)));
        Assert.Contains("while a cell is captured", read.Message);
    }

    static Tensor Draw(params int[] shape) => Tensor.Of(HostArray.FromDoubles(DType.Float64, shape,
        [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => Random.Uniform(-1, 1))])).WithGrad();

    static double Distance(Tensor a, Tensor b) => new NdArray([.. a.Shape], a.ToHost().ToDoubles())
        .DistanceTo(new([.. b.Shape], b.ToHost().ToDoubles()));
}
