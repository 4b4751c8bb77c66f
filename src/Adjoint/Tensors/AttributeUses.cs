namespace Adjoint;

/// <summary>What an attribute means for the kernels of its program.</summary>
enum AttributeUse
{
    /// <summary>A number that is computed with.</summary>
    Value,

    /// <summary>A whole number that ends a loop (<c>u &lt;= position</c>) or picks a cell (<c>cache'[position]</c>).</summary>
    Position,

    /// <summary>A number of their code: another value is another program.</summary>
    Shape,
}

// An attribute that is only computed with (a rate, a temperature) is an argument of kernels, and so is one that stands
// for a position: the same loops run further. What stands in an extent, or between two axes (a window, a stride), shapes
// the loops.

/// <summary>How the attributes of a program are used.</summary>
static class AttributeUses
{
    public static AttributeUse[] Of(LoopProgram program)
    {
        var uses = program.Attributes.ToDictionary(a => a.Name, _ => AttributeUse.Value);
        foreach (var axis in program.Axes) Mark(axis.Bound, AttributeUse.Shape);
        foreach (var line in program.Lines)
            foreach (var expression in line.Expressions())
                expression.Visit(node =>
                {
                    if (node is Access access)
                        foreach (var index in access.Indices) Mark(index, OfIndex(access.Tensor, index));
                    if (node is Compare compare)
                        Mark(compare, IsBound(compare) ? AttributeUse.Position : AttributeUse.Shape);
                });
        return [.. program.Attributes.Select(a => uses[a.Name])];

        void Mark(Expr expr, AttributeUse use) => expr.Visit(node =>
        {
            if (node is AttributeValue { Name: var name } && uses[name] < use) uses[name] = use;
        });

        static bool IsBound(Compare compare) => compare.Operator is not (Comparison.Equal or Comparison.NotEqual)
            && compare.Axes().Count == 1 && !compare.Any(e => e is Access);

        // The sizes of operands are given; those of others may follow from the index.
        AttributeUse OfIndex(string tensor, Expr index) => index.Axes().Count == 0
            && (program.FindOperand(tensor) ?? program.Updated(tensor)) is not null ? AttributeUse.Position : AttributeUse.Shape;
    }
}
