namespace Adjoint;

// How one line wants to run: which axis the lanes of vectors run along, and in which order the loops stand. Any order
// of the loops means the same as long as the positions of the summed axes ascend for each cell.

/// <summary>The loops of a line and its vector axis.</summary>
sealed class LinePlan
{
    // Beyond this many cells a sum over rows walks memory in long strides, and adding row after row is faster.
    const long CellsSummedInRegisters = 1 << 15;

    // To weigh axes against each other: about a vector, whatever the width, so that the loops are the same for all.
    const int Lanes = 16;

    // Instructions that make one number of the lanes of a sum.
    const double Horizontal = 12;

    readonly BoundProgram program;

    /// <param name="contraction">The line as a contraction, if it is one: then it has no loops here.</param>
    public LinePlan(BoundProgram program, BoundLine line, ContractionLine? contraction)
    {
        (this.program, Line, Contraction) = (program, line, contraction);
        if (contraction is not null)
        {
            (Outer, Tail, IsRegister) = ([], [], true);
            return;
        }
        IsSequential = ReadsItsOwnCells();
        Vector = IsSequential ? null : Choose();
        string[] summed = [.. line.Summed.Where(a => a != Vector)];
        if (Vector is null)
        {
            (Outer, Tail) = (line.Left, summed);
            IsRegister = summed.Length > 0 && !IsSequential;
        }
        else if (line.Summed.Contains(Vector))
        {
            (Outer, Tail, IsRegister) = (line.Left, [.. summed, Vector], true);
        }
        else
        {
            Outer = [.. line.Left.Where(a => a != Vector)];
            IsRegister = summed.Length > 0 && SumsInRegisters(Vector, summed);
            Tail = IsRegister ? [Vector, .. summed] : [.. summed, Vector];
            if (DenseBeside(Vector) is { } dense) Outer = [.. Outer.Where(a => a != dense), dense];
        }
    }

    public BoundLine Line { get; }

    /// <summary>What the contraction engine does of it; null for a line of loops.</summary>
    public ContractionLine? Contraction { get; }

    /// <summary>The axis of the lanes; null for scalars.</summary>
    public string? Vector { get; private set; }

    /// <summary>Axes of the target around everything else; their order is free.</summary>
    public IReadOnlyList<string> Outer { get; private set; }

    /// <summary>The loops inside, in this order.</summary>
    public IReadOnlyList<string> Tail { get; private set; }

    /// <summary>Sums into a local and writes each cell once.</summary>
    public bool IsRegister { get; }

    /// <summary>Reads cells that it writes itself at other points: only its own order will do.</summary>
    public bool IsSequential { get; }

    /// <summary>Every cell gets its first value here, so none needs a start value.</summary>
    public bool IsFirst { get; set; }

    /// <summary>It writes the start value where its tests do not hold.</summary>
    public bool Fills => IsFirst && Line.Tests.Count > 0 && Line.Summed.Count == 0;

    /// <summary>Why the line runs without vectors; null if it has them or has no loop.</summary>
    public string? Fallback { get; private set; }

    /// <summary>The limits that bound the loop of an axis, once the axes before it have positions.</summary>
    public IEnumerable<IndexForm> LimitsAt(string axis, IReadOnlyCollection<string> placed) =>
        Line.Limits.Where(l => l[axis] != 0 && l.Symbols.All(s => s == axis
            || program.AxesOf(s).All(a => placed.Contains(a) || !Line.Axes.Contains(a))));

    /// <summary>The limits that bound no loop where the line stands: they are asked at each point.</summary>
    public IReadOnlyList<IndexForm> Guards { get; set; } = [];

    string? Choose()
    {
        Fallback = Line.Axes.Count == 0 ? null : "no axis has independent lanes";
        if (program[Line.Target.Tensor].IsInteger)
        {
            Fallback = "computes integers";
            return null;
        }
        string? best = null;
        var least = double.PositiveInfinity;
        foreach (var axis in Line.Axes)
        {
            if (Obstacle(axis) is { } reason)
            {
                Fallback = reason;
                continue;
            }
            var cost = Cost(axis);
            if (cost <= least) (best, least) = (axis, cost);
        }
        if (best is not null) Fallback = null;
        return best;
    }

