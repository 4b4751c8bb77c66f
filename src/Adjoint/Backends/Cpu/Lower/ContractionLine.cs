namespace Adjoint;

// A line that sums products of two tensors over axes goes to the contraction engine, whatever it is called: what counts
// is which of its axes the two tensors and the target share. A relation between axes (padding, strides, dilation)
// becomes a window: the position of its longest summed axis, computed from the others. So does a condition (causal
// attention): where it fails, an operand counts as 0, or a cell is not computed.

/// <summary>A line as a contraction.</summary>
/// <param name="A">Where a begins, from the first cell of its tensor; time loops move it.</param>
/// <param name="Bounds">Where one of these is negative, the line has no points and the contraction may write
/// anything.</param>
sealed record ContractionLine(
    ContractionShape Shape, string TensorA, string TensorB, IndexForm A, IndexForm B, IndexForm Out, double Scale,
    IReadOnlyList<IndexForm> Bounds)
{
    /// <summary>Factors that the caller of a run gives.</summary>
    public IReadOnlyList<Expr> Numbers { get; init; } = [];

    /// <summary>How far a run goes.</summary>
    public IReadOnlyList<ContractionCut> Cuts { get; init; } = [];

    /// <summary>Axes outside of the shape, and what each moves: runs of the shape that differ in how far they
    /// go.</summary>
    public IReadOnlyList<(string Axis, ContractionAxis Steps)> Outer { get; init; } = [];

    /// <summary>The line as a contraction, or null where it is none.</summary>
    /// <param name="loops">The axes of the enclosing time loops.</param>
    public static ContractionLine? Of(BoundProgram program, Line line, IReadOnlyList<string> loops)
    {
        if (line.Op is not (LineOp.Add or LineOp.Subtract)) return null;
        var bound = new BoundLine(program, line, loops, 0, solves: false);
        var factors = new List<Access>();
        var numbers = new List<Expr>();
        var scale = line.Op is LineOp.Subtract ? -1.0 : 1.0;
        if (bound.IsEmpty || bound.Tests.Count > 0 || !AddFactors(program, bound.Value, factors, numbers, ref scale)
            || factors.Count != 2) return null;
        var (a, b) = (factors[0], factors[1]);
        if (program[a.Tensor].IsInteger || program[b.Tensor].IsInteger || program[line.Target.Tensor].IsInteger
            || a.Tensor == line.Target.Tensor || b.Tensor == line.Target.Tensor) return null;
        var (offsetA, offsetB, offsetOut) = (program.Offset(a), program.Offset(b), bound.TargetOffset);
        var axes = bound.Axes.ToList();
        var windows = new List<(bool IsOfB, string Axis, IndexForm Position, int Divisor, long Stride)>();
        foreach (var relation in bound.Relations)
        {
            // Of two as long that of the smaller operand, whose rows or columns the others join.
            var longest = axes.Where(x => relation[x] != 0 && bound.Summed.Contains(x))
                .MaxBy(x => (program.Extents[x], -program[offsetB[x] != 0 ? b.Tensor : a.Tensor].Count));
            if (longest is null) return null;
            var isOfB = offsetB[longest] != 0;
            if (isOfB == (offsetA[longest] != 0) || !IsPlain(program, isOfB ? b : a, longest)) return null;
            if (windows.Exists(w => w.Position[longest] != 0 || relation[w.Axis] != 0)) return null;
            var factor = relation[longest];
            var position = relation.Without(longest).Times(factor > 0 ? -1 : 1);
            windows.Add((isOfB, longest, position, (int)Math.Abs(factor), (isOfB ? offsetB : offsetA)[longest]));
            axes.Remove(longest);
            (offsetA, offsetB) = (offsetA.Without(longest), offsetB.Without(longest));
        }
        string[] known = [.. bound.Axes, .. loops];
        IEnumerable<string> symbols = [.. offsetA.Symbols, .. offsetB.Symbols, .. offsetOut.Symbols];
        if (symbols.Any(s => !known.Contains(s))
            || windows.Exists(w => w.Position.Symbols.Any(s => !axes.Contains(s)))) return null;
        // The relations of a bound line are also its limits; others cut what an operand or the target has of the shape.
        var related = bound.Relations.SelectMany(r => new[] { r.Key, r.Times(-1).Key }).ToHashSet();
        var bounds = new List<IndexForm>();
        var (cuts, cutBy) = (new List<ContractionWindow>(), new List<IndexForm>());
        var ends = new List<ContractionCut>();
        foreach (var limit in bound.Limits.Where(l => !related.Contains(l.Key)))
        {
            if (windows.Count == 0 && !limit.Symbols.All(axes.Contains)
                && ContractionCut.Of(program, limit, axes, loops, Group) is { } end)
            {
                ends.Add(end);
                if (end.Group is not ContractionGroup.Sum) bounds.Add(limit);
                continue;
            }
            if (!limit.Symbols.All(axes.Contains)
                || limit.Max(program.Range) is not { } most || most >= int.MaxValue) return null;
            var groups = limit.Symbols.Select(Group).ToHashSet();
            var isOfOut = !groups.Contains(ContractionGroup.Sum);
            if (!isOfOut && groups.Contains(ContractionGroup.Row)
                && groups.Contains(ContractionGroup.Column)) return null;
            if (isOfOut) bounds.Add(limit);
            cutBy.Add(limit);
            cuts.Add(new(groups.Contains(ContractionGroup.Column), (int)most + 1, 0,
                [.. axes.Select(x => (int)limit[x])], (int)limit.Constant, IsOfOut: isOfOut));
        }
        if (bounds.Count > 0 && !IsOnlyWriter(program, line)) return null;
        // Each is read, or written, wherever its own conditions hold.
        if (!IsSafe(a, c => !c.IsOfOut && !c.IsOfB) || !IsSafe(b, c => !c.IsOfOut && c.IsOfB)
            || !IsSafe(bound.Target, _ => false)) return null;
        var outer = ends.SelectMany(e => e.AxesAmong(program, axes)).Distinct().ToList();
        if (outer.Exists(x => cutBy.Exists(c => c[x] != 0))) return null;
        var inner = axes.Except(outer).ToList();
        var shape = new ContractionShape([.. inner.Select(Steps)],
            [.. windows.Select(w => new ContractionWindow(w.IsOfB, program.Extents[w.Axis], w.Stride,
                [.. inner.Select(x => (int)w.Position[x])], (int)w.Position.Constant, w.Divisor)),
                .. cuts.Select(c => c with { Coefficients = [.. inner.Select(x => c.Coefficients[axes.IndexOf(x)])] })]);
        var isOne = shape.Count(ContractionGroup.Row) > 1 && shape.Count(ContractionGroup.Column) > 1
            && shape.Count(ContractionGroup.Sum) > 1;
        return !isOne ? null
            : new(shape, a.Tensor, b.Tensor, Start(offsetA), Start(offsetB), Start(offsetOut), scale, bounds)
            {
                Numbers = numbers,
                Cuts = ends,
                Outer = [.. outer.Select(x => (x, Steps(x)))],
            };

        ContractionAxis Steps(string x) => new(Group(x), program.Extents[x], offsetA[x], offsetB[x], offsetOut[x]);

        bool IsSafe(Access access, Func<ContractionWindow, bool> isOwn) => program.StaysInside(access,
            [.. bound.Limits.Where(l => related.Contains(l.Key)), .. cutBy.Where((_, i) => isOwn(cuts[i]))]);

        ContractionGroup Group(string axis)
        {
            var isInA = offsetA[axis] != 0 || windows.Exists(w => !w.IsOfB && w.Position[axis] != 0);
            var isInB = offsetB[axis] != 0 || windows.Exists(w => w.IsOfB && w.Position[axis] != 0);
            return bound.Summed.Contains(axis) ? ContractionGroup.Sum
                : isInA && isInB ? ContractionGroup.Batch
                : isInB ? ContractionGroup.Column : ContractionGroup.Row;
        }

        IndexForm Start(IndexForm offset) => axes.Aggregate(offset, (rest, axis) => rest.Without(axis));
    }

    // Cells outside the bounds hold 0 before and after: they may be used in between.
    static bool IsOnlyWriter(BoundProgram program, Line line) =>
        program[line.Target.Tensor].Updates is null
        && program.Program.Lines.Count(l => l.Target.Tensor == line.Target.Tensor) == 1;

    // A product of accesses and constants, quotients by constants among them.
    static bool AddFactors(BoundProgram program, Expr expr, List<Access> factors, List<Expr> numbers,
        ref double scale)
    {
        if (program.Constant(expr) is { } constant)
        {
            scale *= constant;
            return true;
        }
        if (NumberFunction.Fits(program, expr))
        {
            numbers.Add(expr);
            return true;
        }
        switch (expr)
        {
            case Access access:
                factors.Add(access);
                return true;
            case Negate negate:
                scale = -scale;
                return AddFactors(program, negate.Value, factors, numbers, ref scale);
            case Binary { Operator: Arithmetic.Multiply } product:
                return AddFactors(program, product.Left, factors, numbers, ref scale)
                    && AddFactors(program, product.Right, factors, numbers, ref scale);
            case Binary { Operator: Arithmetic.Divide } quotient when program.Constant(quotient.Right) is { } divisor:
                scale /= divisor;
                return AddFactors(program, quotient.Left, factors, numbers, ref scale);
            case Binary { Operator: Arithmetic.Divide } quotient when NumberFunction.Fits(program, quotient.Right):
                numbers.Add(quotient with { Left = Expr.One });
                return AddFactors(program, quotient.Left, factors, numbers, ref scale);
            default: return false;
        }
    }

    // One index is the axis and no other mentions it.
    static bool IsPlain(BoundProgram program, Access access, string axis) =>
        access.Indices.Count(i => i.Axes().Contains(axis)) == 1
        && access.Indices.Any(i => program.Form(i).Key == IndexForm.Of(axis).Key);
}
