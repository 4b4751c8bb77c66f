using Xunit;

namespace Adjoint.Tests;

public sealed class StepTests
{
    [Fact]
    public void A_leaf_that_is_assigned_to_twice_holds_what_was_given_last()
    {
        Tensor w = Tensor.Of([1f, 2f], 2), v = Tensor.Of([5f, 6f], 2);
        var step = Step.Capture(x =>
        {
            Tensor.Assign((w, w + x), (v, v * x));
            Tensor.Assign((w, w.Latest * 10));
            return w.Latest + w; // calls read what the step began with, unless they ask
        });
        Assert.Equal([21f, 32f], step.Run(Tensor.Ones(2))[0].ToArray<float>());
        Assert.Equal([20f, 30f], w.ToArray<float>());
        step.Run(Tensor.Ones(2));
        Assert.Equal([210f, 310f], w.ToArray<float>());
        Assert.Equal([5f, 6f], v.ToArray<float>());
        Assert.Same(w, w.Latest);
    }

    [Fact]
    public void Two_leaves_can_change_places()
    {
        Tensor a = Tensor.Of([1f], 1), b = Tensor.Of([2f], 1);
        Tensor.Assign((a, b), (b, a));
        Assert.Equal((2.0, 1.0), (a.Item(), b.Item()));
        var step = Step.Capture(x =>
        {
            Tensor.Assign((a, b), (b, a + x));
            return x;
        });
        step.Run(Tensor.Zeros(1));
        step.Run(Tensor.Zeros(1));
        step.Run(Tensor.Zeros(1));
        Assert.Equal((1.0, 2.0), (a.Item(), b.Item()));
    }

    [Fact]
    public void A_dial_changes_a_step_and_equal_dials_stay_apart()
    {
        Tensor w = Tensor.Of([100f], 1), v = Tensor.Of([100f], 1);
        Dial one = new(0.5), other = new(0.5);
        var count = 0;
        var step = Step.Capture(g =>
        {
            count++;
            var plain = OptimizerOps.Sgd.Call([w, g], 0.5);
            Tensor.Assign((w, Turned(w, one)), (v, Turned(v, other)));
            return plain;

            Tensor Turned(Tensor leaf, Dial dial)
            {
                var y = OptimizerOps.Sgd.Call([leaf, g]);
                y.Source!.Connect("rate", dial);
                return y;
            }
        });
        step.Run(Tensor.Ones(1));
        (one.Value, other.Value) = (2, 7);
        var plain = step.Run(Tensor.Ones(1))[0].Item();
        Assert.Equal((97.5, 92.5, 99.0), (w.Item(), v.Item(), plain));
        Assert.Equal(1, count);
    }

    [Fact]
    public void Preparations_come_before_each_run_and_one_stands_once()
    {
        var runs = 0;
        Action prepare = () => runs++;
        var step = Step.Capture(x =>
        {
            var captured = (Captured)Tracing.Current!;
            Assert.True(captured.Prepare(prepare));
            Assert.False(captured.Prepare(prepare));
            return x * 2;
        });
        step.Run(Tensor.Ones(1));
        step.Run(Tensor.Ones(1));
        Assert.Equal(2, runs);
    }

    [Fact]
    public void Streams_of_a_name_do_not_see_those_of_others()
    {
        Tensor Draw(string name) => Tensor.Draw(OperandKind.Uniform, DType.Float32, [9], name).Copy();
        float[] first, second;
        using (Tensor.Seed(3)) (first, second) = (Draw("a").ToArray<float>(), Draw("a").ToArray<float>());
        using (Tensor.Seed(3))
        {
            _ = Draw("b").ToArray<float>();
            _ = Tensor.Uniform(9).ToArray<float>();
            Assert.Equal(first, Draw("a").ToArray<float>());
            Assert.Equal(second, Draw("a").ToArray<float>());
        }
        Assert.NotEqual(first, second);
        using (Tensor.Seed(4)) Assert.NotEqual(first, Draw("a").ToArray<float>());
    }
}
