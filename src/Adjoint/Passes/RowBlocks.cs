namespace Adjoint;

/// <summary>The loops over blocks of rows around the lines of a group.</summary>
sealed class RowBlocks
{
    // Parts of the rows with columns of their own: so much of the half that a causal bound cuts off is done for
    // nothing.
    const int MostParts = 16;

    readonly List<RowMap> units; // one position at a time
    readonly RowMap blocked;
    readonly ColumnBound? bound;
    readonly int columns; // of the tensors that the bound cuts
    readonly List<Line> lines;
    readonly HashSet<string> inner;
    readonly Extents extents;
    readonly FreshNames names;
    readonly Dictionary<string, int> newAxes = [];
    readonly Dictionary<string, TensorExtent> newTensors = [];
    readonly Dictionary<string, string> sources = [];
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
        var all = sizes[blocked.Dims[first.Tensor]];
        for (var d = 0; d < sizes.Length && bound is null && inner.Contains(first.Tensor); d++)
            if (maps.TrueForAll(m => m.Dims[first.Tensor] != d))
                (bound, columns) = (ColumnBound.Of(lines, inner, blocked, first.Tensor, d), sizes[d]);
        if (bound is not null) this.lines = [.. bound.Freed(lines, inner, blocked)];
        var window = bound is { First: { } low, Last: { } high } && low <= high ? high - low + 1 : 0;
        if (window > 0) rows = RowsOfWindow(window, (long)rows * columns);
        else if (bound is not null) rows = Math.Min(rows, (all + MostParts - 1) / MostParts);
        rows = Rows(all, Math.Min(all, Math.Max(fewest, rows)));
        var blocks = all / rows;
        var (from, to) = window > 0 ? Sliding(rows, blocks, bound!.First!.Value, bound.Last!.Value) : (blocks, blocks);
        AddParts(0, from, rows);
        if (from < to)
            Add(from * rows, to - from, rows, from * rows + bound!.First!.Value, rows + window - 1, isSliding: true);
        AddParts(to, blocks, rows);
        if (all % rows > 0) AddPart(blocks * rows, 1, all % rows);
        Extents = extents.With(newAxes, newTensors);
    }

    /// <summary>One statement for each part of the rows.</summary>
    public IReadOnlyList<Statement> Loops => loops;

    public Extents Extents { get; }

    /// <summary>The tensor that each new one is a part of.</summary>
    public IReadOnlyDictionary<string, string> Sources => sources;

    // A number that divides all rows if one is near.
    static int Rows(int all, int most)
    {
        for (var rows = most; rows > most / 2; rows--) if (all % rows == 0) return rows;
        return most;
    }

    // A block has as many columns as rows and window together: half a window of rows makes a third of them needless.
    static int RowsOfWindow(int window, long numbers) =>
        (int)Math.Min(window / 2, (Math.Sqrt((double)window * window + 4.0 * numbers) - window) / 2);

    // Blocks whose window lies inside the columns are one loop, along which it slides.
    (int From, int To) Sliding(int rows, int blocks, int first, int last)
    {
        var from = Math.Clamp((-first + rows - 1) / rows, 0, blocks);
        return (from, Math.Clamp((columns - last) / rows, from, blocks));
    }

    // Blocks with as many columns each as the widest of their part needs.
    void AddParts(int from, int to, int rows)
    {
        var parts = bound is null ? 1 : Math.Min(MostParts, to - from);
        for (var part = 0; part < parts && from < to; part++)
        {
            var (first, end) = (from + (to - from) * part / parts, from + (to - from) * (part + 1) / parts);
            AddPart(first * rows, end - first, rows);
        }
    }

    void AddPart(int from, int blocks, int rows)
    {
        var first = Math.Clamp((long)from + (bound?.First ?? int.MinValue), 0, Math.Max(0, columns - 1));
        var end = Math.Clamp((long)from + blocks * rows + (bound?.Last ?? columns), first + 1, Math.Max(first + 1, columns));
        Add(from, blocks, rows, (int)first, (int)(end - first), isSliding: false);
    }

    /// <param name="first">The first column of the first block.</param>
    /// <param name="isSliding">Each block begins as many columns later as it has rows; else all begin with the same.</param>
    void Add(int from, int blocks, int rows, int first, int width, bool isSliding)
    {
        string[] unitAxes = [.. units.Select(m => NewAxis("n", SizeOf(m)))];
        var (block, row) = (NewAxis("block", blocks), NewAxis("row", rows));
        var renamed = inner.ToDictionary(t => t, t => loops.Count == 0 ? t : names.Take(t));
        foreach (var (tensor, name) in renamed)
        {
            newTensors[name] = Split(tensor, blocks, rows, width);
            if (name != tensor) sources[name] = tensor;
        }
        var start = new Binary(Arithmetic.Multiply, new Number(rows), new AxisValue(block));
        var place = After(from, new Binary(Arithmetic.Add, start, new AxisValue(row)));
        var column = bound is null ? null : new AxisValue(NewAxis("column", width));
        var across = column is null ? null
            : After(first, isSliding ? new Binary(Arithmetic.Add, start, column) : column);
        var body = Cut(place, [new AxisValue(block), new AxisValue(row)], unitAxes, across, column, renamed);
        Statement loop = new TimeLoop(block, Down: false, body);
        foreach (var axis in unitAxes.Reverse()) loop = new TimeLoop(axis, Down: false, [loop]);
        loops.Add(loop);
    }

    static Expr After(int first, Expr place) =>
        first > 0 ? new Binary(Arithmetic.Add, new Number(first), place) : place;

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
    /// <param name="across">A column, counted through all blocks; null where nothing bounds them.</param>
    /// <param name="column">The same, counted in the block.</param>
    EquatableArray<Statement> Cut(Expr position, EquatableArray<Expr> places, string[] unitAxes, Expr? across, Expr? column,
        Dictionary<string, string> renamed) => lines.Select((line, n) =>
        {
            var positions = new Dictionary<string, Expr> { [blocked.Axes[n]] = position };
            for (var u = 0; u < units.Count; u++) positions[units[u].Axes[n]] = new AxisValue(unitAxes[u]);
            if (across is not null && bound!.Axes[n] is { } own) positions[own] = across;
            var cut = new Line((Access)Placed(line.Target), line.Op, Placed(line.Value),
                line.Condition is null ? null : Placed(line.Condition));
            return (Statement)(IsFirst(n) ? Whole(cut) : cut);

            Expr Placed(Expr expr) => expr switch
            {
                AxisValue axis => positions.GetValueOrDefault(axis.Axis, expr),
                Access access when inner.Contains(access.Tensor) => new Access(renamed[access.Tensor],
                    [.. access.Indices.SelectMany((index, d) => d == blocked.Dims[access.Tensor] ? places
                        : column is not null && bound!.Dims.TryGetValue(access.Tensor, out var at) && at == d ? [column]
                        : [Placed(index)])]),
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
