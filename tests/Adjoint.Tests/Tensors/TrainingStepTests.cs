using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests;

// A real training step, captured: a perceptron with Adam.

[Collection(nameof(TrainingStepTests))]
[CollectionDefinition(nameof(TrainingStepTests), DisableParallelization = true)]
public sealed class TrainingStepTests
{
    static readonly int Steps = RandomRun.IsSlow ? 10_000 : 300;

    [Fact]
    public void A_warm_step_allocates_nothing_collects_nothing_and_keeps_its_memory()
    {
        var mlp = new Perceptron(1);
        for (var n = 0; n < 20; n++) mlp.Run();
        GC.Collect();
        var resident = Resident();
        var (own, total, collections) = Counters();
        for (var n = 0; n < Steps; n++) mlp.Run();
        var after = Counters();
        Assert.Equal(0, after.Own - own);
        Assert.Equal(0, after.Collections - collections);
        // Other threads of the test run may allocate a little, and it is counted in blocks; a step that allocates would show Steps times.
        Assert.InRange(after.Total - total, 0, (64 << 10) + Steps * 8);
        Assert.InRange(Resident() - resident, long.MinValue, 4 << 20);

        static (long Own, long Total, int Collections) Counters() => (GC.GetAllocatedBytesForCurrentThread(),
            GC.GetTotalAllocatedBytes(), GC.CollectionCount(0) + GC.CollectionCount(1) + GC.CollectionCount(2));
    }

    [Fact]
    public void It_trains_as_on_the_reference()
    {
        var (here, law) = (new Perceptron(2), new Perceptron(2));
        for (var n = 0; n < 4; n++) here.Run();
        for (var n = 0; n < 4; n++) law.RunOnReference();
        Assert.True(here.Weights.IsNear(law.Weights, Tolerance.CpuTraining), $"{here.Weights.DistanceTo(law.Weights)}");
        Assert.False(here.Weights.IsNear(new Perceptron(2).Weights, Tolerance.CpuTraining));
    }

