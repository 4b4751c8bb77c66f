namespace Adjoint;

// Numbers, attributes, extents and what is made of them gather in one factor, signs in front: -2 * x * (a / 3) is -(2 /
// 3) * x * a with two operations left. Division by a product divides by each factor.

/// <summary>An expression as sign * constant * factors / divisors.</summary>
sealed record ProductForm(bool IsNegative, Expr Constant, Expr ConstantDivisor, List<Expr> Factors, List<Expr> Divisors)
{
    static readonly ProductForm One = new(false, Expr.One, Expr.One, [], []);

    bool IsConstant => Factors.Count + Divisors.Count == 0;
    public bool HasConstant => Constant is not Number { Value: 1 } || ConstantDivisor is not Number { Value: 1 };

    public static ProductForm Of(Expr expr)
    {
        if (OperationCount.IsConstant(expr))
            return expr is Negate or Number { Value: < 0 } ? Of(Algebra.Negate(expr)).Negated()
                : One with { Constant = expr };
        switch (expr)
        {
            case Negate negate: return Of(negate.Value).Negated();
            case Binary { Operator: Arithmetic.Multiply } product: return Of(product.Left).Times(Of(product.Right));
            case Binary { Operator: Arithmetic.Divide } quotient:
                return Of(quotient.Left).Times(Of(quotient.Right).Inverse());
            case Binary { Operator: Arithmetic.Add or Arithmetic.Subtract }:
                // a sum of negative terms alone gives its sign away
                var terms = Terms(expr);
                var isNegative = terms.All(t => t.IsNegative);
                var sum = Sum(isNegative ? terms.ConvertAll(t => t.Negated()) : terms);
                return One with { IsNegative = isNegative, Factors = [sum] };
            case Access: return One with { Factors = [expr] };
            default:
                return One with { Factors = [expr.WithParts(expr.Parts().Map(p => Of(p).Expression()))] };
        }
    }

    /// <summary>The terms of a sum, each with its sign.</summary>
    public static List<ProductForm> Terms(Expr expr) => expr switch
    {
        Binary { Operator: Arithmetic.Add } sum when !OperationCount.IsConstant(expr) =>
            [.. Terms(sum.Left), .. Terms(sum.Right)],
        Binary { Operator: Arithmetic.Subtract } sum when !OperationCount.IsConstant(expr) =>
            [.. Terms(sum.Left), .. Terms(sum.Right).Select(t => t.Negated())],
        _ => [Of(expr)],
    };

    /// <summary>Constants last, as one; a term without a minus first.</summary>
    public static Expr Sum(IEnumerable<ProductForm> terms)
    {
        var constants = terms.Where(t => t.IsConstant);
        var others = terms.Where(t => !t.IsConstant).OrderBy(t => t.IsNegative).ToList();
        var constant = constants.Aggregate((Expr)Expr.Zero, Add);
        return others.Count > 0 && others[0].IsNegative
            ? others.Aggregate(constant, Add) // c - x, where -x + c costs a sign
            : Algebra.Add(others.Aggregate((Expr)Expr.Zero, Add), constant);

        static Expr Add(Expr sum, ProductForm term) =>
            term.IsNegative ? Algebra.Subtract(sum, term.Negated().Expression()) : Algebra.Add(sum, term.Expression());
    }

    public Expr Expression()
    {
        var isNegative = IsNegative && !HasConstant; // a constant takes the sign in for free
        var constant = IsNegative && HasConstant ? Algebra.Negate(Constant) : Constant;
        var isLast = constant is Number { Value: 1 } && Factors.Count > 0; // x / 3 and not 1 / 3 * x
        var value = isLast ? Expr.One : Algebra.Divide(constant, ConstantDivisor);
        value = Factors.Aggregate(value, Algebra.Multiply);
        value = Divisors.Aggregate(value, Algebra.Divide);
        if (isLast) value = Algebra.Divide(value, ConstantDivisor);
        return isNegative ? Algebra.Negate(value) : value;
    }

    public ProductForm Negated() => this with { IsNegative = !IsNegative };

    public ProductForm Times(ProductForm other) => new(IsNegative != other.IsNegative,
        Algebra.Multiply(Constant, other.Constant), Algebra.Multiply(ConstantDivisor, other.ConstantDivisor),
        [.. Factors, .. other.Factors], [.. Divisors, .. other.Divisors]);

    ProductForm Inverse() => new(IsNegative, ConstantDivisor, Constant, Divisors, Factors);
}
