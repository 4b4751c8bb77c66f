namespace Adjoint;

// Causal attention: beyond `u <= t` nothing is read or everything is 0, so a block of rows needs no more columns than
// its last row has; with a window, `t - w < u`, no earlier ones than its first row has. What matters is where results
// leave the group: there a condition must hold the line inside, or a factor that is 0 outside.

/// <summary>A direction across the rows of a group that begins or ends, for each row, a fixed number of positions beside
/// it.</summary>
/// <param name="Dims">The dimension of each inner tensor that walks along it.</param>
/// <param name="Axes">Its axis in each line; null where it has none.</param>
/// <param name="First">Columns begin at row + first; null where they all begin at 0.</param>
/// <param name="Last">Columns go up to row + last; null where they all go to the end.</param>
sealed record ColumnBound(IReadOnlyDictionary<string, int> Dims, IReadOnlyList<string?> Axes, int? First, int? Last)
{
    /// <param name="rows">The direction that is cut into blocks.</param>
    public static ColumnBound? Of(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows, string tensor, int dim)
    {
        var dims = new Dictionary<string, int> { [tensor] = dim };
        var axes = new string?[lines.Count];
        for (var grew = true; grew;)
        {
            grew = false;
            for (var n = 0; n < lines.Count; n++)
                foreach (var access in lines[n].Reads().Prepend(lines[n].Target).Where(a => inner.Contains(a.Tensor)))
                {
                    if (dims.TryGetValue(access.Tensor, out var known))
                    {
                        if (access.Indices[known] is not AxisValue axis || (axes[n] ?? axis.Axis) != axis.Axis) return null;
                        grew |= axes[n] is null;
                        axes[n] = axis.Axis;
                    }
                    else if (axes[n] is { } column && access.Indices.ToList().IndexOf(new AxisValue(column)) is >= 0 and var place)
                        grew |= dims.TryAdd(access.Tensor, place);
                }
        }
        var bound = new ColumnBound(dims, axes, null, null);
        bound = bound with { First = bound.End(lines, inner, rows, isLast: false), Last = bound.End(lines, inner, rows, isLast: true) };
        return bound.First is null && bound.Last is null ? null : bound;
    }

    // The widest of all conditions at one end, where they keep every line inside.
    int? End(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows, bool isLast)
    {
        var shifts = lines.SelectMany((l, n) => l.Condition.Conjuncts().Select(c => ShiftOf(c, rows.Axes[n], Axes[n], isLast)))
            .OfType<int>().ToList();
        return shifts.Count == 0 || !Holds(lines, inner, rows, isLast) ? null : isLast ? shifts.Max() : shifts.Min();
    }

    /// <summary>The lines without conditions that the blocks make needless: products run without them. Where a factor is
    /// 0 outside, and where nobody reads what stands outside.</summary>
    public IReadOnlyList<Line> Freed(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows)
    {
        if (First is not null) lines = Freed(lines, inner, rows, isLast: false);
        return Last is null ? lines : Freed(lines, inner, rows, isLast: true);
    }

    List<Line> Freed(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows, bool isLast)
    {
        var (ends, zeroOutside) = Outside(lines, inner, rows, isLast);
        return [.. lines.Select((line, n) =>
        {
            var isUnread = inner.Contains(line.Target.Tensor) && Dims.ContainsKey(line.Target.Tensor)
                && Enumerable.Range(0, lines.Count).All(m => ends[m] || lines[m].Reads().All(r => r.Tensor != line.Target.Tensor));
            if (line.Op is not (LineOp.Add or LineOp.Subtract)
                || !isUnread && !IsZero(line.Value, n, zeroOutside, rows, isLast)) return line;
            return line with { Condition = Traversal.Conjunction(line.Condition.Conjuncts()
                .Where(c => ShiftOf(c, rows.Axes[n], Axes[n], isLast) is null)) };
        })];
    }

    bool Holds(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows, bool isLast)
    {
        var (ends, zeroOutside) = Outside(lines, inner, rows, isLast);
        for (var n = 0; n < lines.Count; n++)
        {
            var (target, op) = (lines[n].Target, lines[n].Op);
            if (ends[n] || inner.Contains(target.Tensor) && Dims.ContainsKey(target.Tensor)) continue;
            if (op is not (LineOp.Add or LineOp.Subtract) || !IsZero(lines[n].Value, n, zeroOutside, rows, isLast)) return false;
        }
        return true;
    }

    // Which lines have the bound as a condition, and which tensors are 0 beyond it: those that every line that writes them
    // makes so, whole products apart (they lose their condition when only bounded lines read them).
    (List<bool> Ends, HashSet<string> ZeroOutside) Outside(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows,
        bool isLast)
    {
        var ends = lines.Select((l, n) => Axes[n] is null
            || l.Condition.Conjuncts().Exists(c => ShiftOf(c, rows.Axes[n], Axes[n], isLast) is not null)).ToList();
        var zeroOutside = inner.Where(Dims.ContainsKey).ToHashSet();
        for (var n = 0; n < lines.Count; n++)
            if (!(ends[n] && IsPointwise(lines[n])) && !IsZero(lines[n].Value, n, zeroOutside, rows, isLast))
                zeroOutside.Remove(lines[n].Target.Tensor);
        return (ends, zeroOutside);
    }

    static bool IsPointwise(Line line) => line.Axes().TrueForAll(line.Target.Axes().Contains);

    bool IsZero(Expr value, int n, HashSet<string> zeroOutside, RowMap rows, bool isLast)
    {
        return Is(value);

        bool Is(Expr value) => value switch
        {
            Number { Value: 0 } => true,
            Access access => zeroOutside.Contains(access.Tensor),
            Negate negate => Is(negate.Value),
            Where where => Is(where.Else) && (Is(where.Then)
                || where.Condition.Conjuncts().Exists(c => ShiftOf(c, rows.Axes[n], Axes[n], isLast) is not null)),
            Binary { Operator: Arithmetic.Multiply } product => Is(product.Left) || Is(product.Right),
            Binary { Operator: Arithmetic.Divide } quotient => Is(quotient.Left),
            Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } sum => Is(sum.Left) && Is(sum.Right),
            _ => false,
        };
    }

    // column <= row + shift, or column >= row + shift, however it is written.
    static int? ShiftOf(Expr condition, string row, string? column, bool isLast)
    {
        if (column is null || condition is not Compare { Operator: not (Comparison.Equal or Comparison.NotEqual) } compare
            || Steps(compare.Left) is not { } left || Steps(compare.Right) is not { } right) return null;
        var isLess = compare.Operator is Comparison.Less or Comparison.LessOrEqual;
        var (small, large) = isLess ? (left, right) : (right, left);
        var strict = compare.Operator is Comparison.Less or Comparison.Greater ? 1 : 0;
        return isLast
            ? small.Axis == column && large.Axis == row ? large.Shift - small.Shift - strict : null
            : small.Axis == row && large.Axis == column ? small.Shift - large.Shift + strict : null;
    }

    static (string Axis, int Shift)? Steps(Expr expr) => expr switch
    {
        AxisValue axis => (axis.Axis, 0),
        Binary { Left: AxisValue axis, Right: Number number } sum when sum.Operator is Arithmetic.Add or Arithmetic.Subtract
            && number.Value == Math.Floor(number.Value) && Math.Abs(number.Value) < int.MaxValue / 2 =>
            (axis.Axis, (int)(sum.Operator is Arithmetic.Add ? number.Value : -number.Value)),
        _ => null,
    };
}
