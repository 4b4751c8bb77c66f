namespace Adjoint;

// Loops of lines to kernel code. What does not change in a loop is computed before it; a cell that a line has just
// written is used from its local; sums stay in locals until their cell is complete. Expressions are
// NestWriter.Values.cs, cells NestWriter.Cells.cs, sums NestWriter.Sums.cs.

/// <summary>Writes the kernel of one outermost loop.</summary>
sealed partial class NestWriter
{
    const double MostLaidOut = 64;

    readonly BoundProgram program;
    readonly CodeBuilder code;
    readonly Sites sites;
    readonly IReadOnlySet<string> unstored; // tensors that live in locals only
    readonly IReadOnlyDictionary<string, RowBuffer> rows;
    readonly Dictionary<string, CodeExpr> positions = [];
    readonly Dictionary<Expr, int> uses = [];
    readonly List<string> loops = []; // open ones, outermost first
    readonly HashSet<string> loaded = [];
    readonly List<TensorPlace?> buffers = [];
    readonly List<string> integers = [];
    readonly List<int> numbers = [];
    readonly Dictionary<int, CodeLocal> arguments = [];
    BoundLine line = null!; // the one being written: what is safe depends on its limits
    Element element;
    string? vector;
    CodeExpr vectorIndex = 0;
    Lanes? lanes;
    bool isChecked; // all reads of the point are known to be inside

    NestWriter(BoundProgram program, string name, CodeTarget target, Sites sites, IReadOnlySet<string> unstored,
        IReadOnlyDictionary<string, RowBuffer> rows)
    {
        (this.program, code, this.sites, this.unstored, this.rows)
            = (program, new(name, target), sites, unstored, rows);
        element = program.Element;
    }

    /// <summary>The kernel of an item, and what it takes.</summary>
    public static NestKernel Write(BoundProgram program, LoopItem item, bool isParallel, string name,
        CodeTarget target, Sites sites, IReadOnlySet<string> unstored, IReadOnlyDictionary<string, RowBuffer> rows,
        IReadOnlyCollection<PartialSum> partials)
    {
        var writer = new NestWriter(program, name, target, sites, unstored, rows);
        foreach (var axis in item.Plans.SelectMany(p => p.Line.Loops).Distinct())
        {
            writer.positions[axis] = writer.code.Integer(axis);
            writer.integers.Add(axis);
        }
        foreach (var plan in item.Plans)
            foreach (var expression in plan.Line.Tests.Prepend(plan.Line.Value))
                expression.Visit(e => writer.uses[e] = writer.uses.GetValueOrDefault(e) + 1);
        foreach (var plan in item.Plans) writer.code.Remark(plan.Line.ToString());
        foreach (var sum in partials) writer.Open(sum);
        writer.Scoped(() => writer.Write(item, isParallel));
        return new(writer.code.Build(), writer.buffers, writer.integers, writer.numbers, writer.loaded);
    }

    void Write(LoopItem item, bool isParallel = false)
    {
        if (item is LoopNode node) Write(node, isParallel);
        else Write(((PointItem)item).Plan);
    }

    void Write(LoopNode node, bool isParallel)
    {
        var plans = node.Plans.ToList();
        foreach (var plan in plans) Forget(plan.Line.Target.Tensor);
        var sums = plans.Where(p => p.IsRegister && !running.ContainsKey(p) && p.Line.Summed.Contains(node.Axis)
            && p.Line.Left.All(positions.ContainsKey)).ToList();
        foreach (var plan in sums) running[plan] = Begin(plan, node);
        Prepare(node, plans);
        LookAhead(node);
        if (WriteTurned(node, isParallel)) return;
        var (from, to) = Bounds(node, isParallel);
        if (node.IsVector)
            code.VectorLoop(NameOf(node), from, to, element, (index, part) =>
            {
                (vector, vectorIndex, lanes) = (node.Axis, index, part);
                Enter(node, index);
                (vector, lanes) = (null, null);
            }, Unroll(node, plans), Fetching(node));
        else if (!isParallel && node.Limits.Count == 0 && LaidOut(node) <= MostLaidOut)
            for (var i = 0L; i < node.Extent; i++) Enter(node, Code.Constant(CodeType.Int64, i));
        else
            code.For(NameOf(node), from, to, index => Enter(node, index));
        foreach (var plan in sums) Finish(plan);
    }

    // The leading axes, taken as one, are the rows of what is looked at.
    static string NameOf(LoopNode node) => node.Axis == ".." ? "row" : node.Axis;

    void Enter(LoopNode node, CodeExpr index)
    {
        Open(node, index);
        Scoped(() =>
        {
            foreach (var item in node.Items) Write(item);
        });
        Close(node);
    }

    void Open(LoopNode node, CodeExpr index)
    {
        foreach (var axis in node.Outer) positions[axis] = Code.Constant(CodeType.Int64, 0L);
        positions[node.Axis] = index;
        loops.Add(node.Axis);
    }

    void Close(LoopNode node)
    {
        loops.RemoveAt(loops.Count - 1);
        positions.Remove(node.Axis);
        foreach (var axis in node.Outer) positions.Remove(axis);
    }

