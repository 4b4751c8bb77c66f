namespace Adjoint;

public abstract partial class Optimizer
{
    /// <summary>All gradients together are shortened to at most this Euclidean length.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Each number of a gradient is held between minus and plus this.</summary>
    public double? ClipValue { get; init; }

    /// <summary>Over how many batches gradients are averaged: all but the last go to <see
    /// cref="Accumulate"/>.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>The Euclidean length of all gradients before they are clipped, as the last <see cref="Step(Tensor)"/>
    /// recorded it; null without <see cref="ClipNorm"/>. A captured step that wants it returns it.</summary>
    public Tensor? GradientNorm { get; private set; }

    /// <summary>Keeps the gradients of a loss for the next step.</summary>
    /// <exception cref="InvalidOperationException"><see cref="MicroBatches"/> is 1.</exception>
    public void Accumulate(Tensor loss)
    {
        if (MicroBatches < 2)
            throw new InvalidOperationException($"Accumulate: {GetType().Name} makes a step of each batch.\n"
                + "Hint: set MicroBatches to the number of batches that a step averages.");
        var gradients = GradientsOf(loss);
        using var _ = Tensor.WithoutGradient();
        var sums = gradients.Select(g => (Sum(g.Key), Sum(g.Key).Latest + g.Value)).ToArray();
        if (Tracing.Current is null) Tensor.Compute([loss, .. sums.Select(s => s.Item2)]);
        Tensor.Assign(sums);
    }

    Tensor Sum(Parameter parameter) => StateOf(parameter)[Accumulated];

    Dictionary<Parameter, Tensor> GradientsOf(Tensor loss)
    {
        var all = loss.GradientsOfLeaves();
        var strangers = all.Keys.Select(Parameter.Of).OfType<Parameter>().Where(p => !p.IsOwned).ToList();
        if (strangers.Count > 0)
            throw new ParameterException(Listed("the loss depends on", strangers, "that no optimizer learns")
                + $"\nHint: give {(strangers.Count == 1 ? "it" : "them")} to an optimizer, or freeze the module: using (module.Freeze()).",
                [.. strangers.Select(p => p.Path)]);
        return Found(p => all.GetValueOrDefault(p.Value), "that the loss does not depend on");
    }

    Dictionary<Parameter, Tensor> TakenGradients()
    {
        var gradients = Found(p => p.Value.Grad, "without a gradient");
        foreach (var parameter in gradients.Keys) parameter.Value.Grad = null;
        return gradients;
    }

    Dictionary<Parameter, Tensor> Found(Func<Parameter, Tensor?> gradient, string what)
    {
        var lost = Parameters.Where(p => gradient(p) is null).ToList();
        return lost.Count == 0 ? Parameters.ToDictionary(p => p, p => gradient(p)!)
            : throw new ParameterException(Listed($"{GetType().Name} learns", lost, what)
                + $"\n  reached  {Parameters.Count() - lost.Count} of {Parameters.Count()} parameters"
                + "\nHint: leave it out of the optimizer, or look for a Detach() or Freeze() on the way.",
                [.. lost.Select(p => p.Path)]);
    }

    // As "Step: the loss depends on 'a', 'b' and 3 more, that no optimizer learns."
    static string Listed(string before, List<Parameter> parameters, string after)
    {
        const int Most = 4;
        var names = string.Join(", ", parameters.Take(Most).Select(p => $"'{p.Path}' [{string.Join(", ", p.Shape.ToArray())}]"));
        var more = parameters.Count > Most ? $" and {parameters.Count - Most} more" : "";
        return $"Step: {before} {names}{more} {after}.";
    }

    Dictionary<Parameter, Tensor> Averaged(Dictionary<Parameter, Tensor> gradients,
        List<(Tensor Target, Tensor Value)> updates)
    {
        if (MicroBatches < 2) return gradients;
        updates.AddRange(gradients.Keys.Select(p => (Sum(p), Tensor.Zeros(Sum(p).Type, p.Shape.ToArray()))));
        return gradients.ToDictionary(g => g.Key, g => (Sum(g.Key).Latest + g.Value) / MicroBatches);
    }

    Dictionary<Parameter, Tensor> Clipped(Dictionary<Parameter, Tensor> gradients)
    {
        if (ClipValue is { } limit) gradients = gradients.ToDictionary(g => g.Key, g => g.Value.Clamp(-limit, limit));
        if (ClipNorm is not { } length) return gradients;
        var square = gradients.Values.Select(g => g.SumSquare()).Aggregate((a, b) => a + b);
        GradientNorm = square.Sqrt();
        return gradients.ToDictionary(g => g.Key, g => OptimizerOps.ClipGlobalNorm.Call([g.Value, square], length));
    }
}
