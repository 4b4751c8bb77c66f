namespace Adjoint;

/// <summary>The loops over blocks of rows around the lines of a group.</summary>
sealed class RowBlocks
{
    // Parts of the rows with columns of their own: so much of the half that a causal bound cuts off is done for nothing.
    const int MostParts = 16;

    readonly List<RowMap> units; // one position at a time
    readonly RowMap blocked;
    readonly ColumnBound? bound;
    readonly List<Line> lines;
    readonly HashSet<string> inner;
    readonly Extents extents;
    readonly FreshNames names;
    readonly Dictionary<string, int> newAxes = [];
    readonly Dictionary<string, TensorExtent> newTensors = [];
    readonly List<Statement> loops = [];

    /// <param name="maps">At least one; the last is the direction that is cut.</param>
    /// <param name="first">A tensor of the group.</param>
    /// <param name="inner">Tensors that nobody outside reads.</param>
    /// <param name="rows">How many rows a block has, about.</param>
    /// <param name="fewest">How many it has at least, if there are so many.</param>
    public RowBlocks(List<RowMap> maps, List<Line> lines, Access first, HashSet<string> inner, Extents extents,
        FreshNames names, int rows, int fewest)
    {
        (this.lines, this.inner, this.extents, this.names) = (lines, inner, extents, names);
        var sizes = extents.Tensor(first.Tensor).Sizes;
        blocked = maps[^1];
        units = [.. maps.Where(m => m != blocked && sizes[m.Dims[first.Tensor]] > 1)];
        var (all, columns) = (sizes[blocked.Dims[first.Tensor]], 0);
        for (var d = 0; d < sizes.Length && bound is null && inner.Contains(first.Tensor); d++)
            if (maps.TrueForAll(m => m.Dims[first.Tensor] != d))
                (bound, columns) = (ColumnBound.Of(lines, inner, blocked, first.Tensor, d), sizes[d]);
        if (bound is not null) this.lines = [.. bound.Freed(lines, inner, blocked)];
        var parts = bound is null ? 1 : MostParts;
        rows = Rows(all, Math.Min(all, Math.Max(fewest, Math.Min(rows, (all + parts - 1) / parts))));
        var blocks = all / rows;
        parts = Math.Min(parts, blocks);
        for (var part = 0; part < parts; part++)
        {
            var (from, to) = (blocks * part / parts, blocks * (part + 1) / parts);
            Add(from * rows, to - from, rows, Columns(to * rows));
        }
        if (all % rows > 0) Add(blocks * rows, 1, all % rows, Columns(all));
        Extents = extents.With(newAxes, newTensors);

        int Columns(int end) => bound is null ? 0 : (int)Math.Clamp((long)end + bound.Shift, 1, columns);
    }

    /// <summary>One statement for each part of the rows.</summary>
    public IReadOnlyList<Statement> Loops => loops;

    public Extents Extents { get; }

    // A number that divides all rows if one is near.
    static int Rows(int all, int most)
    {
        for (var rows = most; rows > most / 2; rows--) if (all % rows == 0) return rows;
        return most;
    }

    void Add(int from, int blocks, int rows, int columns)
    {
        string[] unitAxes = [.. units.Select(m => NewAxis("n", SizeOf(m)))];
        var (block, row) = (NewAxis("block", blocks), NewAxis("row", rows));
        var column = bound is null ? null : NewAxis("column", columns);
        var renamed = inner.ToDictionary(t => t, t => loops.Count == 0 ? t : names.Take(t));
        foreach (var (tensor, name) in renamed) newTensors[name] = Split(tensor, blocks, rows, columns);
        Expr place = new Binary(Arithmetic.Add,
            new Binary(Arithmetic.Multiply, new Number(rows), new AxisValue(block)), new AxisValue(row));
        if (from > 0) place = new Binary(Arithmetic.Add, new Number(from), place);
        var body = Cut(place, [new AxisValue(block), new AxisValue(row)], unitAxes, column, renamed);
        Statement loop = new TimeLoop(block, Down: false, body);
        foreach (var axis in unitAxes.Reverse()) loop = new TimeLoop(axis, Down: false, [loop]);
        loops.Add(loop);
    }

    int SizeOf(RowMap map)
    {
        var (tensor, dim) = map.Dims.First();
        return extents.Tensor(tensor).Sizes[dim];
    }

    string NewAxis(string name, int extent)
    {
        name = names.Take(name);
        newAxes[name] = extent;
        return name;
    }

    TensorExtent Split(string tensor, int blocks, int rows, int columns)
    {
        var own = extents.Tensor(tensor).Sizes.ToArray();
        if (bound is not null && bound.Dims.TryGetValue(tensor, out var across)) own[across] = columns;
        var at = blocked.Dims[tensor];
        int[] split = [.. own[..at], blocks, rows, .. own[(at + 1)..]];
        return new(new int[split.Length], split);
    }

    bool IsFirst(int n) => inner.Contains(lines[n].Target.Tensor)
        && !lines.Take(n).Any(l => l.Target.Tensor == lines[n].Target.Tensor);

    // Where the condition does not hold stands the 0 that the cells began with, so that no block needs a start.
    static Line Whole(Line line) => line is { Op: LineOp.Set or LineOp.Add, Condition: { } condition }
        && line.Axes().TrueForAll(line.Target.Axes().Contains)
        ? new(line.Target, LineOp.Set, new Where(condition, line.Value, Expr.Zero)) : line;

    /// <param name="position">A row, counted through all blocks.</param>
    /// <param name="places">The block and the row in it.</param>
    EquatableArray<Statement> Cut(Expr position, EquatableArray<Expr> places, string[] unitAxes, string? column,
        Dictionary<string, string> renamed) => lines.Select((line, n) =>
        {
            var positions = new Dictionary<string, Expr> { [blocked.Axes[n]] = position };
            for (var u = 0; u < units.Count; u++) positions[units[u].Axes[n]] = new AxisValue(unitAxes[u]);
            if (column is not null && bound!.Axes[n] is { } across) positions[across] = new AxisValue(column);
            var cut = new Line((Access)Placed(line.Target), line.Op, Placed(line.Value),
                line.Condition is null ? null : Placed(line.Condition));
            return (Statement)(IsFirst(n) ? Whole(cut) : cut);

            Expr Placed(Expr expr) => expr switch
            {
                AxisValue axis => positions.GetValueOrDefault(axis.Axis, expr),
                Access access when inner.Contains(access.Tensor) => new Access(renamed[access.Tensor],
                    [.. access.Indices.SelectMany((index, d) =>
                        d == blocked.Dims[access.Tensor] ? places : [Placed(index)])]),
                Composite parts when parts.Parts.Any(p => Placed(p) is not (AxisValue or Number)) => Unfolded(parts),
                _ => expr.WithParts(expr.Parts().Map(Placed)),
            };

            // (h,t) with a sum for t is h * #t + t.
            Expr Unfolded(Composite composite)
            {
                var sum = Placed(composite.Parts[0]);
                foreach (var part in composite.Parts.Skip(1))
                    sum = new Binary(Arithmetic.Add, new Binary(Arithmetic.Multiply, sum,
                        new Number(extents[((AxisValue)part).Axis])), Placed(part));
                return sum;
            }
        }).ToEquatable();
}
