using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>A program whose sizes, types and attributes are all known: what one recorded call runs.</summary>
sealed class Binding
{
    readonly Dictionary<string, DType> types = [];
    readonly int[][] shapes;
    readonly DType[] operandTypes;
    readonly double[] given;
    readonly DType? result;

    /// <param name="shapes">Of the operands; taken over.</param>
    public Binding(Pattern pattern, int[][] shapes, ReadOnlySpan<double> attributes, ReadOnlySpan<Tensor> operands,
        DType? result)
    {
        (Pattern, this.shapes, given, this.result) = (pattern, shapes, attributes.ToArray(), result);
        var values = new Dictionary<string, double>();
        for (var i = 0; i < Program.Attributes.Count; i++)
            values[Program.Attributes[i].Name] = i < given.Length ? given[i] : Program.Attributes[i].Default;
        Attributes = values;
        operandTypes = new DType[operands.Length];
        var byName = new Dictionary<string, int[]>();
        for (var i = 0; i < shapes.Length; i++)
        {
            (byName[Program.Operands[i].Name], operandTypes[i]) = (shapes[i], operands[i].Type);
            types[Program.Operands[i].Name] = operands[i].Type;
        }
        Extents = Extents.Bind(Program, byName, values);
        var floating = FloatingType();
        FloatType = floating ?? DType.Float32;
        if (floating is null && operands.Length > 0) IntegerFlow.AddTypes(Program, types, values);
        foreach (var output in Program.Outputs)
        {
            if (Program.Updated(output.Name) is { } operand) types[output.Name] = types[operand.Name];
            else if (result is { } type) types[output.Name] = type;
        }
        OutputShapes = [.. Program.Outputs.Select(o => Extents.OutputShape(o.Name))];
    }

    public Pattern Pattern { get; }
    public LoopProgram Program => Pattern.Program;
    public Extents Extents { get; }

    /// <summary>Those that shape the loops; the others have their defaults here and their values with the
    /// call.</summary>
    public IReadOnlyDictionary<string, double> Attributes { get; }

    /// <summary>For each attribute, whether kernels take it as an argument.</summary>
    public required bool[] IsArgument { get; init; }

    public int[][] OutputShapes { get; }

    /// <summary>The type of everything computed whose type does not follow from integers.</summary>
    public DType FloatType { get; }

    public DType TypeOf(string tensor) => types.GetValueOrDefault(tensor, FloatType);

    /// <summary>As in messages: <c>float32[64, 784]</c>.</summary>
    public string Describe(int operand) => DTypes.Describe(operandTypes[operand], shapes[operand]);

    /// <summary>Whether a call with these is a call of this binding. It allocates nothing.</summary>
    public bool Fits(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes, DType? type)
    {
        if (operands.Length != shapes.Length || type != result || !attributes.SequenceEqual(given)) return false;
        for (var i = 0; i < operands.Length; i++)
            if (operands[i].Type != operandTypes[i] || !operands[i].Shape.SequenceEqual(shapes[i])) return false;
        return true;
    }

    public static int HashOf(ReadOnlySpan<Tensor> operands, ReadOnlySpan<double> attributes, DType? type)
    {
        var code = new HashCode();
        code.Add(type);
        foreach (var operand in operands)
        {
            code.Add(operand.Type);
            code.Add(operand.Rank);
            code.AddBytes(MemoryMarshal.AsBytes(operand.Shape));
        }
        code.AddBytes(MemoryMarshal.AsBytes(attributes));
        return code.ToHashCode();
    }

    // One floating type a program; integers stand beside it. Null where no operand has one.
    DType? FloatingType()
    {
        var integers = IntegerTensors.Operands(Program);
        DType? found = null;
        for (var i = 0; i < operandTypes.Length; i++)
        {
            var (operand, type) = (Program.Operands[i], operandTypes[i]);
            if (integers.Contains(operand.Name) && !type.IsInteger && type is not DType.Bool)
                throw new ShapeException(
                    $"{Program.Name}: '{operand.Name}' holds indices or counts and must be of an integer type.\n"
                    + $"  {operand.Name} : {Describe(i)}\nHint: convert it: {operand.Name}.To(DType.Int32).",
                    operand.Name);
            if (operand.Kind is OperandKind.Shape || !type.IsFloating) continue;
            if (found is { } other && other != type)
                throw new ShapeException(
                    $"{Program.Name}: operands of two floating types, {other.Name} and {type.Name}.\n"
                    + string.Join('\n', Program.Operands.Select((o, at) => $"  {o.Name} : {Describe(at)}"))
                    + "\nHint: convert one of them: x.To(DType.Float32).", operand.Name);
            found = type;
        }
        return found;
    }
}
