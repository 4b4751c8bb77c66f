namespace Adjoint;

public abstract partial class Optimizer
{
    const string Accumulated = "accumulated", Start = "start";

    readonly Dictionary<Parameter, OrderedDictionary<string, Tensor>> states = [];
    readonly Tensor steps = Tensor.Zeros(DType.Int64);

    /// <summary>All that the next step depends on, beside parameters and settings, by name: <c>step</c>, and for each
    /// parameter <c>path.m</c> and the like.</summary>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        Tensor.Assign((steps, Tensor.Full(DType.Int64, Count)));
        return NamedTensors.Snapshot(Tensors);
    }

    /// <summary>Goes on where another optimizer of the same kind was.</summary>
    /// <exception cref="StateException">Some are missing, unexpected or of another shape: all are named, and nothing was
    /// taken.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        NamedTensors.Load(GetType().Name, Tensors, state);
        Count = steps.ToArray<long>()[0];
    }

    /// <summary>A state of a parameter before the first step.</summary>
    /// <param name="name">Of the operand of the rule.</param>
    protected virtual Tensor NewState(string name, Parameter parameter) =>
        Tensor.Zeros(parameter.Value.Type, parameter.Shape.ToArray());

    /// <summary>The tensors a parameter has here.</summary>
    protected IReadOnlyDictionary<string, Tensor> StateOf(Parameter parameter)
    {
        if (states.TryGetValue(parameter, out var known)) return known;
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var operand in RuleOf(parameter).Program.Operands)
            if (operand.Name is not ("w" or "g" or "step")) state.Add(operand.Name, NewState(operand.Name, parameter));
        if (MicroBatches > 1)
            state.Add(Accumulated, Tensor.Zeros(parameter.Value.Type, parameter.Shape.ToArray()));
        if (Shrinkage is not null) state.Add(Start, Tensor.Of(parameter.Value.ToHost()));
        return states[parameter] = state;
    }

    internal IEnumerable<(string Name, Tensor Tensor)> Tensors => Parameters.OrderBy(p => p.Path, StringComparer.Ordinal)
        .SelectMany(p => StateOf(p).Select(s => ($"{p.Path}.{s.Key}", s.Value))).Prepend(("step", steps));
}
