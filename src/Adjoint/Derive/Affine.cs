namespace Adjoint;

// An index such as stride*p + k - pad is a polynomial, too: in extents, attributes and positions. The position along p is
// the symbol p', beside p, the extent.

/// <summary>Indices and sides of conditions as polynomials that are affine in positions.</summary>
static class Affine
{
    /// <summary>Null when the expression is not affine or needs an extent or attribute that is not known.</summary>
    /// <param name="rounds">Division rounds down, as in indices; otherwise only a whole quotient is one.</param>
    public static Polynomial? Of(Expr expr, Func<string, Polynomial?> extent, Func<string, Polynomial?> attribute,
        bool rounds = true)
    {
        return Read(expr);

        Polynomial? Read(Expr e) => e switch
        {
            Number number => Extents.Integer(number.Value),
            AxisValue axis => Polynomial.Symbol(axis.Axis + "'"),
            ExtentValue value => extent(value.Axis),
            AttributeValue value => attribute(value.Name),
            Negate negate => Read(negate.Value) is { } value ? -value : null,
            Binary binary =>
                Read(binary.Left) is { } a && Read(binary.Right) is { } b ? Combine(binary.Operator, a, b, rounds) : null,
            Composite composite => Fold(composite),
            _ => null,
        };

        Polynomial? Fold(Composite composite)
        {
            var sum = Read(composite.Parts[0]);
            foreach (var part in composite.Parts.Skip(1))
                sum = sum is not null && part is AxisValue axis && extent(axis.Axis) is { } size
                    ? sum * size + Read(axis)! : null;
            return sum;
        }
    }

    /// <summary>The axes whose positions stand in the form.</summary>
    public static IEnumerable<string> Axes(this Polynomial form) =>
        form.Atoms.OfType<SymbolAtom>().Where(s => s.Name[^1] == '\'').Select(s => s.Name[..^1]).Distinct();

    public static bool Has(this Polynomial form, string axis) => form.Atoms.Any(a => a.Text == axis + "'");

    /// <summary>What the position along the axis is multiplied by.</summary>
    public static Polynomial FactorOf(this Polynomial form, string axis) => form.Quotient(axis + "'");

    /// <summary>The form with something else for a position.</summary>
    public static Polynomial With(this Polynomial form, string axis, Polynomial position) =>
        form.Has(axis) ? form + form.FactorOf(axis) * (position - Polynomial.Symbol(axis + "'")) : form;

    /// <summary>Lowest or highest value, positions running from 0 to their extent less 1; null where the sign of a factor
    /// is open.</summary>
    public static Polynomial? Bound(this Polynomial form, bool highest, Func<string, Polynomial?> extent)
    {
        foreach (var axis in form.Axes().ToList())
        {
            var factor = form.FactorOf(axis);
            var isUp = factor.AtLeast(0);
            if (extent(axis) is not { } size || !isUp && !(-factor).AtLeast(0)) return null;
            form = form.With(axis, isUp == highest ? size - 1 : Polynomial.Zero);
        }
        return form;
    }

    /// <summary>For a form that is to be at least 0: 2*i - 2*j + 3 is i - j + 1.</summary>
    public static Polynomial Reduced(this Polynomial form)
    {
        var factors = form.Axes().Select(form.FactorOf).ToList();
        return factors is [{ IsConstant: true } first, ..] && factors.All(f => f == first || f == -first)
            ? Polynomial.FloorDivide(form, first.AtLeast(0) ? first : -first) : form;
    }

    static Polynomial? Combine(Arithmetic op, Polynomial a, Polynomial b, bool rounds) => op switch
    {
        Arithmetic.Add => a + b,
        Arithmetic.Subtract => a - b,
        Arithmetic.Multiply when !a.Axes().Any() || !b.Axes().Any() => a * b,
        // rounding down distributes over nothing: an axis below a division is not affine
        Arithmetic.Divide when !a.Axes().Any() && !b.Axes().Any() && !b.IsZero =>
            rounds ? Polynomial.FloorDivide(a, b) : Polynomial.DivideExactly(a, b),
        Arithmetic.Remainder when !a.Axes().Any() && !b.Axes().Any() && !b.IsZero =>
            a - b * Polynomial.FloorDivide(a, b),
        _ => null,
    };
}
