namespace Adjoint;

/// <summary>The loops over blocks of rows around the lines of a group.</summary>
sealed class RowBlocks
{
    readonly List<RowMap> units; // one position at a time
    readonly RowMap blocked;
    readonly string[] unitAxes;
    readonly List<Line> lines;
    readonly HashSet<string> inner;
    readonly Dictionary<string, int> newAxes = [];
    readonly Dictionary<string, TensorExtent> newTensors = [];

    /// <param name="maps">At least one.</param>
    /// <param name="first">A tensor of the group: the last of its directions is the one that is cut.</param>
    /// <param name="inner">Tensors that nobody outside reads.</param>
    /// <param name="rows">How many rows a block has, about.</param>
    public RowBlocks(List<RowMap> maps, List<Line> lines, Access first, HashSet<string> inner, Extents extents,
        FreshNames names, int rows)
    {
        (this.lines, this.inner) = (lines, inner);
        var sizes = extents.Tensor(first.Tensor).Sizes;
        blocked = maps[^1];
        units = [.. maps.Where(m => m != blocked && sizes[m.Dims[first.Tensor]] > 1)];
        unitAxes = [.. units.Select(m => NewAxis("n", sizes[m.Dims[first.Tensor]]))];
        var all = sizes[blocked.Dims[first.Tensor]];
        rows = Rows(all, Math.Min(rows, all));
        var (blocks, rest) = (all / rows, all % rows);
        var body = new List<Statement>();
        var block = NewAxis("block", blocks);
        var row = NewAxis("row", rows);
        foreach (var tensor in inner) newTensors[tensor] = Split(tensor, blocks, rows);
        Expr position = new Binary(Arithmetic.Add,
            new Binary(Arithmetic.Multiply, new Number(rows), new AxisValue(block)), new AxisValue(row));
        body.Add(new TimeLoop(block, Down: false,
            Cut(position, [new AxisValue(block), new AxisValue(row)], inner.ToDictionary(t => t, t => t))));
        if (rest > 0)
        {
            var tail = NewAxis("row", rest);
            var renamed = inner.ToDictionary(t => t, names.Take);
            foreach (var (tensor, name) in renamed) newTensors[name] = Split(tensor, 1, rest);
            body.AddRange(Cut(new Binary(Arithmetic.Add, new Number(blocks * rows), new AxisValue(tail)),
                [Expr.Zero, new AxisValue(tail)], renamed));
        }
        foreach (var axis in unitAxes.Reverse()) body = [new TimeLoop(axis, Down: false, body.ToEquatable())];
        // One statement, whatever is in it.
        Loops = body is [TimeLoop loop] ? loop : new TimeLoop(NewAxis("n", 1), Down: false, body.ToEquatable());
        Extents = extents.With(newAxes, newTensors);

        string NewAxis(string name, int extent)
        {
            name = names.Take(name);
            newAxes[name] = extent;
            return name;
        }

        TensorExtent Split(string tensor, int blocks, int rows)
        {
            int[] own = extents.Tensor(tensor).Sizes;
            var at = blocked.Dims[tensor];
            int[] split = [.. own[..at], blocks, rows, .. own[(at + 1)..]];
            return new(new int[split.Length], split);
        }
    }

    public TimeLoop Loops { get; }

    public Extents Extents { get; }

    // A number that divides all rows if one is near.
    static int Rows(int all, int most)
    {
        for (var rows = most; rows > most / 2; rows--) if (all % rows == 0) return rows;
        return most;
    }

    bool IsFirst(int n) => inner.Contains(lines[n].Target.Tensor)
        && !lines.Take(n).Any(l => l.Target.Tensor == lines[n].Target.Tensor);

    // Where the condition does not hold stands the 0 that the cells began with, so that no block needs a start.
    static Line Whole(Line line) => line is { Op: LineOp.Set or LineOp.Add, Condition: { } condition }
        && line.Axes().TrueForAll(line.Target.Axes().Contains)
        ? new(line.Target, LineOp.Set, new Where(condition, line.Value, Expr.Zero)) : line;

    /// <param name="position">A row, counted through all blocks.</param>
    /// <param name="places">The block and the row in it.</param>
    EquatableArray<Statement> Cut(Expr position, EquatableArray<Expr> places, Dictionary<string, string> renamed) =>
        lines.Select((line, n) =>
        {
            var positions = new Dictionary<string, Expr> { [blocked.Axes[n]] = position };
            for (var u = 0; u < units.Count; u++) positions[units[u].Axes[n]] = new AxisValue(unitAxes[u]);
            var cut = new Line((Access)Placed(line.Target), line.Op, Placed(line.Value),
                line.Condition is null ? null : Placed(line.Condition));
            return (Statement)(IsFirst(n) ? Whole(cut) : cut);

            Expr Placed(Expr expr) => expr switch
            {
                AxisValue axis => positions.GetValueOrDefault(axis.Axis, expr),
                Access access when inner.Contains(access.Tensor) => new Access(renamed[access.Tensor],
                    [.. access.Indices.SelectMany((index, d) =>
                        d == blocked.Dims[access.Tensor] ? places : [Placed(index)])]),
                _ => expr.WithParts(expr.Parts().Map(Placed)),
            };
        }).ToEquatable();
}
