namespace Adjoint;

/// <summary>A product in normal form: a number, factors above and factors below the line, none of them a product itself.</summary>
sealed record Product(double Coefficient, EquatableArray<Expr> Above, EquatableArray<Expr> Below)
{
    public int Count => Above.Count + Below.Count;

    /// <summary>Flattens products, quotients, signs and numbers.</summary>
    public static Product Of(Expr expr)
    {
        var coefficient = 1.0;
        List<Expr> above = [], below = [];
        Collect(expr, above, below);
        return new Product(coefficient, above.ToEquatable(), below.ToEquatable()).Reduced();

        void Collect(Expr factor, List<Expr> up, List<Expr> down)
        {
            switch (factor)
            {
                case Number number when ReferenceEquals(up, above): coefficient *= number.Value; break;
                // dividing by a power of two is multiplying by its reciprocal, to the bit
                case Number number when double.IsPow2(Math.Abs(number.Value)): coefficient /= number.Value; break;
                case Negate negate:
                    coefficient = -coefficient;
                    Collect(negate.Value, up, down);
                    break;
                case Binary { Operator: Arithmetic.Multiply } product:
                    Collect(product.Left, up, down);
                    Collect(product.Right, up, down);
                    break;
                case Binary { Operator: Arithmetic.Divide } quotient:
                    Collect(quotient.Left, up, down);
                    Collect(quotient.Right, down, up);
                    break;
                default: up.Add(factor); break;
            }
        }
    }

    public Expr ToExpr()
    {
        var magnitude = Above.Aggregate((Expr)new Number(Math.Abs(Coefficient)), Algebra.Multiply);
        var value = Below.Aggregate(magnitude, Algebra.Divide);
        return Coefficient < 0 ? Algebra.Negate(value) : value;
    }

    public Product Negated() => this with { Coefficient = -Coefficient };

    /// <summary>Whether every factor of the other is one of this, as often.</summary>
    public bool Contains(Product other) => MayContain(Above, other.Above) && MayContain(Below, other.Below)
        && Missing(Above, other.Above) is not null && Missing(Below, other.Below) is not null;

    // Nearly every question ends here, without a list.
    static bool MayContain(EquatableArray<Expr> all, EquatableArray<Expr> some)
    {
        if (some.Count == 0) return true;
        if (some.Count > all.Count) return false;
        for (var i = 0; i < all.Count; i++) if (all[i] == some[0]) return true;
        return false;
    }

    /// <summary>Without the other's factors, which it contains; the coefficient stays.</summary>
    public Product Without(Product other) =>
        new(Coefficient, Missing(Above, other.Above)!.ToEquatable(), Missing(Below, other.Below)!.ToEquatable());

    /// <summary>The factors both have; its coefficient is 1.</summary>
    public Product Common(Product other) => new(1, Shared(Above, other.Above), Shared(Below, other.Below));

    public Product Times(Product other) =>
        new Product(Coefficient * other.Coefficient, [.. Above, .. other.Above], [.. Below, .. other.Below]).Reduced();

    // 1 / sqrt(u) / sqrt(u) is 1 / u: both are NaN for a negative u. A factor above and below leaves: derivation puts it
    // there (log(p / q) gives q / p), and at 0 the shorter form is the one that is right.
    Product Reduced()
    {
        if (Below.Count == 0) return this;
        var shared = Shared(Above, Below);
        var above = Missing(Above, shared)!;
        var below = Missing(Below, shared)!;
        for (var i = 0; i < below.Count; i++)
        {
            if (below[i] is not Call { Function.Name: "sqrt" } root || below.FindIndex(i + 1, e => e == root) is not (>= 0 and var twin)) continue;
            below.RemoveAt(twin);
            below[i] = root.Arguments[0];
        }
        return above.Count + below.Count == Count ? this : new(Coefficient, above.ToEquatable(), below.ToEquatable());
    }

    static List<Expr>? Missing(EquatableArray<Expr> all, EquatableArray<Expr> taken)
    {
        var rest = all.ToList();
        return taken.All(rest.Remove) ? rest : null;
    }

    static EquatableArray<Expr> Shared(EquatableArray<Expr> a, EquatableArray<Expr> b)
    {
        var rest = b.ToList();
        return a.Where(rest.Remove).ToEquatable();
    }
}
