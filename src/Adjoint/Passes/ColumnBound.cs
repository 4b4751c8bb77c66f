namespace Adjoint;

// Causal attention: beyond `u <= t` nothing is read or everything is 0, so a block of rows needs no more columns than
// its last row has. What matters is where results leave the group: there a condition must hold the line inside, or a
// factor that is 0 outside.

/// <summary>A direction across the rows of a group that ends, for each row, a fixed number of positions after it.</summary>
/// <param name="Dims">The dimension of each inner tensor that walks along it.</param>
/// <param name="Axes">Its axis in each line; null where it has none.</param>
/// <param name="Shift">Columns go up to row + shift.</param>
sealed record ColumnBound(IReadOnlyDictionary<string, int> Dims, IReadOnlyList<string?> Axes, int Shift)
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
        var shifts = lines.SelectMany((l, n) => l.Condition.Conjuncts().Select(c => ShiftOf(c, rows.Axes[n], axes[n])))
            .OfType<int>().ToList();
        if (shifts.Count == 0) return null;
        var bound = new ColumnBound(dims, axes, shifts.Max());
        return bound.Holds(lines, inner, rows) ? bound : null;
    }

    /// <summary>The lines without conditions that the blocks make needless: products run without them. Where a factor is
    /// 0 outside, and where nobody reads what stands outside.</summary>
    public IReadOnlyList<Line> Freed(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows)
    {
        var (ends, zeroOutside) = Outside(lines, inner, rows);
        return [.. lines.Select((line, n) =>
        {
            var isUnread = inner.Contains(line.Target.Tensor) && Dims.ContainsKey(line.Target.Tensor)
                && Enumerable.Range(0, lines.Count).All(m => ends[m] || lines[m].Reads().All(r => r.Tensor != line.Target.Tensor));
            if (line.Op is not (LineOp.Add or LineOp.Subtract) || !isUnread && !IsZero(line.Value, n, zeroOutside, rows)) return line;
            return line with { Condition = Traversal.Conjunction(line.Condition.Conjuncts()
                .Where(c => ShiftOf(c, rows.Axes[n], Axes[n]) is null)) };
        })];
    }

    bool Holds(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows)
    {
        var (ends, zeroOutside) = Outside(lines, inner, rows);
        for (var n = 0; n < lines.Count; n++)
        {
            var (target, op) = (lines[n].Target, lines[n].Op);
            if (ends[n] || inner.Contains(target.Tensor) && Dims.ContainsKey(target.Tensor)) continue;
            if (op is not (LineOp.Add or LineOp.Subtract) || !IsZero(lines[n].Value, n, zeroOutside, rows)) return false;
        }
        return true;
    }

    // Which lines have the bound as a condition, and which tensors are 0 beyond it: those that every line that writes them
    // makes so, whole products apart (they lose their condition when only bounded lines read them).
    (List<bool> Ends, HashSet<string> ZeroOutside) Outside(IReadOnlyList<Line> lines, HashSet<string> inner, RowMap rows)
    {
        var ends = lines.Select((l, n) => Axes[n] is null
            || l.Condition.Conjuncts().Exists(c => ShiftOf(c, rows.Axes[n], Axes[n]) is not null)).ToList();
        var zeroOutside = inner.Where(Dims.ContainsKey).ToHashSet();
        for (var n = 0; n < lines.Count; n++)
            if (!(ends[n] && IsPointwise(lines[n])) && !IsZero(lines[n].Value, n, zeroOutside, rows))
                zeroOutside.Remove(lines[n].Target.Tensor);
        return (ends, zeroOutside);
    }

    static bool IsPointwise(Line line) => line.Axes().TrueForAll(line.Target.Axes().Contains);

    bool IsZero(Expr value, int n, HashSet<string> zeroOutside, RowMap rows) => value switch
    {
        Number { Value: 0 } => true,
        Access access => zeroOutside.Contains(access.Tensor),
        Negate negate => IsZero(negate.Value, n, zeroOutside, rows),
        Where where => IsZero(where.Else, n, zeroOutside, rows) && (IsZero(where.Then, n, zeroOutside, rows)
            || where.Condition.Conjuncts().Exists(c => ShiftOf(c, rows.Axes[n], Axes[n]) is not null)),
        Binary { Operator: Arithmetic.Multiply } product =>
            IsZero(product.Left, n, zeroOutside, rows) || IsZero(product.Right, n, zeroOutside, rows),
        Binary { Operator: Arithmetic.Divide } quotient => IsZero(quotient.Left, n, zeroOutside, rows),
        Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } sum =>
            IsZero(sum.Left, n, zeroOutside, rows) && IsZero(sum.Right, n, zeroOutside, rows),
        _ => false,
    };

    // column <= row + shift, however it is written.
    static int? ShiftOf(Expr condition, string row, string? column)
    {
        if (column is null || condition is not Compare { Operator: not (Comparison.Equal or Comparison.NotEqual) } compare
            || Steps(compare.Left) is not { } left || Steps(compare.Right) is not { } right) return null;
        var isLess = compare.Operator is Comparison.Less or Comparison.LessOrEqual;
        var (small, large) = isLess ? (left, right) : (right, left);
        var isStrict = compare.Operator is Comparison.Less or Comparison.Greater;
        return small.Axis == column && large.Axis == row ? large.Shift - small.Shift - (isStrict ? 1 : 0) : null;
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
