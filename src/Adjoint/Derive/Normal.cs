namespace Adjoint;

/// <summary>Brings an expression into the form a person would write: products flat, like terms joined, common factors in front.</summary>
sealed class Normal(KnownValues? known)
{
    public Expr Of(Expr expr) => expr switch
    {
        Negate or Binary { Operator: Arithmetic.Multiply or Arithmetic.Divide } => OfProduct(expr).ToExpr(),
        Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } => OfSum(expr),
        Access or Number or AxisValue or ExtentValue or AttributeValue => expr,
        // stop(m) holds what it holds: its inside is a value of the forward program
        Stop => Named(expr),
        _ => Named(WithParts(expr)),
    };

    Expr WithParts(Expr expr)
    {
        var parts = expr.Parts().Map(Of);
        return parts == expr.Parts() ? expr : expr.WithParts(parts);
    }

    Expr Named(Expr expr) => known?.Find(expr) ?? expr;

    Product OfProduct(Expr expr)
    {
        var flat = Product.Of(expr);
        var above = flat.Above.Select(Of).ToList();
        var below = flat.Below.Select(Of).ToList();
        var again = above.Concat(below).Any(f => f is Number or Negate or Binary { Operator: Arithmetic.Multiply or Arithmetic.Divide });
        var product = new Product(flat.Coefficient, above.ToEquatable(), below.ToEquatable());
        if (again) product = Product.Of(product.ToExpr());
        return known?.Replace(product) ?? product;
    }

    Expr OfSum(Expr expr)
    {
        var terms = new List<Product>();
        Collect(expr, 1, terms);
        terms.RemoveAll(t => t.Coefficient == 0);
        if (terms.Count == 0) return Expr.Zero;
        if (terms.Count == 1) return terms[0].ToExpr();
        if (known?.Find(Sum(terms)) is { } name) return name;
        var common = terms.Aggregate((a, b) => a.Common(b));
        var scale = Math.Abs(terms[0].Coefficient);
        if (terms.Any(t => Math.Abs(t.Coefficient) != scale)) scale = 1;
        common = common with { Coefficient = scale };
        if (common.Count == 0 && scale == 1) return Sum(terms);
        var rest = Sum(terms.Select(t => t.Without(common with { Coefficient = 1 }) with { Coefficient = t.Coefficient / scale }));
        if (rest is Number) return common.Times(Product.Of(rest)).ToExpr();
        var product = new Product(common.Coefficient, [.. common.Above, known?.Find(rest) ?? rest], common.Below);
        return (known?.Replace(product) ?? product).ToExpr();
    }

    void Collect(Expr expr, int sign, List<Product> terms)
    {
        if (expr is Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } sum)
        {
            Collect(sum.Left, sign, terms);
            Collect(sum.Right, sum.Operator is Arithmetic.Add ? sign : -sign, terms);
            return;
        }
        var term = OfProduct(expr);
        // a product may have become a sum: -(a - b)
        if (term is { Above: [Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } inner], Below.Count: 0 } && Math.Abs(term.Coefficient) == 1)
        {
            Collect(inner, term.Coefficient < 0 ? -sign : sign, terms);
            return;
        }
        if (sign < 0) term = term.Negated();
        var like = terms.FindIndex(t => t.Above == term.Above && t.Below == term.Below);
        if (like < 0) terms.Add(term);
        else terms[like] = term with { Coefficient = terms[like].Coefficient + term.Coefficient };
    }

    // A positive term first: b - a reads better than -a + b, and adds the same two numbers.
    static Expr Sum(IEnumerable<Product> terms)
    {
        var list = terms.ToList();
        var first = list.FindIndex(t => t.Coefficient > 0);
        if (first > 0)
        {
            var positive = list[first];
            list.RemoveAt(first);
            list.Insert(0, positive);
        }
        return list.Skip(1).Aggregate(list[0].ToExpr(), (sum, term) =>
            term.Coefficient < 0 ? Algebra.Subtract(sum, term.Negated().ToExpr()) : Algebra.Add(sum, term.ToExpr()));
    }
}
