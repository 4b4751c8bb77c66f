namespace Adjoint;

// An attribute that stands in an index, in an extent or in a condition shapes the loops, and another value of it is
// another program. One that is only computed with (a rate, a temperature) is an argument of the same kernels.

/// <summary>How the attributes of a program are used.</summary>
static class AttributeUses
{
    /// <summary>For each attribute, whether it occurs in values alone.</summary>
    public static bool[] OnlyInValues(LoopProgram program)
    {
        var shaping = new HashSet<string>();
        foreach (var axis in program.Axes) AddAll(axis.Bound);
        foreach (var line in program.Lines)
        {
            AddAll(line.Target);
            if (line.Condition is not null) AddAll(line.Condition);
            line.Value.Visit(node =>
            {
                if (node is Access or Compare or And or Or or Not) AddAll(node);
                if (node is Where where) AddAll(where.Condition);
            });
        }
        return [.. program.Attributes.Select(a => !shaping.Contains(a.Name))];

        void AddAll(Expr expr) => expr.Visit(node =>
        {
            if (node is AttributeValue attribute) shaping.Add(attribute.Name);
        });
    }
}
