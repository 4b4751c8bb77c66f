namespace Adjoint;

/// <summary>One call: a bound program and the tensors it reads. It computes nothing.</summary>
sealed class Recorded
{
    // A chain of so many calls that nobody reads is a loop that forgot to; it is computed before it grows further.
    internal const int MaxDepth = 10_000;

    readonly Tensor[] tensors; // operands, then outputs: one array a call
    Dictionary<string, Tensor>? kept;

    Recorded(Binding binding, ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes)
    {
        (Binding, Tracing) = (binding, Tracing.Current);
        Attributes = binding.Pattern.Defaults;
        if (attributes.Length > 0)
        {
            Attributes = [.. Attributes];
            attributes.CopyTo(Attributes);
        }
        var program = binding.Program;
        tensors = new Tensor[operands.Length + program.Outputs.Count];
        var needsGrad = false;
        for (var i = 0; i < operands.Length; i++)
        {
            var operand = operands[i];
            needsGrad |= operand.NeedsGrad;
            if (operand.Values is null && operand.Source is { } source) Depth = Math.Max(Depth, source.Depth + 1);
            tensors[i] = Tracing is null ? operand.Version : operand;
        }
        needsGrad &= Recording.IsGradientOn;
        for (var i = 0; i < program.Outputs.Count; i++)
        {
            var type = binding.TypeOf(program.Outputs[i].Name);
            tensors[operands.Length + i] = new(this, program.Outputs[i].Name, binding.OutputShapes[i], type,
                needsGrad && type.IsFloating);
        }
    }

    public Binding Binding { get; }
    public ArraySegment<Tensor> Operands => new(tensors, 0, Binding.Program.Operands.Count);
    public ArraySegment<Tensor> Outputs => new ArraySegment<Tensor>(tensors)[Binding.Program.Operands.Count..];

    /// <summary>The values of all attributes, in the order of the program.</summary>
    public double[] Attributes { get; private set; }

    public double Attribute(string name) => Attributes[IndexOf(name)];

    Dial?[]? dials;

    /// <summary>The dial that gives an attribute its value; null where it is a plain number.</summary>
    public Dial? DialOf(int attribute) => dials?[attribute];

    /// <summary>From now on the attribute is what the dial says at each run.</summary>
    public void Connect(string attribute, Dial dial)
    {
        var at = IndexOf(attribute);
        if (!Binding.IsArgument[at]) throw Throw.Internal($"{attribute} of {Binding.Program.Name} is no argument");
        if (ReferenceEquals(Attributes, Binding.Pattern.Defaults)) Attributes = [.. Attributes];
        Attributes[at] = dial.Value;
        (dials ??= new Dial?[Attributes.Length])[at] = dial;
    }

    int IndexOf(string attribute)
    {
        var all = Binding.Program.Attributes;
        for (var i = 0; i < all.Count; i++)
            if (all[i].Name == attribute) return i;
        throw Throw.Internal($"{Binding.Program.Name} has no attribute {attribute}");
    }

    /// <summary>The step or cell during whose capture the call was made; null in free form.</summary>
    public Tracing? Tracing { get; }

    /// <summary>Length of the longest chain of calls behind it that nobody has computed.</summary>
    public int Depth { get; }

    /// <summary>Whether the values of an operand count, and not only its sizes.</summary>
    public bool Reads(int operand) => Binding.Program.Operands[operand].Kind is not OperandKind.Shape;

    public bool KeepsValues => kept is not null;

    /// <summary>Outputs, then kept values in the order in which they were asked for.</summary>
    public IEnumerable<Tensor> Made => kept is null ? Outputs : Outputs.Concat(kept.Values);

    /// <summary>The program with a name for every value that a reverse keeps.</summary>
    public LoopProgram ProgramToRun => kept is null ? Binding.Program : Binding.Pattern.Reverse!.Forward;

    /// <summary>Records a call after its shapes were checked.</summary>
    /// <param name="result">The type of the outputs where it does not follow from the operands.</param>
    public static Recorded Call(
        Definition definition, ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes = default,
            DType? result = null)
    {
        var call = new Recorded(definition.Bind(operands, attributes, result), operands, attributes);
        if (call.Depth >= MaxDepth && call.Tracing is null)
        {
            Debugging.Report($"Recording: {MaxDepth} calls in a row were recorded and nobody read a value; they are "
                + $"computed now.\n  last  {definition.Program.Name}\nHint: read or detach what a loop carries on.");
            Tensor.Compute([.. call.Outputs]);
        }
        call.Tracing?.Note(call);
        return call;
    }

    /// <summary>A computed tensor that is no output: a reverse reads it.</summary>
    public Tensor Kept(Kept value)
    {
        kept ??= [];
        if (kept.TryGetValue(value.Name, out var tensor)) return tensor;
        var index = 0;
        foreach (var output in Binding.Program.Outputs)
        {
            if (output.Name == value.Name && output.Dims == value.Dims) return Outputs[index];
            index++;
        }
        int[] shape = [.. value.Dims.Select(d => d.Axes.Aggregate(1, (size, axis) => size * Binding.Extents[axis])
            + d.To - d.From)];
        var needsGrad = Outputs.Any(o => o.NeedsGrad);
        return kept[value.Name] = new(this, value.Name, shape, Binding.TypeOf(value.Name),
            needsGrad)
        { Dims = value.Dims };
    }
}
