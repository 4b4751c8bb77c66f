using System.Runtime.InteropServices;

namespace Adjoint.Cli;

/// <summary>A step that is measured, written as a user of the library writes it.</summary>
/// <param name="Prepare">Makes models and leaves; what it returns records the step on them, as often as it is called, and gives its
/// results.</param>
sealed record Workload(string Name, Func<Func<Tensor[]>> Prepare)
{
    /// <summary>What is timed in place of the step, where that is no step of its own; the step then tells operations and bytes only.</summary>
    public Func<Action>? Whole { get; init; }

    /// <summary>Equal parts of it, of which the time of one is told.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Whatever the name of a benchmark begins with is its family: all of one are in one file.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        .. ProductWorkloads.All, .. RowWorkloads.All, .. UpdateWorkloads.All, .. AttentionWorkloads.All,
        .. NetworkWorkloads.All, .. AdversarialWorkloads.All, .. SequenceWorkloads.All, .. SpeechWorkloads.All, .. InferenceWorkloads.All,
    ];

    /// <summary>Numbers between -scale and scale, the same for the same shape.</summary>
    public static Tensor Random(double scale, params int[] shape)
    {
        var random = new Random(shape.Length);
        var tensor = Tensor.Zeros(shape);
        var numbers = MemoryMarshal.Cast<byte, float>(tensor.OverwrittenBytes());
        for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)((random.NextDouble() * 2 - 1) * scale);
        return tensor;
    }

    /// <summary>Classes from 0 to below their count.</summary>
    public static Tensor Labels(int classes, params int[] shape)
    {
        var random = new Random(classes);
        var numbers = new long[shape.Aggregate(1, (count, size) => count * size)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = random.Next(classes);
        return Tensor.Of(numbers, shape);
    }

    /// <summary>A model with the numbers it starts with.</summary>
    public static T Made<T>(T model) where T : Module
    {
        model.Initialize(1);
        return model;
    }

    /// <summary>A loss and the update that lowers it.</summary>
    public static Func<Tensor[]> Training(Optimizer optimizer, Func<Tensor> loss) => () =>
    {
        var found = loss();
        optimizer.Step(found);
        return [found];
    };

    /// <summary>A call and, from a gradient in memory, the gradients of its leaves.</summary>
    public static Tensor[] Both(Tensor y, Tensor given, params Tensor[] leaves)
    {
        foreach (var leaf in leaves) leaf.Grad = null;
        y.Backward(given);
        return [y, .. leaves.Select(l => l.Grad!)];
    }
}