    (CodeExpr From, CodeExpr To) Bounds(LoopNode node, bool isParallel)
    {
        if (ranges.TryGetValue(node.Axis, out var range)) return range;
        CodeExpr from = isParallel ? code.Begin : Code.Constant(CodeType.Int64, 0L);
        CodeExpr to = isParallel ? code.End : Code.Constant(CodeType.Int64, node.Extent);
        foreach (var limit in node.Limits)
        {
            var factor = limit[node.Axis];
            var rest = Position(limit.Without(node.Axis));
            if (factor > 0) from = code.Let("from",
                Code.MaxNative(Code.Constant(CodeType.Int64, 0L) - Divided(rest, factor), from));
            else to = code.Let("to", Code.MinNative(Divided(rest, -factor) + 1, to));
        }
        return (from, to);

        CodeExpr Divided(CodeExpr a, long b) => b == 1 ? a : code.FloorDivide(a, Code.Constant(CodeType.Int64, b));
    }

    // Expressions of all turns of a short loop (a window of a pooling): one after the other they share addresses
    // and need no counter.
    double LaidOut(LoopNode node) => node.Extent * node.Items.Sum(i => i switch
    {
        LoopNode { IsVector: false, Limits.Count: 0 } inner => LaidOut(inner),
        PointItem { Plan.Line: var own } => Size(own.Value) + own.Tests.Sum(Size),
        _ => double.PositiveInfinity,
    });

    /// <summary>About as many instructions as an expression takes.</summary>
    public static double Size(Expr expr)
    {
        var size = 1.0;
        expr.Visit(e => size += e is Call ? 10 : 1);
        return size;
    }

    // Vectors of a turn do not wait for each other; large bodies, which have more to do anyway, grow with each.
    int Unroll(LoopNode node, List<LinePlan> plans)
    {
        var size = 0;
        foreach (var plan in plans) plan.Line.Value.Visit(_ => size++);
        var most = node.Items.Exists(i => i is LoopNode) ? 1 : size > 40 ? 2 : 4;
        while (most > 1 && most * code.Target.Lanes(element) > node.Extent) most /= 2;
        return most;
    }

    void Write(LinePlan plan)
    {
        line = plan.Line;
        var guards = plan.Guards.Select(l => Compared(Comparison.GreaterOrEqual, Whole(l), 0)).ToList();
        var mask = guards.Where(g => g.Type.IsVector).Aggregate((CodeExpr?)null, (all, g) => all is null ? g : all & g);
        guards.RemoveAll(g => g.Type.IsVector);
        if (guards.Count == 0) Guarded(plan, 0, mask);
        else code.If(guards.Aggregate((a, b) => a & b), () => Scoped(() => Guarded(plan, 0, mask)));
    }

    // A test that is the same for all lanes is a branch; the others make a mask.
    void Guarded(LinePlan plan, int test, CodeExpr? mask)
    {
        if (test == plan.Line.Tests.Count || plan.Fills)
        {
            Checked(plan, mask);
            return;
        }
        var holds = Condition(plan.Line.Tests[test]);
        if (holds.Type.IsVector) Guarded(plan, test + 1, mask is null ? holds : mask & holds);
        else code.If(holds, () => Scoped(() => Guarded(plan, test + 1, mask)));
    }

    // With lanes, whether a gathered row exists is asked before the point; scalars ask as they read.
    void Checked(LinePlan plan, CodeExpr? mask)
    {
        var checks = plan.Vector is null ? [] : line.Reads.Where(r => !line.IsSafe(r)).Select(Inside).ToList();
        if (checks.Count == 0) Point(plan, mask);
        else
            code.If(checks.Aggregate((a, b) => a & b), () => Scoped(() =>
            {
                isChecked = true;
                Point(plan, mask);
                isChecked = false;
            }));
    }

    void Point(LinePlan plan, CodeExpr? mask)
    {
        if (program[plan.Line.Target.Tensor].IsInteger) SetInteger(plan);
        else if (running.TryGetValue(plan, out var sum)) Add(plan, sum, Summand(plan), mask);
        else Store(plan, plan.Fills ? Filled(plan) : Value(plan.Line.Value), mask, plan.IsFirst);
    }

    CodeExpr Filled(LinePlan plan)
    {
        var start = Scalar(program[plan.Line.Target.Tensor].Start);
        return plan.Line.Tests.Select(test => code.Let("holds", Condition(test))).Reverse()
            .Aggregate(Value(plan.Line.Value), (value, holds) => Code.Select(holds, value, start));
    }
}

/// <summary>A kernel and what it takes: cells of tensors, positions of enclosing loops.</summary>
/// <param name="Buffers">Null is where it reports an index out of range.</param>
/// <param name="Numbers">The arguments of the program it takes.</param>
/// <param name="Loaded">Tensors it reads from memory.</param>
sealed record NestKernel(KernelCode Code, IReadOnlyList<TensorPlace?> Buffers, IReadOnlyList<string> Integers,
    IReadOnlyList<int> Numbers, IReadOnlySet<string> Loaded);
