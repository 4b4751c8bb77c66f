using Adjoint.Cli;
using Xunit;

namespace Adjoint.Tests;

public sealed class TypedAttentionTests
{
    const int Heads = 2, Width = 16;

    public static TheoryData<string> Rules => [.. TypedAttention.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Memory_is_linear_in_the_length_forward_and_backward(string name)
    {
        var (once, twice) = (ArenaBytes(name, 4096), ArenaBytes(name, 8192));
        // The scores alone would be four times as many.
        Assert.InRange(twice, once, 2.2 * once);
        Assert.True(twice < 8192L * 8192 * Heads / 8 * sizeof(float), $"{twice} bytes");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void In_blocks_it_gives_what_the_interpreter_gives(string name)
    {
        var (q, k, v) = (Made(1, 60), Made(2, 60), Made(3, 60));
        var y = Attend(name)(q, k, v);
        y.Backward(Made(4, 60));
        Tensor[] wanted = [y, q.Grad!, k.Grad!, v.Grad!];
        var step = StepProgram.Of(Plan.Calls(wanted), wanted);
        var plan = new CpuPlan(step, options: new() { Blocks = new(MinBytes: 1, Growth: 1, NumbersPerBlock: 2000, FewestRows: 4) })
        {
            LeafOf = [.. Enumerable.Range(0, step.Leaves.Length)], NumberOf = step.Numbers,
        };
        Storage[] outputs = [.. wanted.Select(w => Storage.Allocate(w.Count * sizeof(float)))];
        plan.Run([.. step.Leaves.Select(l => l.Values!)], outputs, [.. step.Program.Attributes.Select(a => a.Default)]);
        var expected = Reference.Run(step.Program, step.Program.Operands.Zip(step.Leaves).ToDictionary(o => o.First.Name,
            o => new NdArray([.. o.Second.Shape], o.Second.ToHost().ToDoubles()))).Outputs.Values.ToList();
        for (var n = 0; n < outputs.Length; n++)
            Assert.Equal(expected[n].Values.ToArray(), [.. outputs[n].AsSpan<float>().ToArray().Select(x => (double)x)], (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
    }

    [Fact]
    public void Memory_of_a_block_is_linear_where_gradients_of_keys_take_megabytes_too()
    {
        long Bytes(int length) => GrowthModel.All[0].Of(new(length, Width: 128, Batch: 8)).PlanOf().ArenaBytes;
        var once = Bytes(1024);
        Assert.InRange(Bytes(2048), once, 2.2 * once);
    }

    static Func<Tensor, Tensor, Tensor, Tensor> Attend(string name) => TypedAttention.All.Single(r => r.Name == name).Attend;

    static long ArenaBytes(string name, int length)
    {
        var (q, k, v, given) = (Made(1, length), Made(2, length), Made(3, length), Made(4, length));
        return Step.Capture((Tensor[] _) => Workload.Both(Attend(name)(q, k, v), given, q, k, v)).PlanOf().ArenaBytes;
    }

    static Tensor Made(ulong seed, int length)
    {
        var random = new SplitMix64(seed);
        return Tensor.Of(HostArray.FromDoubles(DType.Float32, [Heads, length, Width],
            NdArray.Generate([Heads, length, Width], _ => random.Uniform(-1, 1)).Values)).WithGrad();
    }
}