    [Fact]
    public void Equal_runs_give_equal_bits_on_one_thread_and_on_two()
    {
        var mlp = new Perceptron(3, sizes: [96, 128, 64, 10], batch: 48);
        using var one = new Team(1);
        using var two = new Team(2);
        var expected = mlp.Updates(one);
        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(expected, mlp.Updates(one));
            Assert.Equal(expected, mlp.Updates(two));
        }
        var first = new Perceptron(4);
        var second = new Perceptron(4);
        for (var n = 0; n < 10; n++)
        {
            first.Run();
            second.Run();
        }
        Assert.Equal(first.Weights.Values, second.Weights.Values);
    }

    [Fact]
    public void Pointwise_updates_are_written_over_the_old_values_unless_somebody_still_reads_them()
    {
        Assert.SkipUnless(CpuPlan.IsOn, "the reference writes into memory of its own");
        var w = Tensor.Ones(100);
        var step = Step.Capture(x =>
        {
            Tensor.Assign((w, w * 2 + x));
            return x.Sum();
        });
        var memory = w.Values;
        step.Run(Tensor.Ones(100));
        Assert.Same(memory, w.Values);
        var pending = w + 0;
        step.Run(Tensor.Ones(100));
        Assert.NotSame(memory, w.Values);
        Assert.Equal(3f, pending.ToArray<float>()[0]);
        step.Run(w); // as its own input it must keep its values until the last was read
        Assert.Equal(21f, w.ToArray<float>()[99]);
    }

    [Fact]
    public void An_update_that_mixes_cells_is_not_written_in_place()
    {
        var w = Tensor.Of([1f, 2f, 3f], 3);
        var step = Step.Capture(x =>
        {
            Tensor.Assign((w, Loop.Run($"y[i] = {w}[#i - 1 - i] + {x}[i]")));
            return x.Sum();
        });
        step.Run(Tensor.Zeros(3));
        Assert.Equal([3f, 2f, 1f], w.ToArray<float>());
    }

    static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    sealed class Perceptron
    {
        readonly List<Tensor> parameters = [];
        readonly List<(Tensor M, Tensor V)> states = [];
        readonly Tensor count = Tensor.Scalar(0, DType.Int32);
        readonly Tensor input, label;
        readonly Step step;

        public Perceptron(ulong seed, int[]? sizes = null, int batch = 8)
        {
            sizes ??= [24, 32, 10];
            var random = new SplitMix64(seed);
            for (var l = 0; l + 1 < sizes.Length; l++)
            {
                Add(random, 0.3, sizes[l + 1], sizes[l]);
                Add(random, 0.1, sizes[l + 1]);
            }
            input = Numbers(random, 1, batch, sizes[0]);
            label = Tensor.Of(Enumerable.Range(0, batch).Select(_ => random.Integer(0, sizes[^1] - 1)).ToArray(), batch);
            step = Step.Capture(Train);
        }

        public NdArray Weights => NdArray.Vector([.. parameters.SelectMany(p => p.ToHost().ToDoubles())]);

        public void Run() => step.Run(input, label);

        // The same code in free form, on the interpreter.
        public void RunOnReference()
        {
            var (program, targets, values) = Program();
            var outputs = Run(new ReferencePlan(program) { LeafOf = [], NumberOf = [] }, program);
            Tensor.Assign([.. targets.Select(t => (t.Target,
                new Tensor(outputs[values.IndexOf(t.Value)], [.. t.Value.Shape], t.Value.Type)))]);
        }

        /// <summary>What one step of kernels would assign.</summary>
        public double[] Updates(Team team)
        {
            var (program, _, _) = Program();
            var options = new CpuOptions { Team = team, OperationsPerChunk = 2048 };
            var outputs = Run(new CpuPlan(program, options: options) { LeafOf = [], NumberOf = [] }, program);
            return [.. outputs.SelectMany((o, n) => new Tensor(o, [.. program.Results[n].Shape], program.Results[n].Type)
                .ToHost().ToDoubles())];
        }

        (StepProgram Program, List<(Tensor Target, Tensor Value)> Targets, List<Tensor> Values) Program()
        {
            var targets = new List<(Tensor Target, Tensor Value)>();
            _ = Train(input, label, targets);
            var values = targets.Select(t => t.Value).ToList();
            return (StepProgram.Of(Plan.Calls(values), values), targets, values);
        }

        static Storage[] Run(Plan plan, StepProgram program)
        {
            Storage[] outputs = [.. program.Results.Select(r => Storage.Allocate(r.Count * r.Type.ByteSize))];
            plan.Run([.. program.Leaves.Select(l => l.Values!)], outputs,
                [.. program.Program.Attributes.Select(a => a.Default)]);
            return outputs;
        }

        Tensor Train(Tensor x, Tensor label)
        {
            var targets = new List<(Tensor Target, Tensor Value)>();
            var loss = Train(x, label, targets);
            Tensor.Assign([.. targets]);
            return loss;
        }

        Tensor Train(Tensor x, Tensor label, List<(Tensor Target, Tensor Value)> targets)
        {
            for (var p = 0; p < parameters.Count; p += 2)
            {
                x = x.Linear(parameters[p], parameters[p + 1]);
                if (p + 2 < parameters.Count) x = x.Relu();
            }
            var loss = x.CrossEntropy(label);
            loss.Backward();
            for (var p = 0; p < parameters.Count; p++)
            {
                var (w, (m, v)) = (parameters[p], states[p]);
                var updated = OptimizerOps.Adam.CallAll([w, w.Grad!, m, v, count], 0.01);
                targets.AddRange([(w, updated[0]), (m, updated[1]), (v, updated[2])]);
                if (p == 0) targets.Add((count, updated[3]));
                w.Grad = null;
            }
            return loss;
        }

        void Add(SplitMix64 random, double scale, params int[] shape)
        {
            parameters.Add(Numbers(random, scale, shape).WithGrad());
            states.Add((Tensor.Zeros(shape), Tensor.Zeros(shape)));
        }

        static Tensor Numbers(SplitMix64 random, double scale, params int[] shape) =>
            Tensor.Of(Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b))
                .Select(_ => (float)(random.Uniform(-1, 1) * scale)).ToArray(), shape);
    }
}
