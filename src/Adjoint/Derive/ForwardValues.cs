namespace Adjoint;

/// <summary>Recognises what the forward program has computed already: exp(x - m) is e, and e / z inside a product is y.</summary>
sealed class ForwardValues
{
    sealed record Known(Access Target, Expr Value, Product Factors, List<Expr> Conditions);

    readonly List<Known> known = [];
    List<Expr> holds = [];

    public ForwardValues(LoopProgram forward)
    {
        var plain = new Normal(null);
        foreach (var line in forward.Lines)
        {
            if (!IsPointwise(forward, line)) continue;
            var value = plain.Of(line.Value);
            if (value is Access or Number or AxisValue or ExtentValue or AttributeValue) continue;
            known.Add(new(line.Target, value, Product.Of(value), line.Condition.Conjuncts()));
        }
        // the longest first: a product that holds two forward values is best named by the larger
        known.Sort((a, b) => b.Factors.Count.CompareTo(a.Factors.Count));
    }

    /// <summary>The conditions under which the next expressions are evaluated: a conditional value is one only where they hold.</summary>
    public void Under(Expr? condition) => holds = condition.Conjuncts();

    public Expr? Find(Expr value)
    {
        foreach (var entry in known)
            if (entry.Value == value && IsKnown(entry)) return entry.Target;
        return null;
    }

    /// <summary>The product with every forward product in it replaced by its name.</summary>
    public Product Replace(Product product)
    {
        foreach (var entry in known)
        {
            while (entry.Factors.Count + (entry.Factors.Below.Count > 0 ? 1 : 0) >= 2 && double.IsPow2(Math.Abs(entry.Factors.Coefficient))
                && IsKnown(entry) && product.Contains(entry.Factors))
            {
                var rest = product.Without(entry.Factors);
                var at = entry.Factors.Above.Count == 0 ? rest.Above.Count
                    : Math.Min(rest.Above.Count, product.Above.ToList().IndexOf(entry.Factors.Above[0]));
                var above = rest.Above.ToList();
                above.Insert(at, entry.Target);
                product = new(product.Coefficient / entry.Factors.Coefficient, above.ToEquatable(), rest.Below);
            }
        }
        return product;
    }

    // Each cell is written once, by this line alone, from values at its own axes.
    static bool IsPointwise(LoopProgram forward, Line line)
    {
        var axes = line.Target.Axes();
        return (line.Op is LineOp.Set || line.Op is LineOp.Add && forward.Updated(line.Target.Tensor) is null)
            && forward.Lines.Count(l => l.Target.Tensor == line.Target.Tensor) == 1
            && axes.All(line.Value.Axes().Contains) && line.Axes().All(axes.Contains);
    }

    bool IsKnown(Known entry) => entry.Conditions.All(holds.Contains);
}
