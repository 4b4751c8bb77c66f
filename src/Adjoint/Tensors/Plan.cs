namespace Adjoint;

/// <summary>An assembled step, ready to run on storages.</summary>
abstract class Plan
{
    /// <summary>For each operand of the program, which leaf of the recorded calls it is, in the order in which they
    /// read them.</summary>
    public required int[] LeafOf { get; init; }

    /// <summary>For each attribute of the program, which attribute of which call it is.</summary>
    public required (int Call, int Attribute)[] NumberOf { get; init; }

    /// <param name="operands">In the order of the program's operands; of a random one its <see
    /// cref="RandomKey"/>.</param>
    /// <param name="outputs">In the order of its outputs.</param>
    /// <param name="numbers">In the order of its attributes.</param>
    public abstract void Run(ReadOnlySpan<Storage> operands, ReadOnlySpan<Storage> outputs,
        ReadOnlySpan<double> numbers);

    /// <summary>Whether an output may be given the memory of some operands, all that lie there: each cell is read
    /// before it is written.</summary>
    public virtual bool MayOverwrite(int output, IReadOnlyList<int> operands) => false;

    /// <summary>Bytes of its intermediate values.</summary>
    public virtual long ArenaBytes => 0;

    /// <summary>The plan for tensors to compute, the leaves whose values are its operands, its numbers, and for each
    /// the dial that gives it, if any.</summary>
    public static (Plan Plan, Tensor[] Leaves, double[] Numbers, Dial?[] Dials) For(IReadOnlyList<Tensor> wanted)
    {
        var calls = Calls(wanted);
        if (ComputesUpdated(calls)) calls = Calls(wanted);
        var leaves = new List<Tensor>();
        var key = PlanKey.Of(calls, wanted, leaves);
        var plan = PlanCache.Shared.Find(key, () =>
        {
            var phases = new Phases();
            var step = StepProgram.Of(calls, wanted);
            phases.End("text");
            int[] order = [.. step.Leaves.Select(l => leaves.IndexOf(l))];
            return CpuPlan.IsOn ? new CpuPlan(step, phases) { LeafOf = order, NumberOf = step.Numbers }
                : new ReferencePlan(step) { LeafOf = order, NumberOf = step.Numbers };
        });
        return (plan, Array.ConvertAll(plan.LeafOf, i => leaves[i]),
            Array.ConvertAll(plan.NumberOf, n => calls[n.Call].Attributes[n.Attribute]),
            Array.ConvertAll(plan.NumberOf, n => calls[n.Call].DialOf(n.Attribute)));
    }

    // Operands that a call writes over in part, and that are not computed yet, are computed first.
    static bool ComputesUpdated(List<Recorded> calls)
    {
        var hasComputed = false;
        foreach (var call in calls)
            foreach (var output in call.Binding.Program.Outputs)
            {
                var program = call.Binding.Program;
                if (program.Updated(output.Name) is not { } updated) continue;
                if (Update.Adds(program, output.Name) || Update.Replaces(program, output.Name)) continue;
                var operand = call.Operands[program.Operands.ToList().IndexOf(updated)];
                if (operand.Values is not null || operand.Source is null) continue;
                Tensor.Compute(operand);
                hasComputed = true;
            }
        return hasComputed;
    }

    /// <summary>Every call the wanted tensors depend on and nobody has computed, each after those it reads.</summary>
    /// <param name="isWithin">Other calls count as computed.</param>
    public static List<Recorded> Calls(IReadOnlyList<Tensor> wanted, Func<Recorded, bool>? isWithin = null)
    {
        var order = new List<Recorded>();
        var seen = new HashSet<Recorded>();
        var stack = new Stack<(Recorded Call, int Next)>();
        foreach (var tensor in wanted)
        {
            Push(tensor);
            while (stack.TryPop(out var top))
            {
                if (top.Next == top.Call.Operands.Count)
                {
                    order.Add(top.Call);
                    continue;
                }
                stack.Push((top.Call, top.Next + 1));
                if (top.Call.Reads(top.Next)) Push(top.Call.Operands[top.Next]);
            }
        }
        return order;

        void Push(Tensor tensor)
        {
            if (tensor.Values is not null || tensor.Source is not { } source) return;
            if (isWithin is not null ? isWithin(source) : CanRun(tensor, source))
                if (seen.Add(source)) stack.Push((source, 0));
        }
    }

    // What a step does not return has no values after it: they were never in memory of their own.
    static bool CanRun(Tensor tensor, Recorded call) => call.Tracing is null || call.Tracing == Tracing.Current ? true
        : throw new InvalidOperationException($"{tensor} is read after the {call.Tracing.Name} that made it.\n"
            + $"  {tensor.Name} of {call.Binding.Program.Name}\nHint: return it from the {call.Tracing.Name}.");
}
