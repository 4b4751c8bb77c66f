namespace Adjoint;

/// <summary>What the closures of one compiled program share.</summary>
sealed class ProgramFrame
{
    readonly Dictionary<string, Cells> cells = [];

    public ProgramFrame(LoopProgram program, Extents extents, StopTape? stops)
    {
        (Program, Extents, Stops) = (program, extents, stops);
        Integers = IntegerTensors.Operands(program);
        Positions = new(program, Integers, extents);
        foreach (var operand in program.Operands)
            if (operand.Kind is not OperandKind.Shape)
                cells[operand.Name] = new(operand.Name, Extent(operand.Name));
        foreach (var writers in program.Lines.GroupBy(l => l.Target.Tensor))
            cells[writers.Key] = Computed(writers.Key, [.. writers]);
    }

    public LoopProgram Program { get; }
    public Extents Extents { get; }
    public Positions Positions { get; }
    public StopTape? Stops { get; }

    /// <summary>Operands without values are missing: only their sizes are known.</summary>
    public IReadOnlyDictionary<string, Cells> Cells => cells;

    /// <summary>Operands that must hold whole numbers.</summary>
    public IReadOnlySet<string> Integers { get; }

    /// <summary>Every compiled line in text order.</summary>
    public List<CompiledLine> Lines { get; } = [];

    /// <summary>The extent of one part of <c>(g,0)</c>; that of an integer is that of the axis that walks the dimension.</summary>
    /// <param name="place">The dimension that the composite is an index of, if it is one.</param>
    public int PartExtent(Line line, Composite composite, int part, (string Tensor, int Dim)? place)
    {
        if (composite.Parts[part] is AxisValue axis) return Extents[axis.Axis];
        if (place is { } where && Program.FoldedAxes(where.Tensor, where.Dim, composite.Parts.Count) is { } axes) return Extents[axes[part]];
        throw LoopErrors.InLine(Program, $"how many positions the part {composite.Parts[part]} has can't be told", line,
            [composite], "Declare the dimension in the signature with the same number of parts.");
    }

    TensorExtent Extent(string name)
    {
        var extent = Extents.Tensor(name);
        return extent.Sizes.Aggregate(1.0, (cells, size) => cells * size) <= Array.MaxLength ? extent
            : throw RunErrors.TooLarge(Program, name, extent.Sizes);
    }

    Cells Computed(string name, Line[] writers)
    {
        var updates = Program.Updated(name);
        var isMarked = writers.Any(l =>
            l.Op is LineOp.Set && (updates is null || l.Target.Any(e => e is Access && e != l.Target)));
        var extent = Extent(name);
        return new(name, extent)
        {
            Start = writers[0].Op switch
            {
                LineOp.Multiply => 1,
                LineOp.Max => double.NegativeInfinity,
                LineOp.Min => double.PositiveInfinity,
                _ => 0,
            },
            Updates = updates is null ? null : cells[updates.Name],
            Marks = isMarked ? new int[extent.Count] : null,
        };
    }
}
