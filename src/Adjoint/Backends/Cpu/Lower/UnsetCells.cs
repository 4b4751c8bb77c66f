namespace Adjoint;

// `=` lines need no start value where they write: the pieces of a tensor, the steps of a state and its margin. Cells
// that none of them writes do, and those that somebody may read before.

/// <summary>The cells of a tensor that are left to its start value: ranges of positions of one dimension.</summary>
sealed record UnsetCells(int Dim, IReadOnlyList<(int From, int To)> Ranges);

/// <summary>Finds them.</summary>
sealed class UnsetCellsFinder
{
    readonly BoundProgram program;
    readonly LineTensors tensors;
    readonly Dictionary<Line, TimeLoop[]> loops = new(ReferenceEqualityComparer.Instance);

    public UnsetCellsFinder(BoundProgram program, LineTensors tensors)
    {
        (this.program, this.tensors) = (program, tensors);
        foreach (var (line, around) in program.Program.Body.LoopedLines()) loops[line] = around;
    }

    /// <summary>Null where every cell needs the start value.</summary>
    public UnsetCells? Of(TensorPlace place)
    {
        var sizes = place.Extent.Sizes;
        if (place.IsInteger || place.IsOperand || place.Updates is not null || place.Count == 0) return null;
        var boxes = tensors.Writers(place.Name).Where(w => w.Contraction is null)
            .Select(w => (Writer: w, Box: Box(place, w.Line)))
            .Where(b => b.Box is not null && IsSetFirst(place, b.Writer, b.Box)).Select(b => b.Box!).ToList();
        if (boxes.Count == 0) return null;
        var dim = Math.Max(0, Enumerable.Range(0, sizes.Length).ToList().FindIndex(d => !IsWhole(boxes[0], d)));
        // Side by side along one dimension, or not at all.
        boxes.RemoveAll(box => Enumerable.Range(0, sizes.Length).Any(d => d != dim && !IsWhole(box, d)));
        var left = new List<(int From, int To)>();
        var next = 0;
        foreach (var (low, high) in boxes.Select(b => b[dim]).OrderBy(b => b.Low))
        {
            if (low > next) left.Add((next, (int)low));
            next = Math.Max(next, (int)high + 1);
        }
        if (next < sizes[dim]) left.Add((next, sizes[dim]));
        return boxes.Count == 0 || left.Count > 0 && place.Folded is not null ? null : new(dim, left);

        bool IsWhole((long Low, long High)[] box, int d) => box[d] == (0, sizes[d] - 1);
    }

    // First and last position in each dimension; null where a line does not write all cells between them.
    (long Low, long High)[]? Box(TensorPlace place, BoundLine line)
    {
        var (sizes, from, indices) = (place.Extent.Sizes, place.Extent.From, line.Target.Indices);
        if (line.Op is not LineOp.Set || line.Tests.Count + line.Limits.Count + line.Relations.Count > 0
            || indices.Count != sizes.Length || sizes.Length == 0 || !line.IsSafe(line.Target)) return null;
        var box = new (long, long)[sizes.Length];
        var axes = new HashSet<string>();
        for (var d = 0; d < sizes.Length; d++)
        {
            var form = program.Form(indices[d]);
            var extent = 1;
            if (!form.IsConstant)
            {
                var axis = form.Symbols.First();
                if (form.Minus(IndexForm.Of(axis)) is not { IsConstant: true } || !axes.Add(axis)
                    || !line.Left.Contains(axis) && !line.Loops.Contains(axis)) return null;
                extent = program.Extents[axis];
            }
            box[d] = place.Folded?[d] is true ? (0, sizes[d] - 1)
                : (form.Constant - from[d], form.Constant - from[d] + extent - 1);
        }
        return box;
    }

    // Whether nobody reads a cell of the box before the line has written it.
    bool IsSetFirst(TensorPlace place, LinePlan writer, (long Low, long High)[]? box) =>
        tensors.Of(place.Name).All(reader => reader.Line.Reads.Where(r => r.Tensor == place.Name)
            .All(read => IsApart(place, read, box!) || IsLater(writer.Line, reader.Line, read)));

    bool IsApart(TensorPlace place, Access read, (long Low, long High)[] box) =>
        read.Indices.Count == box.Length && Enumerable.Range(0, box.Length).Any(d => place.Folded?[d] is not true
            && program.Form(read.Indices[d]).Plus(-place.Extent.From[d]) is var form
            && (form.Max(program.Range) < box[d].Low || form.Min(program.Range) > box[d].High));

    bool IsLater(BoundLine writer, BoundLine reader, Access read)
    {
        var shared = loops[writer.Source].Zip(loops[reader.Source])
            .TakeWhile(l => ReferenceEquals(l.First, l.Second)).Select(l => l.First);
        foreach (var loop in shared)
        {
            if (StepsAhead(writer.Target, read, loop.Axis) is not { } ahead) return false;
            if (ahead != 0) return loop.Down ? ahead > 0 : ahead < 0;
        }
        return writer.Number < reader.Number;
    }

    // How many positions of a loop lie between reading a cell and writing it: above 0, the higher one writes.
    long? StepsAhead(Access written, Access read, string axis)
    {
        for (var d = 0; d < written.Indices.Count; d++)
        {
            var (target, index) = (program.Form(written.Indices[d]), program.Form(read.Indices[d]));
            if (target.Minus(IndexForm.Of(axis)).IsConstant
                && index.Minus(target) is { IsConstant: true, Constant: var ahead }) return ahead;
        }
        return null;
    }
}
