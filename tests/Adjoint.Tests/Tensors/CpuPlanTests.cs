using Xunit;

namespace Adjoint.Tests;

public sealed class CpuPlanTests
{
    static Tensor Formula(Tensor x, Tensor w) => (x.MatMul(w).Tanh() * 2).Softmax().Sum(0);

    [Fact]
    public void A_plan_is_compiled_unless_the_reference_is_asked_for()
    {
        var (plan, _, _, _) = Plan.For([Formula(Tensor.Ones(3, 4), Tensor.Ones(4, 5))]);
        Assert.Equal(CpuPlan.IsOn, plan is CpuPlan);
    }

    [Fact]
    public void Eight_threads_run_one_plan_at_the_same_time()
    {
        var w = Random(1, 64, 33);
        var inputs = Enumerable.Range(0, 8).Select(n => Random(2 + (ulong)n, 40, 64)).ToArray();
        var expected = inputs.Select(x => Formula(x, w).ToArray<float>()).ToArray();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, n =>
        {
            for (var round = 0; round < 20; round++)
                Assert.Equal(expected[n], Formula(inputs[n], w).ToArray<float>());
        });
    }

    [Fact]
    public void Too_little_memory_is_told_with_tensor_and_plan()
    {
        var made = Assert.Throws<MemoryException>(() => Tensor.Zeros(1 << 20, 1 << 20, 64));
        Assert.Contains("Tensor: float32[1048576, 1048576, 64], is more than this machine has memory for (256.0 TiB).", made.Message, StringComparison.Ordinal);
        Assert.SkipUnless(CpuPlan.IsOn, "the reference has no arena");
        var at = Tensor.Of([5, 7], 2);
        var read = Loop.Run($"""
            axis i < 1048576
            axis j < 1048576
            axis k < 64
            table[{at}[b],{at}[b],{at}[b]] += 1.5
            total += table[i,j,k]
            y[b] = table[{at}[b],{at}[b],{at}[b]] / total
            """);
        var run = Assert.Throws<MemoryException>(() => read.ToArray<float>());
        Assert.Contains("intermediate values", run.Message, StringComparison.Ordinal);
        Assert.Contains("table", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_type_of_memory_comes_and_goes_as_the_reference_converts_it()
    {
        double[] numbers = [-3, 0, 1, 2.5, 100, 300];
        foreach (var from in Enum.GetValues<DType>())
        {
            var x = Tensor.Of(HostArray.FromDoubles(from, [6], numbers));
            var given = x.ToHost().ToDoubles();
            foreach (var to in Enum.GetValues<DType>())
                Assert.Equal(HostArray.FromDoubles(to, [6], given).ToDoubles(), Convert(x, to));
        }
    }

    [Fact]
    public void Another_rate_runs_the_same_plan()
    {
        var (w, g) = (Random(1, 50), Random(2, 50));
        Tensor Update(double rate) => OptimizerOps.Sgd.Call([w, g], rate, 0.1);
        var plans = new[] { 0.5, 0.25 }.Select(rate => Plan.For([Update(rate)]).Plan).ToArray();
        Assert.Same(plans[0], plans[1]);
        foreach (var rate in new[] { 0.5, 0.25, 0.0 })
            Assert.Equal(w.ToArray<float>().Zip(g.ToArray<float>(), (a, b) => (float)(a - rate * (b + 0.1f * a))),
                Update(rate).ToArray<float>(), (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
    }

    [Fact]
    public void An_attribute_that_shapes_loops_makes_a_plan_of_its_own()
    {
        var x = Random(1, 50);
        var plans = new[] { 3, 4 }.Select(offset => Plan.For([Loop.Run($"axis i < {offset}\ny[i] = {x}[0 + i]")]).Plan).ToArray();
        Assert.NotSame(plans[0], plans[1]);
    }

    [Fact]
    public void A_product_keeps_its_engine_when_an_argument_scales_it()
    {
        var (x, w, c) = (Random(1, 40, 30), Random(2, 30, 50), Tensor.Zeros(40, 50));
        var plain = x.Gemm(w, c).ToArray<float>();
        var scaled = x.Gemm(w, c, alpha: 2.5).ToArray<float>();
        Assert.Equal(plain.Select(v => 2.5f * v), scaled, (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
    }

    [Fact]
    public void Random_leaves_are_the_numbers_of_their_key()
    {
        using var _ = Tensor.Seed(5);
        var z = Tensor.Draw(OperandKind.Normal, DType.Float32, [3000]);
        var key = RandomKey.Of(z.Values!);
        var expected = key.Draw(OperandKind.Normal, [3000]).Values.Select(v => (float)v).ToArray();
        Assert.Equal(expected, (z * 1).ToArray<float>());
    }

    static double[] Convert(Tensor x, DType to) => Tensor.Call(Copy, [x], result: to).ToHost().ToDoubles();

    static readonly Definition Copy = new("copy(x[..]) -> y\n  y[..] = x[..]");

    static Tensor Random(ulong seed, params int[] shape)
    {
        var random = new SplitMix64(seed);
        return Tensor.Of(Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b))
            .Select(_ => (float)random.Uniform(-1, 1)).ToArray(), shape);
    }
}
