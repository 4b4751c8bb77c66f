namespace Adjoint;

/// <summary>One run of one layer: what it got, what it made, and the calls that no inner layer made.</summary>
sealed record LayerVisit(Layer Layer, LayerVisit? Outer, int Depth)
{
    public List<Recorded> Calls { get; } = [];

    /// <summary>Whether no other layer ran within it.</summary>
    public bool IsInnermost { get; set; } = true;

    public int[] Output { get; set; } = [];
}

/// <summary>A model recorded once, in evaluation, on an input without values.</summary>
sealed class LayerTrace : Tracing
{
    readonly List<LayerVisit> visits = [];
    readonly List<(Recorded Call, LayerVisit Visit)> calls = [];
    LayerVisit? current;

    LayerTrace(Tensor input) => Input = input;

    public override string Name => "model";

    public Tensor Input { get; }

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<LayerVisit> Visits => visits;

    public static LayerTrace Of(Layer model, DType type, int[] shape)
    {
        var trace = new LayerTrace(Tensor.Placeholder(shape, type));
        var training = model.WithChildren.Where(m => m.IsTraining).ToList();
        model.SetMode(false);
        try
        {
            using (Tensor.WithoutGradient()) trace.Trace(() => model.Forward(trace.Input));
        }
        finally
        {
            // Outer modules come first, so that what holds for an inner one is said last.
            foreach (var module in model.WithChildren) module.SetMode(training.Contains(module));
        }
        return trace;
    }

    /// <summary>Each after those it reads.</summary>
    public IReadOnlyList<(Recorded Call, LayerVisit Visit)> Calls => calls;

    public override void Note(Recorded call)
    {
        if (current is null) return;
        current.Calls.Add(call);
        calls.Add((call, current));
    }

    public Tensor Visit(Layer layer, Tensor x, Func<Tensor, Tensor> run)
    {
        var outer = current;
        if (outer is not null) outer.IsInnermost = false;
        visits.Add(current = new(layer, outer, outer is null ? 0 : outer.Depth + 1));
        try
        {
            var y = run(x);
            // One that hands its input on, as dropout in evaluation, still has a place in the graph.
            if (y == x && current.IsInnermost) y = x.Copy();
            current.Output = [.. y.Shape];
            return y;
        }
        finally
        {
            current = outer;
        }
    }
}
