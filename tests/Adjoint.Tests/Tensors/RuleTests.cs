using Xunit;

namespace Adjoint.Tests;

// What tensors promise about when things are computed, kept and reported; one test a promise.

public sealed class RuleTests
{
    [Fact]
    public void Calls_compute_nothing_and_a_hover_shows_so()
    {
        var y = Tensor.Ones(2) + 1;
        Assert.Equal("float32[2] (not computed)", y.ToString());
        Assert.Equal("float32[2] = 2, 2", Read(y).ToString());
        Assert.Equal("float32[9] = 0, 1, 2, 3, 4, 5, …", Read(Tensor.Arange(9)).ToString());
    }

    [Fact]
    public void Values_are_computed_once()
    {
        var y = Tensor.Ones(2) + 1;
        Read(y);
        var values = y.Values;
        Read(y);
        Assert.Same(values, y.Values);
    }

    [Fact]
    public void A_computed_tensor_drops_its_operands_unless_a_gradient_may_need_them()
    {
        var plain = Read(Tensor.Ones(2) + 1);
        Assert.Null(plain.Source);
        var needed = Read(Tensor.Ones(2).WithGrad() + 1);
        Assert.NotNull(needed.Source);
        using (Tensor.WithoutGradient()) Assert.Null(Read(Tensor.Ones(2).WithGrad() + 1).Source);
    }

    [Fact]
    public void The_same_structure_hits_the_plan_cache()
    {
        Tensor Formula(double by) => (Tensor.Full(DType.Float32, by, 3, 5) * 7).Tanh().Sum(0);
        Read(Formula(1));
        var keys = new[] { Formula(2), Formula(3) }.Select(y => PlanKey.Of(Plan.Calls([y]), [y], [])).ToArray();
        Assert.Equal(keys[0], keys[1]);
        Assert.Same(Plan.For([Formula(2)]).Plan, Plan.For([Formula(3)]).Plan);
    }

    [Fact]
    public void The_plan_cache_is_bounded_and_drops_the_plan_unused_for_longest()
    {
        var cache = new PlanCache(2, _ => { });
        var keys = Enumerable.Range(1, 3).Select(n => KeyOf(Tensor.Ones(n) + 1)).ToArray();
        int compiled = 0;
        Plan Compile()
        {
            compiled++;
            return Plan.For([Tensor.Ones(1) + 1]).Plan;
        }
        foreach (var key in new[] { keys[0], keys[1], keys[0], keys[2], keys[0] }) cache.Find(key, Compile);
        Assert.Equal((2, 3), (cache.Count, compiled));
        cache.Find(keys[1], Compile);
        Assert.Equal(4, compiled);
    }

    [Fact]
    public void A_recompile_is_reported_once_with_the_shape_that_caused_it()
    {
        var reports = new List<string>();
        var cache = new PlanCache(8, reports.Add);
        foreach (var size in new[] { 5, 7, 7, 5 })
            cache.Find(KeyOf(Tensor.Ones(size, 4).Tanh()), () => Plan.For([Tensor.Ones(1) + 1]).Plan);
        Assert.Equal(["Plan: 1 calls are compiled again; x of tanh is float32[7, 4], before it was float32[5, 4]."],
            reports);
    }

    [Fact]
    public async Task A_region_without_gradient_follows_await_and_stays_in_its_flow()
    {
        var w = Tensor.Ones(2).WithGrad();
        async Task<bool> Inside()
        {
            using (Tensor.WithoutGradient())
            {
                await Task.Yield();
                return (w + 1).NeedsGrad;
            }
        }
        var inside = Inside();
        Assert.True((w + 1).NeedsGrad);
        Assert.False(await inside);
        Assert.True((w + 1).NeedsGrad);
    }

    [Fact]
    public void A_pending_read_sees_the_value_before_the_update()
    {
        var w = Tensor.Ones(2).WithGrad();
        var before = w * 3;
        Tensor.Assign((w, w + 1));
        var after = w * 3;
        Assert.Equal([3f, 3f], before.ToArray<float>());
        Assert.Equal([6f, 6f], after.ToArray<float>());
        (before * after).Sum().Backward();
        Assert.Equal([27f, 27f], w.Grad!.ToArray<float>()); // 3 * 6 + 3 * 3: both versions are w
    }

