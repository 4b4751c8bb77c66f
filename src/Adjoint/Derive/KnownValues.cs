namespace Adjoint;

/// <summary>Recognises what has been computed already: exp(x - m) is e, and e / z inside a product is y.</summary>
sealed class KnownValues
{
    sealed record Entry(Access Target, Expr Value, Product Factors, List<Expr> Conditions);

    readonly List<Entry> entries = [];
    readonly Normal plain = new(null);
    List<Expr> holds = [];

    public KnownValues(LoopProgram forward)
    {
        var writers = forward.Lines.ToLookup(l => l.Target.Tensor);
        Collect(forward.Body, []);

        void Collect(EquatableArray<Statement> body, string[] loops)
        {
            foreach (var statement in body)
            {
                if (statement is TimeLoop loop) Collect(loop.Body, [.. loops, loop.Axis]);
                else if (statement is Line line && IsPointwise(forward, line, loops, writers)) Add(line.Target, line.Value, line.Condition);
            }
        }
    }

    /// <summary>Remembers that the target holds the value where the condition does.</summary>
    public void Add(Access target, Expr value, Expr? condition)
    {
        value = plain.Of(value);
        if (value is Access or Number or AxisValue or ExtentValue or AttributeValue or Negate { Value: Access }) return;
        var entry = new Entry(target, value, Product.Of(value), condition.Conjuncts());
        // the longest first: a product that holds two known ones is best named by the larger
        var at = entries.FindIndex(e => e.Factors.Count < entry.Factors.Count);
        entries.Insert(at < 0 ? entries.Count : at, entry);
    }

    /// <summary>The conditions under which the next expressions are evaluated: a conditional value is one only where they hold.</summary>
    public void Under(Expr? condition) => holds = condition.Conjuncts();

    public Expr? Find(Expr value)
    {
        foreach (var entry in entries)
            if (entry.Value == value && IsKnown(entry)) return entry.Target;
        return null;
    }

    /// <summary>The product with every known product in it replaced by its name.</summary>
    public Product Replace(Product product)
    {
        foreach (var entry in entries)
        {
            if (entry.Factors.Count + (entry.Factors.Below.Count > 0 ? 1 : 0) < 2 || !double.IsPow2(Math.Abs(entry.Factors.Coefficient))) continue;
            while (IsKnown(entry) && product.Contains(entry.Factors))
            {
                var rest = product.Without(entry.Factors);
                var above = rest.Above.ToList();
                var at = entry.Factors.Above.Count == 0 ? above.Count : product.Above.ToList().IndexOf(entry.Factors.Above[0]);
                above.Insert(Math.Min(above.Count, at), entry.Target);
                product = new(product.Coefficient / entry.Factors.Coefficient, above.ToEquatable(), rest.Below);
            }
        }
        return product;
    }

    bool IsKnown(Entry entry) => entry.Conditions.All(holds.Contains);

    // Each cell is written once, from values at its own axes: = never writes a cell twice, whoever else writes the tensor;
    // += may, through a gathered index or step after step.
    static bool IsPointwise(LoopProgram forward, Line line, string[] loops, ILookup<string, Line> writers)
    {
        var isWhole = writers[line.Target.Tensor].All(l => l.Op is LineOp.Set) && forward.Updated(line.Target.Tensor) is null
            || !writers[line.Target.Tensor].Skip(1).Any() && (line.Op is LineOp.Set
                || line.Op is LineOp.Add && forward.Updated(line.Target.Tensor) is null && Relations.IsInjective(line, loops));
        var axes = line.Target.Axes();
        return isWhole && axes.All(line.Value.Axes().Contains) && line.Axes().All(axes.Contains);
    }
}