    // Instructions for a point, those of lanes without a point included.
    double Cost(string axis)
    {
        double extent = program.Extents[axis];
        var reads = Line.Reads.Sum(r => Cost(program.Offset(r), axis)) + Work / Lanes;
        var target = Cost(Line.TargetOffset, axis);
        string[] summed = [.. Line.Summed.Where(a => a != axis)];
        var rows = summed.Aggregate(1.0, (count, a) => count * program.Extents[a]);
        var perSum = 0.0;
        if (Line.Summed.Contains(axis)) perSum = Horizontal / (rows * extent);
        else if (summed.Length > 0) reads += SumsInRegisters(axis, summed) ? target / rows : 2 * target;
        else reads += target;
        return reads * Math.Ceiling(extent / Lanes) * Lanes / extent + perSum;
    }

    // Instructions of a turn beside those for memory, the loop's own included.
    double Work => Line.Tests.Prepend(Line.Value).Sum(NestWriter.Size) + 1;

    /// <summary>Gives up the lanes, to share loops with lines around that have them along other axes.</summary>
    public void RunScalar() => (Vector, Outer, Tail) = (null, Line.Left, []);

    // A read across the lanes is dense along another axis: next to the lanes its cells come in squares.
    string? DenseBeside(string vector) => Outer.FirstOrDefault(axis => Line.Reads.Any(r =>
        program.Offset(r) is var offset && Math.Abs(offset[vector]) > 1 && offset[axis] == 1));

    // Memory instructions for a lane of an access: none where all lanes share the cell, one for each where they lie
    // apart, and a cache line for each as well where they lie far apart.
    double Cost(IndexForm offset, string axis) =>
        offset.Symbols.Any(s => s != axis && program.AxesOf(s).Contains(axis)) ? 2
        : Math.Abs(offset[axis]) switch { 0 => 0, 1 => 1.0 / Lanes, < Lanes => 1, _ => 2 };

    string? Obstacle(string axis)
    {
        if (Line.TargetOffset.Symbols.Any(s =>
            s != axis && program.AxesOf(s).Contains(axis))) return "the target's index is computed";
        if (Line.Left.Contains(axis) && Line.TargetOffset[axis] == 0) return "the target's index does not move";
        if (Line.Limits.Any(l => l.Symbols.Any(s => s != axis && program.AxesOf(s).Contains(axis))))
            return "a bound is looked up";
        var unsafeReads = Line.Reads.Where(r => !Line.IsSafe(r)).ToList();
        if (unsafeReads.Exists(r => Line.IsUnsafeAlong(r, axis))
            || Line.IsUnsafeAlong(Line.Target, axis)) return "a read may be outside its tensor";
        if (unsafeReads.Count > 0
            && (Line.Tests.Any(t => t.Axes().Contains(axis))
                || Line.Expressions.Any(e => e.Any(n => n is Where or And or Or))))
            return "a read is guarded";
        return null;
    }

    bool SumsInRegisters(string vector, string[] summed)
    {
        if (Line.Limits.Any(l => l[vector] != 0 && summed.Any(a => l[a] != 0))) return false;
        var rows = summed.Aggregate(1L, (count, axis) => count * program.Extents[axis]);
        return rows <= 32 || rows * program.Extents[vector] <= CellsSummedInRegisters;
    }

    // A read of the target is harmless at the very cell (y' = f(y')), and where some index, one that only enclosing
    // time loops move, is another.
    bool ReadsItsOwnCells()
    {
        foreach (var read in Line.Reads)
        {
            if (read.Tensor != Line.Target.Tensor) continue;
            if (Line.Summed.Count == 0 && program.Offset(read).Key == Line.TargetOffset.Key) continue;
            var isApart = false;
            for (var d = 0; d < read.Indices.Count; d++)
            {
                var (written, other) = (program.Form(Line.Target.Indices[d]), program.Form(read.Indices[d]));
                isApart |= written.Minus(other) is { IsConstant: true, Constant: not 0 }
                    && !written.Symbols.Any(Line.Axes.Contains);
            }
            if (isApart) continue;
            Fallback = "reads the tensor it writes";
            return true;
        }
        return false;
    }
}
