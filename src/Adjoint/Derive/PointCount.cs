namespace Adjoint;

// Axes that conditions tie together form a group, groups multiply. In a group an equality solves for one axis; what is
// left are inequalities. Exact as a formula: one axis, or the difference or sum of two; everything else affine stays a
// named count that becomes exact with numbers. Conditions on data leave an upper bound.

/// <summary>How many points a line has.</summary>
sealed class PointCount
{
    readonly SymbolicExtents extents;
    readonly List<string> free; // axes that no equality fixes
    readonly List<Affine> limits = []; // at least 0 at every point
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
        var known = new List<(Affine Form, bool IsEquality)>(); // form >= 0 or form == 0
        var data = new List<Expr>();
        foreach (var condition in conditions)
            if (condition is Compare { Operator: not Comparison.NotEqual } compare
                && Difference(compare, extents) is { } form)
                known.Add((form, compare.Operator is Comparison.Equal));
            else data.Add(condition);
        foreach (var condition in data)
        {
            IsExact = false;
            foreach (var axis in FixedByData(condition, extents)) free.Remove(axis);
        }
        // An axis that data fix is unknown elsewhere too; an equality may still fix another one by it.
        for (var again = true; again;)
        {
            var unknown = known.FindIndex(k => k.Form.Axes.Keys.Any(a => !free.Contains(a)));
            again = unknown >= 0;
            if (!again) continue;
            if (known[unknown].IsEquality && UnitAxis(known[unknown].Form, free) is { } axis) free.Remove(axis);
            known.RemoveAt(unknown);
        }
        while (known.Count > 0)
        {
            var at = Math.Max(0, known.FindIndex(k => k.IsEquality && UnitAxis(k.Form, free) is not null));
            var (form, isEquality) = known[at];
            known.RemoveAt(at);
            if (isEquality && UnitAxis(form, free) is { } solved)
            {
                // axis = value: inside its extent, and replaced wherever it stands
                var value = form.Times(form.Axes[solved] == 1 ? -1 : 1).Without(solved);
                free.Remove(solved);
                for (var i = 0; i < limits.Count; i++) limits[i] = Replace(limits[i], solved, value);
                limits.AddRange([value, value.Times(-1).Plus(Affine.Of(extents[solved] - 1))]);
                known = [.. known.Select(k => (Replace(k.Form, solved, value), k.IsEquality))];
            }
            else limits.AddRange(isEquality ? [form, form.Times(-1)] : [form]);
        }
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
            var points = LatticeCount.Of([], limits.Where(l => l.IsConstant));
            var rest = new List<string>(free);
            while (rest.Count > 0)
            {
                var group = new List<string> { rest[0] };
                for (var i = 0; i < group.Count; i++)
                    group.AddRange(limits.Where(l => l.Axes.ContainsKey(group[i])).SelectMany(l => l.Axes.Keys)
                        .Distinct().Except(group).ToList());
                points *= LatticeCount.Of([.. group.Select(a => (a, extents[a]))],
                    limits.Where(l => l.Axes.Keys.Any(group.Contains)));
                rest.RemoveAll(group.Contains);
            }
            return excluded is null ? points : points - excluded.Points;
        }
    }

    // left - right as what has to be at least 0, or 0
    internal static Affine? Difference(Compare compare, SymbolicExtents extents)
    {
        if (extents.Read(compare.Left) is not { } left || extents.Read(compare.Right) is not { } right) return null;
        var difference = left.Plus(right.Times(-1));
        return compare.Operator switch
        {
            Comparison.Less => difference.Times(-1).Plus(Affine.Of(-1)).Reduced(),
            Comparison.LessOrEqual => difference.Times(-1).Reduced(),
            Comparison.Greater => difference.Plus(Affine.Of(-1)).Reduced(),
            Comparison.GreaterOrEqual => difference.Reduced(),
            _ => difference,
        };
    }

    static Affine Replace(Affine form, string axis, Affine value) =>
        form.Axes.TryGetValue(axis, out var factor) ? form.Without(axis).Plus(value.Times(factor)) : form;

    static string? UnitAxis(Affine form, List<string> free) =>
        form.Axes.Where(a => free.Contains(a.Key) && (a.Value == 1 || a.Value == -1)).Select(a => a.Key)
            .FirstOrDefault();

    // `j == at[b]` fixes j; `i*#j + j == at[b]` fixes i and j, for no two pairs have one number.
    static IEnumerable<string> FixedByData(Expr condition, SymbolicExtents extents)
    {
        if (condition is not Compare { Operator: Comparison.Equal } equality) return [];
        var side = extents.Read(equality.Left) is { IsConstant: false } left && extents.Read(equality.Right) is null
            ? left
            : extents.Read(equality.Right) is { IsConstant: false } right && extents.Read(equality.Left) is null
            ? right : null;
        if (side is null) return [];
        var step = Polynomial.One;
        foreach (var (axis, factor) in side.Axes.Reverse())
        {
            if (factor != step) return [];
            step *= extents[axis];
        }
        return side.Axes.Keys;
    }
}
