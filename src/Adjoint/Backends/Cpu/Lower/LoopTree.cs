namespace Adjoint;

// Lines that follow each other share loops as far as the cells they exchange allow: a softmax is one loop over rows
// with four loops inside, a chain of pointwise lines is one loop.

/// <summary>A loop or a line in it.</summary>
abstract record LoopItem
{
    /// <summary>The lines in it, in text order.</summary>
    public abstract IEnumerable<LinePlan> Plans { get; }

    /// <summary>Loops and lines, a row each.</summary>
    public sealed override string ToString() => string.Join('\n', Rows(1));

    public abstract IEnumerable<string> Rows(int depth);

    protected static string Row(int depth, string text) => new string(' ', 2 * depth) + text;
}

/// <summary>The point of a line.</summary>
sealed record PointItem(LinePlan Plan) : LoopItem
{
    public override IEnumerable<LinePlan> Plans => [Plan];

    public override IEnumerable<string> Rows(int depth) => [Row(depth, Plan.Line.ToString())];
}

/// <summary>A loop over the positions of an axis.</summary>
/// <param name="IsVector">Runs by the lanes of a vector.</param>
/// <param name="Limits">What bounds it, by positions of the axes around.</param>
/// <param name="Extent">Turns, where nothing bounds it.</param>
sealed record LoopNode(string Axis, bool IsVector, IReadOnlyList<IndexForm> Limits, long Extent) : LoopItem
{
    public List<LoopItem> Items { get; init; } = [];

    /// <summary>Axes whose loops are taken together with this one, outermost first: their positions are 0 here, and
    /// that of the axis counts on.</summary>
    public IReadOnlyList<string> Outer { get; init; } = [];
    public override IEnumerable<LinePlan> Plans => Items.SelectMany(i => i.Plans);

    public override IEnumerable<string> Rows(int depth) =>
        Items.SelectMany(i => i.Rows(depth + 1)).Prepend(Row(depth, $"over {Axis}{(IsVector ? ", by vectors" : "")}:"));
}

/// <summary>Puts lines into loops.</summary>
sealed class LoopTree(BoundProgram program)
{
    // Methods with very many locals run slowly, so a loop takes no more lines than this.
    const int LinesInLoop = 24;

    // From here on a scalar beside the row costs less than another pass.
    const int PointsOfRow = 128;

    /// <summary>The outermost items, in text order.</summary>
    public List<LoopItem> Items { get; } = [];

    public void Add(LinePlan plan)
    {
        if (plan.Contraction is not null)
        {
            Items.Add(new PointItem(plan));
            return;
        }
        if (IsAsideOfRows(plan)) plan.RunScalar();
        var items = Items;
        var placed = new List<string>(plan.Line.Loops);
        var outer = plan.Outer.ToList();
        var tail = new Queue<string>(plan.Tail);
        var guards = plan.Line.Limits.ToList();
        while (items.Count > 0 && items[^1] is LoopNode node && Fits(node, plan, outer, tail, placed))
        {
            if (!outer.Remove(node.Axis)) tail.Dequeue();
            guards.RemoveAll(plan.LimitsAt(node.Axis, placed).Contains);
            placed.Add(node.Axis);
            items = node.Items;
        }
        foreach (var axis in outer.Concat(tail))
        {
            var node = new LoopNode(axis, axis == plan.Vector, [.. plan.LimitsAt(axis, placed)], program.Extents[axis]);
            items.Add(node);
            guards.RemoveAll(node.Limits.Contains);
            placed.Add(axis);
            items = node.Items;
        }
        plan.Guards = guards;
        items.Add(new PointItem(plan));
    }

    // One number a row: in lanes of its own it would end the loop over the rows, and what follows would pass through
    // memory once more.
    bool IsAsideOfRows(LinePlan plan)
    {
        if (plan.Vector is null || plan.Line.Summed.Count > 0) return false;
        var (items, placed, outer) = (Items, new List<string>(plan.Line.Loops), plan.Line.Left.ToList());
        while (outer.Count > 0)
        {
            if (items.Count == 0 || items[^1] is not LoopNode { IsVector: false } node
                || !Fits(node, plan, outer, new(), placed, isScalar: true)) return false;
            outer.Remove(node.Axis);
            placed.Add(node.Axis);
            items = node.Items;
        }
        return items.Any(i => i is LoopNode node && Points(node) >= PointsOfRow);
    }

    double Points(LoopNode node) => node.Items.Sum(i => i is LoopNode inner ? Points(inner) : 1)
        * node.Extent;

    bool Fits(LoopNode node, LinePlan plan, List<string> outer, Queue<string> tail, List<string> placed,
        bool isScalar = false) =>
        (outer.Contains(node.Axis) || outer.Count == 0 && tail.TryPeek(out var next) && next == node.Axis)
        && node.IsVector == (!isScalar && node.Axis == plan.Vector)
        && node.Limits.Select(l => l.Key).SequenceEqual(plan.LimitsAt(node.Axis, placed).Select(l => l.Key))
        && node.Plans.Count() < LinesInLoop
        && node.Plans.All(p => Independence.Holds(program, p.Line, plan.Line, node.Axis, placed));

    /// <summary>Whether the turns of a loop may run at the same time.</summary>
    public static bool IsParallel(BoundProgram program, LoopNode node)
    {
        var lines = node.Plans.Select(p => p.Line).ToList();
        for (var i = 0; i < lines.Count; i++)
            for (var j = i; j < lines.Count; j++)
                if (!AreIndependent(program, lines[i], lines[j], node)) return false;
        return true;
    }

    /// <summary>Whether no turn of an outermost loop writes a cell that another turn of either line touches.</summary>
    public static bool AreIndependent(BoundProgram program, BoundLine one, BoundLine other, LoopNode node)
    {
        var shared = one.Loops.ToList();
        foreach (var axis in node.Outer.Append(node.Axis))
        {
            if (!Independence.Holds(program, one, other, axis, shared)) return false;
            shared.Add(axis);
        }
        return true;
    }
}
