namespace Adjoint;

// A line with sizes put in. Composite indices are written out, a relation with an axis of factor 1 is solved for it
// (the axis vanishes from the loops and its extent limits the others), affine conditions become limits, the rest are
// tests.

/// <summary>One line, ready to be put into loops.</summary>
sealed class BoundLine
{
    const int ShortOf = 4;

    readonly BoundProgram program;
    readonly List<IndexForm> limits = [];
    readonly List<Expr> tests = [];
    readonly List<IndexForm> relations = [];
    readonly Dictionary<Access, bool> safe = new(ReferenceEqualityComparer.Instance);
    List<Access>? reads;

    /// <param name="loops">The axes of the enclosing time loops.</param>
    /// <param name="number">Of the line in its program, from 0.</param>
    /// <param name="solves">Otherwise relations stay: their axes all have loops.</param>
    /// <param name="keepsTarget">Whether the target keeps plain indices where it can, whatever that costs in turns.</param>
    public BoundLine(BoundProgram program, Line line, IReadOnlyList<string> loops, int number, bool solves = true,
        bool keepsTarget = false)
    {
        (this.program, Source, Loops, Number) = (program, line, loops, number);
        var plain = WithoutComposites(line);
        var axes = plain.Axes().Where(a => !loops.Contains(a)).ToList();
        var conditions = plain.Condition.Conjuncts();
        for (var i = 0; i < conditions.Count; i++)
        {
            if (conditions[i] is not Compare { Operator: Comparison.Equal } relation
                || Difference(relation) is not { } difference) continue;
            if (!solves) relations.Add(difference);
            if (!solves
                || Solvable(difference, axes, plain.Target.Axes(), keepsTarget) is not { } axis) continue;
            var solution = difference.Without(axis).Times(-difference[axis]);
            var expression = solution.ToExpr(a => new AxisValue(a));
            plain = plain.Map(Solved);
            conditions = [.. conditions.Where((_, n) => n != i).Select(c => c.Map(Solved))];
            axes.Remove(axis);
            for (var n = 0; n < limits.Count; n++) limits[n] = limits[n].Without(axis).Plus(solution, limits[n][axis]);
            limits.Add(solution);
            limits.Add(solution.Times(-1).Plus(program.Extents[axis] - 1));
            i = -1;

            Expr Solved(Expr e) => e is AxisValue value && value.Axis == axis ? expression : e;
        }
        foreach (var condition in conditions)
            if (LimitsOf(condition, axes) is { } affine) limits.AddRange(affine);
            else tests.Add(condition);
        IsEmpty = axes.Any(a => program.Extents[a] == 0) || limits.Any(l => l.Max(program.Range) < 0)
            || loops.Any(a => program.Extents[a] == 0);
        limits.RemoveAll(l => program.IsNeverNegative(l, []));
        (Axes, Target, Value, Op) = (axes, plain.Target, plain.Value, line.Op);
        var left = Target.Axes();
        Left = [.. axes.Where(left.Contains)];
        Summed = [.. axes.Where(a => !left.Contains(a))];
        TargetOffset = program.Offset(Target);
    }

    /// <summary>The line as it stands in the program.</summary>
    public Line Source { get; }
    public int Number { get; }
    public Access Target { get; }
    public LineOp Op { get; }
    public Expr Value { get; }

    /// <summary>Of the enclosing time loops, outermost first.</summary>
    public IReadOnlyList<string> Loops { get; }

    /// <summary>The axes the line itself runs over, in loop order.</summary>
    public IReadOnlyList<string> Axes { get; }

    /// <summary>Those in the target.</summary>
    public IReadOnlyList<string> Left { get; }

    /// <summary>Those that are accumulated.</summary>
    public IReadOnlyList<string> Summed { get; }

    /// <summary>Forms that are at least 0 at every point.</summary>
    public IReadOnlyList<IndexForm> Limits => limits;

    /// <summary>Forms that are 0 at every point, where they are not solved.</summary>
    public IReadOnlyList<IndexForm> Relations => relations;

    /// <summary>The other conditions, in text order: each may rely on the ones before it.</summary>
    public IReadOnlyList<Expr> Tests => tests;

    /// <summary>Whether the sizes leave it no point.</summary>
    public bool IsEmpty { get; }

    public IndexForm TargetOffset { get; }

    public IEnumerable<Expr> Expressions => [Target, Value, .. tests];

