namespace Adjoint;

// Axes that conditions tie together form a group, groups multiply. In a group an equality solves for one axis; what is
// left are inequalities. Exact as a formula: one axis, or the difference or sum of two; everything else affine stays a
// named count that becomes exact with numbers. Conditions on data leave an upper bound.

/// <summary>How many points a line has.</summary>
sealed class PointCount
{
    readonly SymbolicExtents extents;
    readonly List<string> free; // axes that no equality fixes
    readonly List<Polynomial> limits = []; // at least 0 at every point
    readonly PointCount? excluded; // points of these that a != takes out

    /// <param name="loops">Axes of the enclosing time loops.</param>
    public static PointCount Of(Line line, IEnumerable<string> loops, SymbolicExtents extents) =>
        new([.. line.Axes().Concat(loops).Distinct()], line.Condition.Conjuncts(), extents);

    PointCount(List<string> axes, List<Expr> conditions, SymbolicExtents extents)
    {
        this.extents = extents;
        free = [.. axes];
        var differs = conditions.OfType<Compare>()
            .FirstOrDefault(c => c.Operator is Comparison.NotEqual && Difference(c, extents) is not null);
        if (differs is not null)
        {
            conditions = [.. conditions.Where(c => !ReferenceEquals(c, differs))];
            excluded = new(axes, [.. conditions, differs with { Operator = Comparison.Equal }], extents);
        }
        var known = new List<(Polynomial Form, Compare Source)>();
        foreach (var condition in conditions)
            if (condition is Compare { Operator: not Comparison.NotEqual } compare
                && Difference(compare, extents) is { } form) known.Add((form, compare));
            else
            {
                IsExact = false;
                foreach (var axis in FixedByData(condition)) free.Remove(axis);
            }
        // An axis that data fix is unknown elsewhere too; an equality may still fix another one by it.
        while (known.FindIndex(k => k.Form.Axes().Any(a => !free.Contains(a))) is >= 0 and var unknown)
        {
            if (Solve(known[unknown].Form, known[unknown].Source, free.Contains) is (var axis, _)) free.Remove(axis);
            known.RemoveAt(unknown);
        }
        while (known.Count > 0)
        {
            var at = Math.Max(0, known.FindIndex(k => Solve(k.Form, k.Source, free.Contains) is not null));
            var (form, source) = known[at];
            known.RemoveAt(at);
            if (Solve(form, source, free.Contains) is (var axis, var value))
            {
                free.Remove(axis);
                limits = [.. limits.Select(l => l.With(axis, value)), value, extents[axis] - 1 - value];
                known = [.. known.Select(k => (k.Form.With(axis, value), k.Source))];
            }
            else limits.AddRange(source.Operator is Comparison.Equal ? [form, -form] : [form]);
        }
    }

    /// <summary>The axis that an equality fixes, the one on its left if it may be that one, and its position.</summary>
    internal static (string Axis, Polynomial Position)? Solve(Polynomial form, Compare source, Func<string, bool> mayBe)
    {
        if (source.Operator is not Comparison.Equal) return null;
        var axis = form.Axes().Where(a => mayBe(a) && form.FactorOf(a).IsUnit)
            .OrderBy(a => source.Left is not AxisValue left || left.Axis != a).FirstOrDefault();
        return axis is null ? null : (axis, Polynomial.Symbol(axis + "'") - form.FactorOf(axis) * form);
    }

    /// <summary>False where a condition depends on data: the count is an upper bound.</summary>
    public bool IsExact { get; } = true;

    /// <summary>Every position of the axes that no equality fixes: what a kernel without clipping visits.</summary>
    public Polynomial Dense(Func<string, Polynomial> size) =>
        free.Aggregate(Polynomial.One, (product, axis) => product * size(axis));

    public Polynomial Points
    {
        get
        {
            var points = LatticeCount.Of([], limits.Where(l => !l.Axes().Any()));
            var rest = new List<string>(free);
            while (rest.Count > 0)
            {
                var group = new List<string> { rest[0] };
                for (var i = 0; i < group.Count; i++)
                    group = [.. group.Union(limits.Where(l => l.Has(group[i])).SelectMany(l => l.Axes()))];
                points *= LatticeCount.Of([.. group.Select(a => (a, extents[a]))],
                    limits.Where(l => l.Axes().Any(group.Contains)));
                rest.RemoveAll(group.Contains);
            }
            return excluded is null ? points : points - excluded.Points;
        }
    }

    // left - right as what has to be at least 0, or 0
    internal static Polynomial? Difference(Compare compare, SymbolicExtents extents) =>
        extents.ReadSide(compare.Left) is not { } left || extents.ReadSide(compare.Right) is not { } right ? null
        : compare.Operator switch
        {
            Comparison.Less => (right - left - 1).Reduced(),
            Comparison.LessOrEqual => (right - left).Reduced(),
            Comparison.Greater => (left - right - 1).Reduced(),
            Comparison.GreaterOrEqual => (left - right).Reduced(),
            _ => left - right,
        };

    // `j == at[b]` fixes j; `i*#j + j == at[b]` fixes i and j, for no two pairs have one number.
    List<string> FixedByData(Expr condition)
    {
        if (condition is not Compare { Operator: Comparison.Equal } equality
            || (extents.ReadSide(equality.Left) ?? extents.ReadSide(equality.Right)) is not { } side) return [];
        var (left, fixedAxes, step) = (side.Axes().ToList(), new List<string>(), Polynomial.One);
        while (left.Find(a => side.FactorOf(a) == step) is { } axis)
        {
            left.Remove(axis);
            fixedAxes.Add(axis);
            step *= extents[axis];
        }
        return left.Count == 0 ? fixedAxes : [];
    }
}
