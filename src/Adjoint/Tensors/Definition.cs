namespace Adjoint;

/// <summary>A program as tensors call it: bound once for each set of shapes, reversed once for each pattern of
/// dimensions.</summary>
sealed class Definition(Func<LoopProgram> parse)
{
    // A model has a few shapes an op; more than this is a caller whose sizes never repeat, and old ones are dropped.
    const int MaxBindings = 256;

    readonly Lock gate = new();
    readonly Dictionary<int, Binding> bindings = [];
    readonly Dictionary<string, Pattern> patterns = [];
    LoopProgram? program;
    AttributeUse[]? uses;

    public Definition(string text) : this(() => Parser.Parse(text)) { }

    public LoopProgram Program => program ??= parse();

    AttributeUse[] Uses => uses ??= AttributeUses.Of(Program);

    /// <summary>The program for these operands, with `..` spelled out and every size known.</summary>
    /// <param name="attributes">Those that are arguments of kernels alone make no binding of their own.</param>
    /// <param name="result">The type of the outputs where it does not follow from the operands.</param>
    public Binding Bind(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes, DType? result = null)
    {
        Span<double> shaping = stackalloc double[attributes.Length];
        attributes.CopyTo(shaping);
        if (MakesArguments(operands))
            for (var i = 0; i < shaping.Length && i < Uses.Length; i++)
                if (IsArgument(i, shaping[i])) shaping[i] = Program.Attributes[i].Default;
        return BindTo(operands, shaping, result);
    }

    bool IsArgument(int attribute, double value) => Uses[attribute] is AttributeUse.Value
        || Uses[attribute] is AttributeUse.Position && IsWhole(value) && IsWhole(Program.Attributes[attribute].Default);

    static bool IsWhole(double value) => double.IsInteger(value) && Math.Abs(value) <= int.MaxValue;

    // In a program of integers the type of what is computed follows from its attributes.
    bool MakesArguments(ReadOnlySpan<Tensor> operands)
    {
        foreach (var operand in operands)
            if (operand.Type.IsFloating) return true;
        return false;
    }

    Binding BindTo(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes, DType? result)
    {
        var hash = Binding.HashOf(operands, attributes, result);
        lock (gate)
        {
            if (bindings.TryGetValue(hash, out var known) && known.Fits(operands, attributes, result)) return known;
        }
        var bound = New(operands, attributes, result);
        lock (gate)
        {
            if (bindings.TryGetValue(hash, out var other) && other.Fits(operands, attributes, result)) return other;
            if (bindings.Count == MaxBindings) bindings.Clear();
            return bindings[hash] = bound;
        }
    }

    Binding New(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes, DType? result)
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
        var isArgument = new bool[Program.Attributes.Count];
        for (var i = 0; i < isArgument.Length && MakesArguments(operands); i++)
            isArgument[i] = IsArgument(i, i < attributes.Length ? attributes[i] : Program.Attributes[i].Default);
        return new(pattern, shapes, attributes, operands, result) { IsArgument = isArgument };
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

    /// <summary>Of its attributes.</summary>
    public double[] Defaults { get; } = [.. program.Attributes.Select(a => a.Default)];

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

    public Definition ReverseDefinition =>
        Reverse is null ? throw Throw.Internal($"{Program.Name} has no reverse") : reverseDefinition!;
}
