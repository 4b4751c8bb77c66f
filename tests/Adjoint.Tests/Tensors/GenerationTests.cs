using Xunit;

namespace Adjoint.Tests;

// Letters one after the other with cached keys and values: the cache has room for Capacity positions, an integer tells
// how many are filled, and one plan serves them all.

public sealed class GenerationTests
{
    const int Capacity = 40, Heads = 2, Width = 6;

    [Fact]
    public void One_plan_decodes_every_position_as_whole_attention_does()
    {
        Tensor x = Random(1, Capacity, Width);
        Tensor wq = Random(2, Width, Width), wk = Random(3, Width, Width), wv = Random(4, Width, Width), wo = Random(5, Width, Width);
        var whole = AttentionOps.AttentionMultiheadCausal
            .Call([Project(wq), Project(wk), Project(wv)], Heads).MatMulTransposed(wo).ToArray<float>();

        Tensor keys = Tensor.Zeros(1, Heads, Capacity, Width / Heads), values = Tensor.Zeros(1, Heads, Capacity, Width / Heads);
        var captures = 0;
        var step = Step.Capture((row, position) =>
        {
            captures++;
            var made = GenerationOps.MultiheadAttentionStep.CallAll([row, wq, wk, wv, wo, keys, values, position]);
            Tensor.Assign((keys, made[1]), (values, made[2]));
            return made[0];
        });
        var cells = keys.Values;
        for (var p = 0; p < Capacity; p++)
        {
            var y = step.Run(x[p].Reshape(1, Width), Position(p))[0].ToArray<float>();
            Assert.Equal(whole[(p * Width)..((p + 1) * Width)], y, (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
        }
        Assert.Equal(1, captures);
        Assert.Same(cells, keys.Values); // the cache stays where it is: a row is written, not the whole

        Tensor Project(Tensor w) => x.Reshape(1, Capacity, Width).MatMulTransposed(w);
    }

    [Fact]
    public void Appending_to_a_cache_and_looking_back_are_calls_of_their_own_as_well()
    {
        Tensor q = Random(1, Capacity, Width), k = Random(2, Capacity, Width), v = Random(3, Capacity, Width);
        var whole = Batched(q).AttentionCausal(Batched(k), Batched(v)).ToArray<float>();
        Tensor keys = Tensor.Zeros(1, Capacity, Width), values = Tensor.Zeros(1, Capacity, Width);
        var step = Step.Capture(inputs =>
        {
            var filled = GenerationOps.CacheAppend.Call([keys, inputs[1], inputs[3]]);
            var known = GenerationOps.CacheAppend.Call([values, inputs[2], inputs[3]]);
            Tensor.Assign((keys, filled), (values, known));
            return [GenerationOps.AttentionStep.Call([inputs[0], filled, known, inputs[3]])];
        });
        foreach (var p in Enumerable.Range(0, Capacity))
        {
            var y = step.Run(q[p].Reshape(1, -1), k[p].Reshape(1, -1), v[p].Reshape(1, -1), Position(p))[0].ToArray<float>();
            Assert.Equal(whole[(p * Width)..((p + 1) * Width)], y, (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
        }
    }

    [Fact]
    public void A_position_beyond_the_cache_is_an_error_and_changes_nothing()
    {
        var cache = Random(1, 1, 4, 3);
        var before = cache.ToArray<float>();
        var step = Step.Capture((row, position) =>
        {
            var filled = GenerationOps.CacheAppend.Call([cache, row, position]);
            Tensor.Assign((cache, filled));
            return filled.Sum();
        });
        step.Run(Random(2, 1, 3), Position(1));
        before = cache.ToArray<float>();
        var error = Assert.Throws<LoopRunException>(() => step.Run(Random(3, 1, 3), Position(4)));
        Assert.Contains("index 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, cache.ToArray<float>());
    }

    [Fact]
    public void An_attribute_that_ends_a_loop_or_picks_a_cell_is_an_argument_of_the_plan()
    {
        var x = Random(1, 50);
        Tensor Ended(int end) => Loop.Run($"y[i] = {x}[i] if i < {end}");
        Tensor Picked(int at) => Loop.Run($"y[i] = {x}[i] - {x}[{at}]");
        foreach (var make in new Func<int, Tensor>[] { Ended, Picked })
            Assert.Same(Plan.For([make(3)]).Plan, Plan.For([make(17)]).Plan);
        var numbers = x.ToArray<float>();
        foreach (var n in new[] { 0, 3, 17, 49 })
        {
            Assert.Equal(numbers.Select((v, i) => i < n ? v : 0), Ended(n).ToArray<float>());
            Assert.Equal(numbers.Select(v => v - numbers[n]), Picked(n).ToArray<float>());
        }
        Assert.Equal(numbers.Select((v, i) => i < 2.5 ? v : 0), Loop.Run($"y[i] = {x}[i] if i < {2.5}").ToArray<float>());
        Assert.Throws<LoopRunException>(() => Picked(50).ToArray<float>());
    }

    static Tensor Position(int p) => Tensor.Scalar(p, DType.Int64);

    static Tensor Batched(Tensor x) => x.Reshape(1, Capacity, Width);

    static Tensor Random(ulong seed, params int[] shape)
    {
        var random = new SplitMix64(seed);
        return Tensor.Of(Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b))
            .Select(_ => (float)random.Uniform(-1, 1)).ToArray(), shape);
    }
}
