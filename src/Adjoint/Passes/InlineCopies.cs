namespace Adjoint;

// A slice, a permutation, a view: a tensor whose cells are other cells is read where those lie. Only cells that surely
// exist are looked up elsewhere, so an index out of range stays an error.

/// <summary>Reads the source of a copy instead of the copy.</summary>
sealed class InlineCopies
{
    readonly LoopProgram program;
    readonly Extents extents;
    readonly Dictionary<string, Line> copies = [];

    InlineCopies(LoopProgram program, Extents extents, Func<string, string, bool> isSameType)
    {
        (this.program, this.extents) = (program, extents);
        var writers = program.Lines.CountBy(l => l.Target.Tensor).ToDictionary();
        foreach (var (line, loops) in program.Body.LoopedLines())
            if (line.Value is Access source && writers[line.Target.Tensor] == 1 && IsCopy(line, source, loops)
                && isSameType(line.Target.Tensor, source.Tensor))
                copies[line.Target.Tensor] = line with { Value = Resolved(source) };
    }

    public static LoopProgram Run(LoopProgram program, Extents extents, Func<string, string, bool> isSameType)
    {
        var pass = new InlineCopies(program, extents, isSameType);
        return pass.copies.Count == 0 ? program : program with
        {
            Body = program.Body.MapLines(pass.Resolved),
        };
    }

    // A sum over an axis that only the copy walks along needs the copy.
    Line Resolved(Line line)
    {
        var resolved = line.Map(e => e is Access read && read != line.Target ? Resolved(read) : e);
        return resolved.Axes().Count == line.Axes().Count ? resolved : line;
    }

    // Every cell of the copy is written once, from a cell whose place needs no looking up.
    bool IsCopy(Line line, Access source, TimeLoop[] loops)
    {
        var axes = line.Target.Indices.Select(i => (i as AxisValue)?.Axis).ToList();
        return line is { Op: LineOp.Set or LineOp.Add, Condition: null } && axes.TrueForAll(a => a is not null)
            && axes.Distinct().Count() == axes.Count && loops.All(l => axes.Contains(l.Axis))
            && source.Axes().TrueForAll(axes.Contains) && !source.Indices.Any(i => i.Any(e => e is Access))
            && extents.Tensor(line.Target.Tensor).From.All(f => f == 0)
            && axes.Select((a, d) => extents[a!] == extents.Tensor(line.Target.Tensor).Sizes[d]).All(same => same)
            && program.Updated(line.Target.Tensor) is null && program.Updated(source.Tensor) is null;
    }

    Access Resolved(Access read)
    {
        if (!copies.TryGetValue(read.Tensor, out var copy)) return read;
        var positions = new Dictionary<string, Expr>();
        for (var d = 0; d < read.Indices.Count; d++)
        {
            var axis = ((AxisValue)copy.Target.Indices[d]).Axis;
            if (read.Indices[d] is not AxisValue
                && !(read.Indices[d] is Number { Value: var at } && at >= 0 && at < extents[axis])) return read;
            positions[axis] = read.Indices[d];
        }
        var source = (Access)copy.Value;
        // The parts of a composite index say how far apart its positions lie.
        if (source.Any(e => e is Composite) && positions.Values.Any(p => p is not AxisValue)) return read;
        return (Access)source.Map(e => e is AxisValue axis ? positions[axis.Axis] : e);
    }
}
