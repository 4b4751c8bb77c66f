using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>A program as tensors call it: bound once for each set of shapes, reversed once for each pattern of dimensions.</summary>
sealed class Definition(Func<LoopProgram> parse)
{
    // A model has a few shapes an op; more than this is a caller whose sizes never repeat, and old ones are dropped.
    const int MaxBindings = 256;

    readonly Lock gate = new();
    readonly Dictionary<BindingKey, Binding> bindings = [];
    readonly Dictionary<string, Pattern> patterns = [];
    LoopProgram? program;

    public Definition(string text) : this(() => Parser.Parse(text)) { }

    public LoopProgram Program => program ??= parse();

    /// <summary>The program for these operands, with `..` spelled out and every size known.</summary>
    public Binding Bind(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes)
    {
        var key = BindingKey.Of(operands, attributes);
        lock (gate)
        {
            if (bindings.TryGetValue(key, out var known)) return known;
        }
        var bound = New(operands, attributes);
        lock (gate)
        {
            if (bindings.Count == MaxBindings) bindings.Clear();
            return bindings[BindingKey.Of(operands, attributes)] = bound;
        }
    }

    Binding New(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes)
    {
        if (operands.Length != Program.Operands.Count)
            throw new LoopException($"{Program.Name}: {Program.Operands.Count} operands are needed, {operands.Length} are given.\n"
                + $"  {Printer.Signature(Program)}");
        var shapes = new int[operands.Length][];
        for (var i = 0; i < operands.Length; i++) shapes[i] = operands[i].Shape.ToArray();
        var expanded = LeadingAxes.Expand(Program, shapes);
        var text = Printer.Print(expanded);
        Pattern? pattern;
        lock (gate)
        {
            if (!patterns.TryGetValue(text, out pattern)) patterns[text] = pattern = new(expanded);
        }
        var values = new Dictionary<string, double>();
        for (var i = 0; i < Program.Attributes.Count; i++)
            values[Program.Attributes[i].Name] = i < attributes.Length ? attributes[i] : Program.Attributes[i].Default;
        return new(pattern, shapes, values, operands);
    }
}

/// <summary>A program without `..`, and its reverse when someone asks.</summary>
sealed class Pattern(LoopProgram program)
{
    readonly Lock gate = new();
    Reverse? reverse;
    Definition? reverseDefinition;
    bool isReversed;

    public LoopProgram Program { get; } = program;

    /// <summary>Null where nothing has a gradient.</summary>
    public Reverse? Reverse
    {
        get
        {
            lock (gate)
            {
                if (isReversed) return reverse;
                isReversed = true;
                reverse = Adjoint.Reverse.Of(Program);
                if (reverse is not null) reverseDefinition = new(() => reverse.Program);
                return reverse;
            }
        }
    }

    public Definition ReverseDefinition => Reverse is null ? throw Throw.Internal($"{Program.Name} has no reverse") : reverseDefinition!;
}

/// <summary>Shapes, types and attributes of one call.</summary>
readonly struct BindingKey : IEquatable<BindingKey>
{
    readonly int[] sizes;
    readonly double[] attributes;
    readonly int hash;

    BindingKey(int[] sizes, double[] attributes)
    {
        (this.sizes, this.attributes) = (sizes, attributes);
        var code = new HashCode();
        code.AddBytes(MemoryMarshal.AsBytes(sizes.AsSpan()));
        code.AddBytes(MemoryMarshal.AsBytes(attributes.AsSpan()));
        hash = code.ToHashCode();
    }

    public static BindingKey Of(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes)
    {
        var length = 0;
        foreach (var operand in operands) length += operand.Rank + 2;
        var sizes = new int[length];
        var at = 0;
        foreach (var operand in operands)
        {
            sizes[at++] = operand.Rank;
            sizes[at++] = (int)operand.Type;
            operand.Shape.CopyTo(sizes.AsSpan(at));
            at += operand.Rank;
        }
        return new(sizes, attributes.ToArray());
    }

    public bool Equals(BindingKey other) =>
        hash == other.hash && sizes.AsSpan().SequenceEqual(other.sizes) && attributes.AsSpan().SequenceEqual(other.attributes);

    public override bool Equals(object? obj) => obj is BindingKey other && Equals(other);
    public override int GetHashCode() => hash;
}
