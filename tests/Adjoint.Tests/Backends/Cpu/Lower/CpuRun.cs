namespace Adjoint.Tests;

/// <summary>Runs a program on the processor with arrays of doubles, each on memory of its own whose ends are
/// watched.</summary>
static unsafe class CpuRun
{
    public static CpuProgram Compile(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs, DType type,
        IReadOnlyDictionary<string, double>? attributes = null, CpuOptions? options = null)
    {
        var integers = IntegerTensors.Operands(program);
        return CpuProgram.Compile(program, inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray()),
            program.Operands.Where(o => o.Kind is not OperandKind.Shape).ToDictionary(o =>
                o.Name, o => Type(integers, o.Name, type)), attributes,
            (options ?? new()) with { Type = type });
    }

    public static Dictionary<string,
        NdArray> Run(CpuProgram compiled, LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs, DType type)
    {
        var integers = IntegerTensors.Operands(program);
        var cells = new List<GuardedCells>();
        try
        {
            var operands = program.Operands.Select(o =>
                inputs.TryGetValue(o.Name, out var array) && o.Kind is not OperandKind.Shape
                ? Place(array.Values, Type(integers, o.Name, type)) : 0).ToArray();
            var outputs = program.Outputs.Select(o => Place(
                Enumerable.Repeat(double.NaN, compiled.Extents.OutputShape(o.Name).Aggregate(1, (a, b) => a * b)),
                    OutputType(o.Name))).ToArray();
            compiled.Run(operands, outputs);
            return program.Outputs.Select((o, i) =>
                (o.Name, Values: Read(outputs[i], compiled.Extents.OutputShape(o.Name), OutputType(o.Name))))
                .ToDictionary(o => o.Name, o => o.Values);
        }
        finally
        {
            foreach (var c in cells) c.Dispose();
        }

        DType OutputType(string name) =>
            program.Updated(name) is { } operand ? Type(integers, operand.Name, type) : type;

        nint Place(IEnumerable<double> values, DType of)
        {
            var all = values.ToArray();
            var memory = new GuardedCells(all.Length * of.ByteSize);
            cells.Add(memory);
            for (var i = 0; i < all.Length; i++)
                if (of is DType.Float64) ((double*)memory.Start)[i] = all[i];
                else if (of is DType.Float32) ((float*)memory.Start)[i] = (float)all[i];
                else ((long*)memory.Start)[i] = double.IsNaN(all[i]) ? 0 : (long)all[i];
            return (nint)memory.Start;
        }
    }

    static DType Type(HashSet<string> integers, string name, DType type) =>
        integers.Contains(name) ? DType.Int64 : type;

    static NdArray Read(nint start, int[] shape, DType of) => NdArray.Generate(shape, i => of switch
    {
        DType.Float64 => ((double*)start)[i],
        DType.Float32 => ((float*)start)[i],
        _ => ((long*)start)[i],
    });
}
