namespace Adjoint;

/// <summary>Walks and rewrites expressions and lines.</summary>
static class Traversal
{
    /// <summary>The direct parts of a node, in text order; indices of an access are parts.</summary>
    public static EquatableArray<Expr> Parts(this Expr expr) => expr switch
    {
        Access access => access.Indices,
        Composite composite => composite.Parts,
        Negate negate => [negate.Value],
        Binary binary => [binary.Left, binary.Right],
        Compare compare => [compare.Left, compare.Right],
        And and => [and.Left, and.Right],
        Or or => [or.Left, or.Right],
        Not not => [not.Value],
        Call call => call.Arguments,
        Where where => [where.Condition, where.Then, where.Else],
        Stop stop => [stop.Value],
        _ => [],
    };

    /// <summary>The same node over other parts.</summary>
    public static Expr WithParts(this Expr expr, EquatableArray<Expr> parts) => expr switch
    {
        Access access => new Access(access.Tensor, parts),
        Composite => new Composite(parts),
        Negate => new Negate(parts[0]),
        Binary binary => new Binary(binary.Operator, parts[0], parts[1]),
        Compare compare => new Compare(compare.Operator, parts[0], parts[1]),
        And => new And(parts[0], parts[1]),
        Or => new Or(parts[0], parts[1]),
        Not => new Not(parts[0]),
        Call call => new Call(call.Function, parts),
        Where => new Where(parts[0], parts[1], parts[2]),
        Stop => new Stop(parts[0]),
        _ => expr,
    };

    /// <summary>Every node, the expression itself first, indices included.</summary>
    public static void Visit(this Expr expr, Action<Expr> visit)
    {
        visit(expr);
        foreach (var part in expr.Parts()) part.Visit(visit);
    }

    public static bool Any(this Expr expr, Func<Expr, bool> holds)
    {
        if (holds(expr)) return true;
        foreach (var part in expr.Parts()) if (part.Any(holds)) return true;
        return false;
    }

    /// <summary>Rewrites from the leaves up; a node that no change touches is kept.</summary>
    public static Expr Map(this Expr expr, Func<Expr, Expr> change)
    {
        var parts = expr.Parts();
        var mapped = parts.Map(p => p.Map(change));
        var same = true;
        for (var i = 0; same && i < parts.Count; i++) same = ReferenceEquals(parts[i], mapped[i]);
        return change(same ? expr : expr.WithParts(mapped));
    }

    public static Line Map(this Line line, Func<Expr, Expr> change)
    {
        var (target, value, condition) = ((Access)line.Target.Map(change), line.Value.Map(change), line.Condition?.Map(change));
        return ReferenceEquals(target, line.Target) && ReferenceEquals(value, line.Value) && ReferenceEquals(condition, line.Condition)
            ? line : new(target, line.Op, value, condition);
    }

    /// <summary>Every line of a body rewritten; time loops keep their shape.</summary>
    public static EquatableArray<Statement> MapLines(this EquatableArray<Statement> body, Func<Line, Line> change) =>
        body.Map(s => s is TimeLoop loop ? loop with { Body = loop.Body.MapLines(change) } : change((Line)s));

    /// <summary>Every accumulate line in text order, inside time loops or not.</summary>
    public static IEnumerable<Line> AllLines(this EquatableArray<Statement> body) =>
        body.SelectMany(s => s is TimeLoop loop ? loop.Body.AllLines() : [(Line)s]);

    /// <summary>The same with the time loops around each, the outermost first.</summary>
    public static IEnumerable<(Line Line, TimeLoop[] Loops)> LoopedLines(this EquatableArray<Statement> body,
        params TimeLoop[] around) => body.SelectMany(s =>
            s is TimeLoop loop ? loop.Body.LoopedLines([.. around, loop]) : [((Line)s, around)]);

    /// <summary>The axes an expression mentions as positions, in text order; <c>#j</c> mentions none.</summary>
    public static void AddAxes(this Expr expr, List<string> axes) => expr.Visit(node =>
    {
        if (node is AxisValue axis && !axes.Contains(axis.Axis)) axes.Add(axis.Axis);
    });

    public static List<string> Axes(this Expr expr)
    {
        var axes = new List<string>();
        expr.AddAxes(axes);
        return axes;
    }

    /// <summary>All axes of a line in loop order: left ones outermost, then those of value and condition.</summary>
    public static List<string> Axes(this Line line)
    {
        var axes = line.Target.Axes();
        line.Value.AddAxes(axes);
        line.Condition?.AddAxes(axes);
        return axes;
    }

    /// <summary>Target, value and condition, as far as there.</summary>
    public static IEnumerable<Expr> Expressions(this Line line) =>
        line.Condition is null ? [line.Target, line.Value] : [line.Target, line.Value, line.Condition];

    /// <summary>Whether two accesses of one tensor never meet: some index is a different constant in each.</summary>
    public static bool IsApartFrom(this Access access, Access other)
    {
        for (var i = 0; i < access.Indices.Count && i < other.Indices.Count; i++)
            if ((access.Indices[i], other.Indices[i]) is (Number a, Number b) && a.Value != b.Value) return true;
        return false;
    }

    /// <summary>The parts of a condition joined by <c>and</c>, in text order.</summary>
    public static List<Expr> Conjuncts(this Expr? condition)
    {
        var list = new List<Expr>();
        Add(condition);
        return list;

        void Add(Expr? expr)
        {
            if (expr is And and)
            {
                Add(and.Left);
                Add(and.Right);
            }
            else if (expr is not null) list.Add(expr);
        }
    }

    public static Expr? Conjunction(IEnumerable<Expr> conditions)
    {
        Expr? all = null;
        foreach (var condition in conditions) all = all is null ? condition : new And(all, condition);
        return all;
    }

    /// <summary>The cells a line reads: in value, condition and indices, the target's own indices included.</summary>
    public static List<Access> Reads(this Line line)
    {
        var reads = new List<Access>();
        foreach (var index in line.Target.Indices) index.Visit(Add);
        line.Value.Visit(Add);
        line.Condition?.Visit(Add);
        return reads;

        void Add(Expr node)
        {
            if (node is Access access) reads.Add(access);
        }
    }
}
