namespace Adjoint;

/// <summary>An index or side of a condition as axes times polynomials of extents and attributes, plus one: <c>stride*p
/// + k - pad</c>.</summary>
sealed record Affine(Polynomial Constant, Dictionary<string, Polynomial> Axes)
{
    /// <summary>Null when the expression is not affine or needs an extent or attribute that is not known.</summary>
    public static Affine? Of(Expr expr, Func<string, Polynomial?> extent, Func<string, Polynomial?> attribute)
    {
        return Read(expr);

        Affine? Read(Expr e) => e switch
        {
            Number number => number.Value == Math.Floor(number.Value) && Math.Abs(number.Value) < 1e9
                ? new((int)number.Value, []) : null,
            AxisValue axis => new(Polynomial.Zero, new() { [axis.Axis] = Polynomial.One }),
            ExtentValue value => extent(value.Axis) is { } known ? new(known, []) : null,
            AttributeValue value => attribute(value.Name) is { } known ? new(known, []) : null,
            Negate negate => Read(negate.Value)?.Times(-1),
            Binary binary => Read(binary.Left) is { } left && Read(binary.Right) is { } right
                ? Combine(binary.Operator, left, right) : null,
            Composite composite => Fold(composite),
            _ => null,
        };

        Affine? Fold(Composite composite)
        {
            Affine sum = new(Polynomial.Zero, []);
            for (var i = 0; i < composite.Parts.Count; i++)
            {
                // the first part's own extent multiplies nothing
                var size = i == 0 ? Polynomial.One : composite.Parts[i] is AxisValue axis ? extent(axis.Axis) : null;
                if (size is null || Read(composite.Parts[i]) is not { } part) return null;
                sum = sum.Times(size).Plus(part);
            }
            return sum;
        }
    }

    public static Affine Of(Polynomial constant) => new(constant, []);

    public bool IsConstant => Axes.Count == 0;

    public Affine Plus(Affine other)
    {
        var axes = new Dictionary<string, Polynomial>(Axes);
        foreach (var (axis, factor) in other.Axes)
        {
            var sum = axes.TryGetValue(axis, out var own) ? own + factor : factor;
            if (sum.IsZero) axes.Remove(axis); else axes[axis] = sum;
        }
        return new(Constant + other.Constant, axes);
    }

    public Affine Times(Polynomial factor) =>
        new(Constant * factor, factor.IsZero ? [] : Axes.ToDictionary(a => a.Key, a => a.Value * factor));

    /// <summary>Lowest or highest value, each axis running from 0 to its extent less 1; null where the sign of a factor
    /// is open.</summary>
    public Polynomial? Bound(bool highest, Func<string, Polynomial?> extent, string? without = null)
    {
        var bound = Constant;
        foreach (var (axis, factor) in Axes)
        {
            if (axis == without) continue;
            var isUp = factor.AtLeast(0);
            if (extent(axis) is not { } size || !isUp && !(-factor).AtLeast(0)) return null;
            if (isUp == highest) bound += factor * (size - 1);
        }
        return bound;
    }

    public Affine Without(string axis) => new(Constant, Axes.Where(a => a.Key != axis).ToDictionary());

    /// <summary>For a form that is to be at least 0: 2*i - 2*j + 3 is i - j + 1.</summary>
    public Affine Reduced()
    {
        if (IsConstant || Axes.Values.First() is not { IsConstant: true } first) return this;
        var step = first.AtLeast(0) ? first : -first;
        return step == 1 || Axes.Values.Any(f => f != step && f != -step) ? this
            : new(Polynomial.FloorDivide(Constant, step),
                Axes.ToDictionary(a => a.Key, a => Polynomial.FloorDivide(a.Value, step)));
    }

    public Affine Substitute(Func<string, Polynomial?> values) =>
        new(Constant.Substitute(values), Axes.ToDictionary(a => a.Key, a => a.Value.Substitute(values)));

    public override string ToString() =>
        Axes.Aggregate(Constant, (sum, axis) => sum + axis.Value * Polynomial.Symbol(axis.Key + "'")).ToString();

    static Affine? Combine(Arithmetic op, Affine left, Affine right) => op switch
    {
        Arithmetic.Add => left.Plus(right),
        Arithmetic.Subtract => left.Plus(right.Times(-1)),
        Arithmetic.Multiply when right.IsConstant => left.Times(right.Constant),
        Arithmetic.Multiply when left.IsConstant => right.Times(left.Constant),
        // rounding down distributes over nothing: an axis below a division is not affine
        Arithmetic.Divide when left.IsConstant && right.IsConstant && !right.Constant.IsZero =>
            new(Polynomial.FloorDivide(left.Constant, right.Constant), []),
        Arithmetic.Remainder when left.IsConstant && right.IsConstant && !right.Constant.IsZero =>
            new(left.Constant - right.Constant * Polynomial.FloorDivide(left.Constant, right.Constant), []),
        _ => null,
    };
}
