namespace Adjoint;

/// <summary>A program bound to sizes and compiled to closures. It runs many times, one run at a time.</summary>
public sealed class ReferenceProgram
{
    // Beyond this a double no longer holds every integer.
    const double LargestInteger = 1L << 53;

    readonly LoopProgram program;
    readonly Dictionary<string, int[]> shapes;
    readonly int[] leading;
    readonly ProgramFrame frame;
    readonly CompiledStatement[] body;

    /// <param name="extents">Of the program this one was made from; otherwise they are bound here.</param>
    internal ReferenceProgram(LoopProgram program, IReadOnlyDictionary<string, int[]> given,
        IReadOnlyDictionary<string, double>? attributes, StopTape? stops, Extents? extents = null)
    {
        this.program = program;
        foreach (var operand in program.Operands)
            if (!IsRandom(operand) && !given.ContainsKey(operand.Name)) throw RunErrors.Missing(program, operand);
        foreach (var name in given.Keys)
            if (program.FindOperand(name) is null) throw RunErrors.Unknown(program, name);
        shapes = OperandShapes.WithRandom(program, given);
        leading = OperandShapes.Leading(program, shapes);
        Extents = extents ?? Extents.Bind(program, shapes, attributes);
        frame = new(program, Extents, stops);
        body = CompiledStatement.Compile(program.Body, frame, []);
    }

    public Extents Extents { get; }

    public RunResult Run(IReadOnlyDictionary<string, NdArray> operands, RunOptions? options = null)
    {
        options ??= new();
        foreach (var name in operands.Keys)
            if (program.FindOperand(name) is null) throw RunErrors.Unknown(program, name);
        foreach (var operand in program.Operands) Bind(operand, operands.GetValueOrDefault(operand.Name), options);
        foreach (var (name, cells) in frame.Cells)
            if (program.FindOperand(name) is null) cells.Reset();
        foreach (var line in frame.Lines) line.Points = 0;
        foreach (var statement in body) statement.Run();
        return new(Windows(program.Outputs.Select(o => (o.Name, o.Dims))),
            Windows(options.Keep.Select(k => (k.Name, k.Dims))), [.. frame.Lines.Select(l => l.Points)])
        {
            Operations = options.CountOperations ? CountOperations() : new(),
        };
    }

    SortedDictionary<string, long> CountOperations()
    {
        var operations = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in frame.Lines)
            foreach (var (kind, count) in OperationCount.PerPoint(program, line.Line, line.FixedAxes))
                operations[kind] = operations.GetValueOrDefault(kind) + line.Points * count;
        return operations;
    }

    void Bind(Operand operand, NdArray? given, RunOptions options)
    {
        var shape = shapes[operand.Name];
        if (given is not null && !given.Shape.SequenceEqual(shape))
            throw RunErrors.OtherShape(program, operand.Name, shape, given.Shape);
        if (operand.Kind is OperandKind.Shape) return;
        if (given is null && !IsRandom(operand)) throw RunErrors.Missing(program, operand);
        given ??= Random(operand, shape, options);
        if (frame.Integers.Contains(operand.Name)) CheckIntegers(program, operand, given);
        frame.Cells[operand.Name].Values = given.Values;
        if (frame.Positions.Find(operand.Name) is { } slot) frame.Positions.At[slot] = (long)given.Values[0];
    }

    static bool IsRandom(Operand operand) => operand.Kind is OperandKind.Uniform or OperandKind.Normal;

    static NdArray Random(Operand operand, int[] shape, RunOptions options)
    {
        var philox = new Philox(options.Seed, Philox.StreamOf(operand.Name), options.Step);
        return NdArray.Generate(shape, i => operand.Kind is OperandKind.Uniform ? philox.Uniform(i) : philox.Normal(i));
    }

    /// <exception cref="LoopRunException">An element of an operand that holds integers is none.</exception>
    public static void CheckIntegers(LoopProgram program, Operand operand, NdArray given)
    {
        for (var i = 0; i < given.Count; i++)
        {
            var value = given.Values[i];
            if (value == Math.Floor(value) && Math.Abs(value) <= LargestInteger) continue;
            var index = new int[given.Rank];
            for (int d = given.Rank - 1, rest = i; d >= 0; d--) (rest, index[d]) = Math.DivRem(rest, given.Shape[d]);
            throw RunErrors.OperandIsNoInteger(program, operand.Name, value, index);
        }
    }

    Dictionary<string, NdArray> Windows(IEnumerable<(string Name, EquatableArray<Dim> Dims)> tensors) =>
        tensors.ToDictionary(t => t.Name, t => Window(frame.Cells[t.Name], t.Dims));

    // The cells that the dims declare, whatever the tensor owns: too few or too many before 0 and beyond the extent.
    NdArray Window(Cells cells, EquatableArray<Dim> dims)
    {
        int[] from = [.. dims.Select(d => d.From)];
        // A kept tensor may name an axis that only its reverse has: then the dimension is what the tensor owns.
        int[] sizes = [.. dims.Select((d, i) => d.Axes.All(a => Extents.Find(a) is not null)
            ? d.Axes.Aggregate(1, (size, axis) => size * Extents[axis]) + d.To - d.From
            : cells.Sizes[i])];
        int[] shape = [.. dims.SelectMany((d, i) => d.Axes[0] == ".." ? leading : [sizes[i]])];
        if (from.SequenceEqual(cells.From) && sizes.SequenceEqual(cells.Sizes)) return new(shape, [.. cells.Values]);
        var window = NdArray.Zeros(shape);
        var index = new int[sizes.Length];
        for (var i = 0; i < window.Count; i++)
        {
            for (int d = sizes.Length - 1, rest = i; d >= 0; d--) (rest, index[d]) = Math.DivRem(rest, sizes[d]);
            long offset = 0;
            var isOwned = true;
            for (var d = 0; d < index.Length; d++)
            {
                var cell = index[d] + from[d] - cells.From[d];
                isOwned &= (uint)cell < (uint)cells.Sizes[d];
                offset += cell * cells.Strides[d];
            }
            if (isOwned) window.Values[i] = cells.Values[offset];
        }
        return window;
    }
}
