namespace Adjoint;

/// <summary>One call: a bound program and the tensors it reads. It computes nothing.</summary>
sealed class Recorded
{
    readonly Tensor[] outputs;
    Dictionary<string, Tensor>? kept;

    Recorded(Binding binding, Tensor[] operands)
    {
        (Binding, Operands) = (binding, operands);
        var needsGrad = false;
        foreach (var operand in operands) needsGrad |= operand.NeedsGrad;
        needsGrad &= Recording.IsGradientOn;
        var program = binding.Program;
        outputs = new Tensor[program.Outputs.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            var type = binding.TypeOf(program.Outputs[i].Name);
            outputs[i] = new(this, program.Outputs[i].Name, binding.OutputShapes[i], type, needsGrad && type.IsFloating);
        }
    }

    public Binding Binding { get; }
    public Tensor[] Operands { get; }
    public IReadOnlyList<Tensor> Outputs => outputs;

    public bool KeepsValues => kept is not null;

    /// <summary>Outputs, then kept values in the order in which they were asked for.</summary>
    public IEnumerable<Tensor> Made => kept is null ? outputs : outputs.Concat(kept.Values);

    /// <summary>The program with a name for every value that a reverse keeps.</summary>
    public LoopProgram ProgramToRun => kept is null ? Binding.Program : Binding.Pattern.Reverse!.Forward;

    /// <summary>Records a call after its shapes were checked.</summary>
    public static Recorded Call(Definition definition, ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes = default) =>
        new(definition.Bind(operands, attributes), operands.ToArray());

    /// <summary>A computed tensor that is no output: a reverse reads it.</summary>
    public Tensor Kept(Kept value)
    {
        kept ??= [];
        if (kept.TryGetValue(value.Name, out var tensor)) return tensor;
        var index = 0;
        foreach (var output in Binding.Program.Outputs)
        {
            if (output.Name == value.Name && output.Dims == value.Dims) return outputs[index];
            index++;
        }
        int[] shape = [.. value.Dims.Select(d => d.Axes.Aggregate(1, (size, axis) => size * Binding.Extents[axis]) + d.To - d.From)];
        return kept[value.Name] = new(this, value.Name, shape, Binding.TypeOf(value.Name), needsGrad: outputs.Any(o => o.NeedsGrad)) { Dims = value.Dims };
    }
}

/// <summary>What recording depends on beside the calls themselves.</summary>
static class Recording
{
    static readonly AsyncLocal<bool> NoGradient = new();

    public static bool IsGradientOn => !NoGradient.Value;

    /// <summary>Until it is disposed, calls record no gradient; it follows <c>await</c>.</summary>
    public static IDisposable WithoutGradient()
    {
        var scope = new Scope(NoGradient.Value);
        NoGradient.Value = true;
        return scope;
    }

    sealed class Scope(bool before) : IDisposable
    {
        public void Dispose() => NoGradient.Value = before;
    }
}
