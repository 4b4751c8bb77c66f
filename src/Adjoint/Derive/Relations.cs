namespace Adjoint;

/// <summary>Which axes of a line others determine, and which number the points behind one cell.</summary>
static class Relations
{
    /// <summary>Axes an equality such as <c>m == stride*p + k</c> fixes once the others are known, at most one for each equality.</summary>
    public static HashSet<string> FixedAxes(Line line, IEnumerable<string> loops)
    {
        var target = line.Target.Axes();
        var fixedAxes = new HashSet<string>();
        foreach (var conjunct in line.Condition.Conjuncts())
            if (conjunct is Compare { Operator: Comparison.Equal, Left: AxisValue axis } relation
                && !target.Contains(axis.Axis) && !loops.Contains(axis.Axis) && !fixedAxes.Contains(axis.Axis)
                && relation.Right.Axes() is var others && !others.Contains(axis.Axis) && !others.Any(fixedAxes.Contains))
                fixedAxes.Add(axis.Axis);
        return fixedAxes;
    }

    /// <summary>The axes that number the points of one target cell: those the target does not name by themselves, less the fixed ones.</summary>
    public static List<string> Folded(Line line, IReadOnlyCollection<string> loops)
    {
        var plain = PlainAxes(line.Target);
        var fixedAxes = FixedAxes(line, loops);
        return line.Axes().Concat(loops).Distinct().Where(a => !plain.Contains(a) && !fixedAxes.Contains(a)).ToList();
    }

    /// <summary>Axes that stand alone in an index, or in a composite one: each value of theirs has cells of its own.</summary>
    public static List<string> PlainAxes(Access target)
    {
        var plain = new List<string>();
        foreach (var index in target.Indices)
        {
            if (index is AxisValue axis) plain.Add(axis.Axis);
            if (index is Composite composite) plain.AddRange(composite.Parts.OfType<AxisValue>().Select(p => p.Axis));
        }
        return plain;
    }

    /// <summary>Whether two points of the line never write one cell: every axis stands in the target so that it can be read back.</summary>
    public static bool IsInjective(Line line, IReadOnlyCollection<string> loops)
    {
        var found = PlainAxes(line.Target);
        foreach (var index in line.Target.Indices)
            if (index is Binary && !index.Any(e => e is Access or Binary { Operator: not (Arithmetic.Add or Arithmetic.Subtract) })
                && index.Axes() is [var shifted]) found.Add(shifted);
        var fixedAxes = FixedAxes(line, loops);
        return line.Axes().All(a => found.Contains(a) || loops.Contains(a) || fixedAxes.Contains(a))
            && loops.All(found.Contains);
    }
}