    /// <summary>Every cell it reads, those inside indices too.</summary>
    public IReadOnlyList<Access> Reads
    {
        get
        {
            if (reads is not null) return reads;
            var found = new List<Access>();
            var atoms = limits.SelectMany(l => l.Symbols).Select(program.Atom).OfType<Expr>();
            foreach (var expression in Target.Indices.Append(Value).Concat(tests).Concat(atoms))
                expression.Visit(e => { if (e is Access access) found.Add(access); });
            return reads = found;
        }
    }

    /// <summary>Whether a read can be shown to stay inside its tensor at every point.</summary>
    public bool IsSafe(Access access) => safe.TryGetValue(access, out var known) ? known
        : safe[access] = program.StaysInside(access, limits);

    /// <summary>Whether an index that may be outside its tensor moves with an axis.</summary>
    public bool IsUnsafeAlong(Access access, string axis) =>
        program.Unproven(access, limits).Any(d => access.Indices[d].Axes().Contains(axis));

    /// <summary>Whether all reads in an expression stay inside at every point.</summary>
    public bool IsSafe(Expr expr) => !expr.Any(e => e is Access access && !IsSafe(access));

    public override string ToString() => Printer.Print(Source);

    IndexForm? Difference(Compare compare) =>
        program.Affine(compare.Left) is { } left && program.Affine(compare.Right) is { } right
            ? left.Minus(right) : null;

    // A summed axis, so that the target keeps plain indices, and the longest, which leaves the fewest points. But not a
    // short one (the window of a pooling with strides): the long axes that remain would leave each other a turn or two.
    string? Solvable(IndexForm relation, List<string> axes, List<string> left, bool keepsTarget)
    {
        var extents = program.Extents;
        var candidates = axes.Where(a => Math.Abs(relation[a]) == 1).ToList();
        var summed = candidates.Where(a => !left.Contains(a)).MaxBy(a => extents[a]);
        var longest = candidates.MaxBy(a => extents[a]);
        return summed is null || !keepsTarget && extents[summed] * ShortOf <= extents[longest!] ? longest : summed;
    }

    // What only a run knows bounds the loop of an axis; it does not pick single positions.
    IndexForm? DifferenceAtRun(Compare compare, List<string> axes) => compare.Operator is not Comparison.Equal
        && program.AffineAtRun(compare.Left) is { } left && program.AffineAtRun(compare.Right) is { } right
        && left.Minus(right) is var difference && difference.Symbols.Any(axes.Contains) ? difference : null;

    IndexForm[]? LimitsOf(Expr condition, List<string> axes) =>
        condition is not Compare { Operator: not Comparison.NotEqual } compare
        || (Difference(compare) ?? DifferenceAtRun(compare, axes)) is not { } difference ? null
        : compare.Operator switch
        {
            Comparison.Equal => [difference, difference.Times(-1)],
            Comparison.Less => [difference.Times(-1).Plus(-1)],
            Comparison.LessOrEqual => [difference.Times(-1)],
            Comparison.Greater => [difference.Plus(-1)],
            _ => [difference],
        };

    Line WithoutComposites(Line line)
    {
        return new((Access)Written(line.Target), line.Op, Written(line.Value),
            line.Condition is null ? null : Written(line.Condition));

        Expr Written(Expr expr) => expr switch
        {
            Access access =>
                access with { Indices = [.. access.Indices.Select((index, d) => Index(index, access.Tensor, d))] },
            Composite composite => WrittenOut(line, composite, null, 0),
            _ => expr.WithParts(expr.Parts().Map(Written)),
        };

        Expr Index(Expr index, string tensor, int d) =>
            index is Composite composite ? WrittenOut(line, composite, tensor, d) : Written(index);
    }

    Expr WrittenOut(Line line, Composite composite, string? tensor, int d)
    {
        var sum = composite.Parts[0];
        for (var i = 1; i < composite.Parts.Count; i++)
            sum = new Binary(Arithmetic.Add, new Binary(Arithmetic.Multiply, sum, new Number(Extent(i))),
                composite.Parts[i]);
        return sum;

        int Extent(int part)
        {
            if (composite.Parts[part] is AxisValue axis) return program.Extents[axis.Axis];
            if (tensor is not null && program.Program.FoldedAxes(tensor, d, composite.Parts.Count) is { } axes) return program.Extents[axes[part]];
            throw LoopErrors.InLine(program.Program,
                $"how many positions the part {composite.Parts[part]} has can't be told", line,
                [composite], "Declare the dimension in the signature with the same number of parts.");
        }
    }
}
