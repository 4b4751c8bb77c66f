namespace Adjoint;

/// <summary>Numbers, attributes, extents and what is made of them, gathered in one factor of a product and one term of a
/// sum: -2 * x * (a / 3) has two operations left.</summary>
static class ConstantFactor
{
    public static Expr Gather(Expr expr) => expr switch
    {
        _ when OperationCount.IsConstant(expr) || expr is Access => expr,
        Negate or Binary { Operator: Arithmetic.Multiply or Arithmetic.Divide } => Gather(Flat(expr)),
        Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } => Sum(Terms(expr)),
        _ => expr.WithParts(expr.Parts().Map(Gather)),
    };

    /// <summary>A product whose factors are gathered, constants among them.</summary>
    public static Product Flat(Expr expr)
    {
        var product = Product.Of(expr);
        return product with { Above = product.Above.Map(Gather), Below = product.Below.Map(Gather) };
    }

    static Expr Gather(Product product)
    {
        var (above, below) = (product.Above.ToLookup(OperationCount.IsConstant),
            product.Below.ToLookup(OperationCount.IsConstant));
        var divisor = new Product(1, below[true].ToEquatable(), []).ToExpr();
        // x / 3 and not 1 / 3 * x
        if (product.Coefficient == 1 && !above[true].Any() && above[false].Any())
            return Algebra.Divide(new Product(1, above[false].ToEquatable(), below[false].ToEquatable()).ToExpr(),
                divisor);
        var constant = Algebra.Divide(new Product(product.Coefficient, above[true].ToEquatable(), []).ToExpr(),
            divisor);
        return below[false].Aggregate(above[false].Aggregate(constant, Algebra.Multiply), Algebra.Divide);
    }

    /// <summary>The terms of a sum, each with its sign.</summary>
    public static List<Product> Terms(Expr expr) => expr switch
    {
        Binary { Operator: Arithmetic.Add } sum => [.. Terms(sum.Left), .. Terms(sum.Right)],
        Binary { Operator: Arithmetic.Subtract } sum =>
            [.. Terms(sum.Left), .. Terms(sum.Right).Select(t => t.Negated())],
        _ => [Flat(expr)],
    };

    /// <summary>Constants last, as one; a term without a minus first.</summary>
    public static Expr Sum(IEnumerable<Product> terms)
    {
        var parts = terms.ToLookup(t => OperationCount.IsConstant(t.ToExpr()));
        var others = parts[false].OrderBy(t => t.Coefficient < 0).ToList();
        var constant = parts[true].Aggregate((Expr)Expr.Zero, Add);
        return others is [{ Coefficient: < 0 }, ..]
            ? others.Aggregate(constant, Add) // c - x, where -x + c costs a sign
            : Algebra.Add(others.Aggregate((Expr)Expr.Zero, Add), constant);

        static Expr Add(Expr sum, Product term) =>
            term.Coefficient < 0 ? Algebra.Subtract(sum, Gather(term.Negated())) : Algebra.Add(sum, Gather(term));
    }
}
