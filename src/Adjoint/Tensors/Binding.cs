namespace Adjoint;

/// <summary>A program whose sizes, types and attributes are all known: what one recorded call runs.</summary>
sealed class Binding
{
    readonly Dictionary<string, DType> types = [];

    public Binding(Pattern pattern, int[][] shapes, Dictionary<string, double> attributes, ReadOnlySpan<Tensor> operands)
    {
        (Pattern, Attributes) = (pattern, attributes);
        var byName = new Dictionary<string, int[]>();
        for (var i = 0; i < shapes.Length; i++) byName[Program.Operands[i].Name] = shapes[i];
        Extents = Extents.Bind(Program, byName, attributes);
        var floating = FloatingType(operands);
        for (var i = 0; i < operands.Length; i++) types[Program.Operands[i].Name] = operands[i].Type;
        foreach (var output in Program.Outputs)
            types[output.Name] = Program.Updated(output.Name) is { } operand ? types[operand.Name] : floating;
        OutputShapes = [.. Program.Outputs.Select(o => Extents.OutputShape(o.Name))];
        FloatType = floating;
    }

    public Pattern Pattern { get; }
    public LoopProgram Program => Pattern.Program;
    public Extents Extents { get; }
    public IReadOnlyDictionary<string, double> Attributes { get; }
    public int[][] OutputShapes { get; }

    /// <summary>The type of everything computed but updated integers.</summary>
    public DType FloatType { get; }

    public DType TypeOf(string tensor) => types.GetValueOrDefault(tensor, FloatType);

    // One floating type a program; integers stand beside it.
    DType FloatingType(ReadOnlySpan<Tensor> operands)
    {
        var integers = Checker.IntegerOperands(Program);
        DType? found = null;
        for (var i = 0; i < operands.Length; i++)
        {
            var operand = Program.Operands[i];
            var type = operands[i].Type;
            if (integers.Contains(operand.Name) && !type.IsInteger && type is not DType.Bool)
                throw new ShapeException($"{Program.Name}: '{operand.Name}' holds indices or counts and must be of an integer type.\n"
                    + $"  {operand.Name} : {DTypes.Describe(type, operands[i].Shape.ToArray())}", operand.Name);
            if (operand.Kind is OperandKind.Shape || !type.IsFloating) continue;
            if (found is { } other && other != type)
                throw new ShapeException($"{Program.Name}: operands of two floating types, {other.Name} and {type.Name}.\n"
                    + string.Join('\n', Program.Operands.Zip(operands.ToArray()).Select(p =>
                        $"  {p.First.Name} : {DTypes.Describe(p.Second.Type, p.Second.Shape.ToArray())}"))
                    + "\nHint: convert one of them: x.To(DType.Float32).", operand.Name);
            found = type;
        }
        return found ?? DType.Float32;
    }
}
