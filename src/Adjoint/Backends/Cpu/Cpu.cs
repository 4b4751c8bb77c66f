namespace Adjoint;

/// <summary>The compiled backend on arrays, as <see cref="Reference"/> is the interpreter on them.</summary>
static unsafe class Cpu
{
    /// <summary>Whether kernels can be made here.</summary>
    public static bool IsAvailable => System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>Runs a program once, as kernels.</summary>
    /// <param name="operands">By name, of any number type. Random ones may be left out.</param>
    /// <param name="type">What is computed in and what floating outputs have: float32 or float64.</param>
    /// <returns>The outputs by name; an updated operand of integers is int64.</returns>
    /// <exception cref="LoopRunException">An operand is missing, an index out of range or the like.</exception>
    public static Dictionary<string, HostArray> Run(LoopProgram program, IReadOnlyDictionary<string, HostArray> operands,
        DType type, IReadOnlyDictionary<string, double>? attributes = null, ulong seed = 0, bool checksFinite = false)
    {
        var integers = IntegerTensors.Operands(program);
        var shapes = operands.ToDictionary(o => o.Key, o => o.Value.Shape.ToArray());
        var types = program.Operands.Where(o => o.Kind is not OperandKind.Shape).ToDictionary(o => o.Name, o => TypeOf(o.Name));
        foreach (var operand in program.Operands.Where(o => integers.Contains(o.Name)))
            if (operands.TryGetValue(operand.Name, out var given) && given.Type.IsFloating)
                ReferenceProgram.CheckIntegers(program, operand, new(given.Shape.ToArray(), given.ToDoubles()));
        var compiled = CpuProgram.Compile(program, shapes, types, attributes, new() { Type = type, ChecksFinite = checksFinite });
        compiled.Seed = seed;
        var memory = new List<Storage>();
        var inputs = program.Operands.Select(o => o.Kind is OperandKind.Shape || !operands.TryGetValue(o.Name, out var array)
            ? 0 : Place(HostArray.FromDoubles(types[o.Name], array.Shape.ToArray(), array.ToDoubles()).Bytes)).ToArray();
        var outputs = program.Outputs.Select(o =>
            new HostArray(program.Updated(o.Name) is { } operand ? TypeOf(operand.Name) : type, compiled.Extents.OutputShape(o.Name))).ToList();
        var results = outputs.Select(o => Place(o.Bytes)).ToArray();
        compiled.Run(inputs, results);
        for (var i = 0; i < outputs.Count; i++) new Span<byte>((void*)results[i], outputs[i].Bytes.Length).CopyTo(outputs[i].Bytes);
        foreach (var storage in memory) storage.Dispose();
        return program.Outputs.Zip(outputs).ToDictionary(o => o.First.Name, o => o.Second);

        DType TypeOf(string operand) => integers.Contains(operand) ? DType.Int64 : type;

        nint Place(ReadOnlySpan<byte> bytes)
        {
            var storage = Storage.Allocate(bytes.Length);
            memory.Add(storage);
            bytes.CopyTo(new Span<byte>(storage.Pointer, bytes.Length));
            return (nint)storage.Pointer;
        }
    }
}
