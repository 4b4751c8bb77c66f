namespace Adjoint;

/// <summary>What a polynomial is a polynomial in: an extent or attribute by name, or a function of polynomials that is
/// none.</summary>
/// <param name="Text">As printed; atoms are equal when their texts are.</param>
public abstract record PolynomialAtom(string Text)
{
    /// <summary>A polynomial that bounds the atom from above up to a factor, for O(…).</summary>
    internal abstract Polynomial Growth { get; }

    internal abstract Polynomial Substitute(Func<string, Polynomial?> values);

    /// <summary>The least value it can have, null where that is open.</summary>
    internal virtual int? Least => 0;

    public virtual bool Equals(PolynomialAtom? other) => other is not null && Text == other.Text;
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
    public sealed override string ToString() => Text;
}

/// <summary>An extent or attribute; taken to be at least 1.</summary>
sealed record SymbolAtom(string Name) : PolynomialAtom(Name)
{
    internal override Polynomial Growth => Polynomial.Of(this);
    internal override int? Least => 1;
    internal override Polynomial Substitute(Func<string, Polynomial?> values) => values(Name) ?? Polynomial.Of(this);
}

sealed record FloorAtom(Polynomial Top, Polynomial Bottom)
    : PolynomialAtom($"floor({Polynomial.Inside(Top)} / {Polynomial.Inside(Bottom)})")
{
    internal override Polynomial Growth => Bottom.IsConstant ? Top.Growth : Polynomial.Of(this);
    internal override int? Least => Top.AtLeast(0) && Bottom.AtLeast(0) ? 0 : null;
    internal override Polynomial Substitute(Func<string, Polynomial?> values) =>
        Polynomial.FloorDivide(Top.Substitute(values), Bottom.Substitute(values));
}

sealed record PositiveAtom(Polynomial Value) : PolynomialAtom($"max(0, {Value})")
{
    internal override Polynomial Growth => Value.Growth;
    internal override Polynomial Substitute(Func<string, Polynomial?> values) => Value.Substitute(values).AtLeastZero();
}

sealed record LogAtom(Polynomial Value) : PolynomialAtom($"ceil(log2({Value}))")
{
    // log(2 m n) grows as log m + log n
    internal override Polynomial Growth => Value.Symbols.Aggregate(Polynomial.Zero,
        (sum, name) => sum + Polynomial.Of(new LogAtom(Polynomial.Symbol(name))));

    internal override Polynomial Substitute(Func<string, Polynomial?> values) => Value.Substitute(values).CeilLog2();
}