    [Fact]
    public void A_captured_step_leaves_pending_reads_and_copies_alone()
    {
        var w = Tensor.Ones(2);
        var start = Tensor.Zeros(2);
        Tensor.Assign((w, start));
        var step = Step.Capture(x =>
        {
            Tensor.Assign((w, w + x));
            return w * 1;
        });
        var before = w * 10;
        for (var n = 0; n < 4; n++) step.Run(Tensor.Ones(2));
        Assert.Equal([0f, 0f], before.ToArray<float>());
        Assert.Equal([0f, 0f], start.ToArray<float>());
        Assert.Equal([4f, 4f], w.ToArray<float>());
    }

    [Fact]
    public void What_a_step_does_not_return_is_gone_after_it_by_name()
    {
        Tensor? hidden = null;
        var step = Step.Capture(x =>
        {
            hidden = x.Tanh();
            return hidden.Sum();
        });
        step.Run(Tensor.Ones(2));
        var error = Assert.Throws<InvalidOperationException>(() => hidden!.ToArray<float>());
        Assert.Equal("float32[2] (not computed) is read after the step that made it.\n  y of tanh\nHint: return it from the step.",
            error.Message);
    }

    [Fact]
    public void A_capture_leaves_gradients_as_they_were()
    {
        var (w, frozen) = (Tensor.Ones(2).WithGrad(), Tensor.Ones(2).WithGrad());
        var step = Step.Capture(x =>
        {
            (w * frozen * x).Sum().Backward();
            Tensor.Assign((w, w - w.Grad!));
            return w.Grad!;
        });
        Assert.Equal([1f, 1f], step.Run(Tensor.Ones(2))[0].ToArray<float>());
        Assert.Null(w.Grad);
        Assert.Null(frozen.Grad);
        Assert.Equal([1f, 1f, 1f], Step.Capture(x => x * 1).Run(Tensor.Ones(3))[0].ToArray<float>());
    }

    [Fact]
    public async Task Eight_inferences_at_once_agree()
    {
        var (w, bias) = (Tensor.Normal(6, 4), Tensor.Normal(6));
        float[] Infer(int seed)
        {
            var x = Tensor.Full(DType.Float32, seed, 3, 4);
            return x.Linear(w, bias).Relu().Softmax().ToArray<float>();
        }
        var expected = Enumerable.Range(0, 8).Select(Infer).ToArray();
        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() => Infer(seed))));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Looking_at_the_loss_of_a_step_allocates_nothing()
    {
        var loss = Tensor.Scalar(2.5);
        Assert.Equal(2.5, loss.Item());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 100; n++) _ = loss.Item();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Recording_a_call_takes_few_bytes()
    {
        const int Calls = 1000;
        const int MostBytes = 200; // a call, its result, and an array of both
        var (x, z) = (Tensor.Ones(4, 4), Tensor.Ones(4, 4));
        for (var n = 0; n < 10; n++) _ = x + z;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < Calls; n++) _ = x + z;
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Calls, 1, MostBytes);
    }

    [Fact]
    public void A_recording_that_nobody_reads_is_computed_before_it_grows_without_end()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ADJOINT_SLOW") == "1",
            "A plan of 10,000 calls takes half a minute: ./check.sh --slow.");
        var total = Tensor.Scalar(0, DType.Float64);
        for (var n = 0; n < Recorded.MaxDepth + 5; n++) total += 1;
        Assert.InRange(total.Source!.Depth, 0, 10);
        Assert.Equal(Recorded.MaxDepth + 5, total.Item());
    }

    [Fact]
    public void A_sum_onto_a_computed_tensor_begins_with_it()
    {
        var x = Tensor.Ones(3, 2);
        var added = (x + 1).ScatterAddRows(Tensor.Of([0, 2, 0], 3), Tensor.Ones(3, 2));
        Assert.Equal([4f, 4f, 2f, 2f, 3f, 3f], added.ToArray<float>());
        var set = (x + 1).ScatterRows(Tensor.Of([2], 1), Tensor.Ones(1, 2));
        Assert.Equal([2f, 2f, 2f, 2f, 1f, 1f], (set * 1).ToArray<float>());
    }

    static Tensor Read(Tensor y)
    {
        y.ToHost();
        return y;
    }

    static PlanKey KeyOf(Tensor y) => PlanKey.Of(Plan.Calls([y]), [y], []);
}
