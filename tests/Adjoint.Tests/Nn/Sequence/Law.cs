namespace Adjoint.Tests;

/// <summary>Recorded tensors computed by the reference interpreter, whatever backend is on.</summary>
static class Law
{
    /// <summary>Their numbers, in their order; the tensors stay uncomputed.</summary>
    public static double[][] Of(params Tensor[] wanted)
    {
        var step = StepProgram.Of(Plan.Calls(wanted), wanted);
        Storage[] outputs = [.. step.Results.Select(r => Storage.Allocate(r.Count * r.Type.ByteSize))];
        new ReferencePlan(step) { LeafOf = [], NumberOf = [] }.Run([.. step.Leaves.Select(l => l.Values!)], outputs,
            [.. step.Program.Attributes.Select(a => a.Default)]);
        return [.. wanted.Select((w, n) => new Tensor(outputs[n], [.. w.Shape], w.Type).ToHost().ToDoubles())];
    }

    /// <summary>Demands that a sum over the output and all gradients of a model are the same on both backends.</summary>
    public static void AssertGradients(Module model, Tensor x, Func<Tensor, Tensor> run)
    {
        x.WithGrad();
        var y = run(x);
        var loss = (y * Random(9, [.. y.Shape])).Sum();
        loss.Backward();
        Tensor[] wanted = [loss, x.Grad!, .. model.Parameters.Select(p => p.Value.Grad!)];
        var law = Of(wanted);
        for (var n = 0; n < wanted.Length; n++) Near(law[n], wanted[n], Tolerance.CpuDouble);
        Xunit.Assert.All(law, numbers => Xunit.Assert.Contains(numbers, v => v != 0));
    }

    public static void Near(double[] expected, Tensor actual, double bound)
    {
        var numbers = actual.ToHost().ToDoubles();
        Xunit.Assert.Equal(expected.Length, numbers.Length);
        for (var i = 0; i < numbers.Length; i++)
            Xunit.Assert.True(Math.Abs(expected[i] - numbers[i]) <= bound * Math.Max(1, Math.Abs(expected[i])),
                FormattableString.Invariant($"number {i} is {numbers[i]}, expected {expected[i]}"));
    }

    public static void Near(Tensor expected, Tensor actual, double bound = Tolerance.CpuDouble)
    {
        Xunit.Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Near(expected.ToHost().ToDoubles(), actual, bound);
    }

    /// <summary>Numbers from -1 to 1 that are the same in every run.</summary>
    public static Tensor Random(ulong seed, params int[] shape)
    {
        var random = new SplitMix64(seed);
        return Tensor.Of(Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.Uniform(-1, 1)).ToArray(), shape);
    }
}
