namespace Adjoint;

/// <summary>A running average of the parameters of a model and of its statistics, for evaluation: it starts at what they are when
/// it is made. Statistics of other weights than those they are used with would spoil what they normalise.</summary>
public sealed class WeightAverage
{
    readonly double keep;
    readonly List<(Parameter Parameter, Tensor Average)> averages;

    /// <param name="keep">The share of the average that stays at each update.</param>
    public WeightAverage(Module model, double keep = 0.999)
    {
        this.keep = keep;
        averages = [.. model.Parameters.Concat(model.Buffers.Where(b => b.Value.Type.IsFloating)).Select(p => (p, Tensor.Of(p.Value.ToHost())))];
    }

    /// <summary>Moves the average towards the parameters; within a captured step, after the optimizer, towards those after
    /// the step.</summary>
    public void Update()
    {
        using var _ = Tensor.WithoutGradient();
        Tensor.Assign([.. averages.Select(a => (a.Average,
            OptimizerOps.AverageWeights.Call([a.Average, a.Parameter.Value.Latest], keep)))]);
    }

    /// <summary>Until it is disposed, the parameters are the averages.</summary>
    public IDisposable Use()
    {
        var before = averages.Select(a => (a.Parameter.Value, a.Parameter.Value.Version)).ToArray();
        Tensor.Assign([.. averages.Select(a => (a.Parameter.Value, a.Average.Version))]);
        return new Ending(before);
    }

    /// <summary>The averages by the path of their parameter.</summary>
    public IReadOnlyDictionary<string, Tensor> State() => NamedTensors.Snapshot(Tensors);

    /// <exception cref="StateException">Some are missing, unexpected or of another shape.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state) => NamedTensors.Load("the average", Tensors, state);

    internal IEnumerable<(string Name, Tensor Tensor)> Tensors => averages.Select(a => (a.Parameter.Path, a.Average));

    sealed class Ending((Tensor, Tensor)[] before) : IDisposable
    {
        public void Dispose() => Tensor.Assign(before);
    }
}
