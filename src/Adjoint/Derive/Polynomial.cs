namespace Adjoint;

// Exact and immutable. Formulas are read and compared under one assumption: every symbol is at least 1. It turns max(0,
// t - 1) into t - 1 and T(t - 2) into a polynomial; numbers for sizes of 0 come from a count with those sizes.

/// <summary>Sums of products of named extents and attributes with rational coefficients: <c>2 b j k + 3 b
/// j</c>.</summary>
public sealed class Polynomial : IEquatable<Polynomial>
{
    sealed record Term(Rational Coefficient, (PolynomialAtom Atom, int Power)[] Factors)
    {
        public readonly string Key =
            string.Join(' ', Factors.Select(f => f.Power == 1 ? f.Atom.Text : $"{f.Atom.Text}^{f.Power}"));
        public readonly int Degree = Factors.Sum(f => f.Power);
        public int PowerOf(PolynomialAtom atom) => Array.Find(Factors, f => f.Atom == atom).Power;
    }

    public static readonly Polynomial Zero = new([]);
    public static readonly Polynomial One = 1;
    readonly Term[] terms; // by falling degree, then by text; no coefficient is 0

    Polynomial(Term[] terms) => this.terms = terms;

    public static Polynomial Constant(Rational value) => value.IsZero ? Zero : new([new(value, [])]);
    public static Polynomial Symbol(string name) => Of(new SymbolAtom(name));
    internal static Polynomial Of(PolynomialAtom atom) => new([new(1, [(atom, 1)])]);
    public static implicit operator Polynomial(int value) => Constant(value);

    public bool IsZero => terms.Length == 0;
    public bool IsConstant => terms.Length == 0 || terms.Length == 1 && terms[0].Factors.Length == 0;

    /// <summary>The number it is; only where <see cref="IsConstant"/>.</summary>
    public Rational Value =>
        !IsConstant ? throw Throw.Internal($"{this} is not a number") : IsZero ? 0 : terms[0].Coefficient;

    /// <summary>The name, if it is nothing but one.</summary>
    internal string? Name => terms is [{ Coefficient.IsOne: true, Factors: [{ Power: 1, Atom: SymbolAtom symbol }] }]
        ? symbol.Name : null;
    internal bool IsSum => terms.Length > 1;

    internal IEnumerable<PolynomialAtom> Atoms => terms.SelectMany(t => t.Factors).Select(f => f.Atom);

    /// <summary>Every name it depends on.</summary>
    public IEnumerable<string> Symbols
    {
        get
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            Substitute(name => names.Add(name) ? null : null);
            return names;
        }
    }

    public static Polynomial operator +(Polynomial a, Polynomial b) =>
        a.IsZero ? b : b.IsZero ? a : Sum(a.terms.Concat(b.terms));
    public static Polynomial operator -(Polynomial a) =>
        new([.. a.terms.Select(t => t with { Coefficient = -t.Coefficient })]);
    public static Polynomial operator -(Polynomial a, Polynomial b) => a + -b;
    public static Polynomial operator *(Polynomial a, Polynomial b) =>
        a.IsZero || b.IsOne ? a : b.IsZero || a.IsOne ? b
            : Sum(a.terms.SelectMany(s => b.terms.Select(t => Times(s, t))));

    internal bool IsUnit => this == 1 || this == -1;
    bool IsOne => terms.Length == 1 && terms[0].Factors.Length == 0 && terms[0].Coefficient.IsOne;

    public Polynomial Power(int exponent) => exponent == 0 ? One : this * Power(exponent - 1);

    static Term Times(Term a, Term b)
    {
        var coefficient = a.Coefficient * b.Coefficient;
        if (a.Factors.Length == 0) return b with { Coefficient = coefficient };
        if (b.Factors.Length == 0) return a with { Coefficient = coefficient };
        var factors = a.Factors.ToList();
        foreach (var (atom, power) in b.Factors)
        {
            var same = factors.FindIndex(f => f.Atom.Text == atom.Text);
            if (same < 0) factors.Add((atom, power));
            else factors[same] = (atom, factors[same].Power + power);
        }
        factors.RemoveAll(f => f.Power == 0);
        factors.Sort((f, g) => string.CompareOrdinal(f.Atom.Text, g.Atom.Text));
        return new(coefficient, [.. factors]);
    }

    static Polynomial Sum(IEnumerable<Term> terms)
    {
        var sums = new List<Term>();
        foreach (var term in terms)
        {
            var same = sums.FindIndex(t => t.Key == term.Key);
            if (same < 0) sums.Add(term);
            else sums[same] = term with { Coefficient = sums[same].Coefficient + term.Coefficient };
        }
        sums.RemoveAll(t => t.Coefficient.IsZero);
        sums.Sort((a, b) => a.Degree != b.Degree ? b.Degree - a.Degree : string.CompareOrdinal(a.Key, b.Key));
        return new([.. sums]);
    }

    /// <summary>What a name is multiplied by.</summary>
    internal Polynomial Quotient(string name) => Sum(terms.Where(t => t.Factors.Any(f => f.Atom.Text == name))
        .Select(t => new Term(t.Coefficient, [.. t.Factors.Where(f => f.Atom.Text != name)])));

    /// <summary>The quotient if the divisor is one monomial that divides every term, otherwise null; numbers divide
    /// without rest.</summary>
    public static Polynomial? DivideExactly(Polynomial a, Polynomial b)
    {
        if (b.terms.Length != 1) return a == b && !b.IsZero ? One : null;
        var inverse = new Term(1 / b.terms[0].Coefficient, [.. b.terms[0].Factors.Select(f => (f.Atom, -f.Power))]);
        var quotient = Sum(a.terms.Select(t => Times(t, inverse)));
        return quotient.terms.All(t => t.Factors.All(f => f.Power > 0) && (t.Coefficient.IsInteger || !a.IsIntegral))
            ? quotient : null;
    }

    bool IsIntegral => terms.All(t => t.Coefficient.IsInteger);

    /// <summary>a / b rounded down; what b divides leaves the rounding.</summary>
    public static Polynomial FloorDivide(Polynomial a, Polynomial b)
    {
        if (a.IsConstant && b.IsConstant && !b.IsZero) return Constant((a.Value / b.Value).Floor());
        if (DivideExactly(a, b) is { } exact) return exact;
        if (!b.IsConstant || b.IsZero || !a.IsIntegral) return Of(new FloorAtom(a, b));
        var whole = Sum(a.terms.Select(t => t with { Coefficient = Whole(t) }));
        var rest = a - whole * b;
        return whole + (rest.IsConstant ? FloorDivide(rest, b) : Of(new FloorAtom(rest, b)));

        // (m - k) / 2 stays as it is; (m - 2 k - 1) / 2 is (m + 1) / 2 - k - 1
        Rational Whole(Term t)
        {
            var quotient = t.Coefficient / b.Value;
            return t.Factors.Length == 0 || quotient.Sign > 0 ? quotient.Floor() : -(-quotient).Floor();
        }
    }

    public Polynomial AtLeastZero() => AtLeast(0) ? this : (-this).AtLeast(0) ? Zero : Of(new PositiveAtom(this));

    /// <summary>The depth of a balanced tree with so many leaves.</summary>
    public Polynomial CeilLog2() => !IsConstant ? Of(new LogAtom(this))
        : (Value - 1).Sign <= 0 ? Zero : (int)(Value.Numerator - 1).GetBitLength();

    public Polynomial Substitute(Func<string, Polynomial?> values) => IsConstant ? this : Map(a => a.Substitute(values));

    Polynomial Map(Func<PolynomialAtom, Polynomial> change) => terms.Aggregate(Zero, (sum, term) => sum + term.Factors
        .Aggregate(Constant(term.Coefficient), (product, f) => product * change(f.Atom).Power(f.Power)));

    /// <summary>The number for given sizes; every symbol needs one.</summary>
    public Rational Evaluate(IReadOnlyDictionary<string, int> sizes) =>
        Substitute(name => sizes.TryGetValue(name, out var size) ? (Polynomial)size : null).Value;

    /// <summary>True if it certainly is at least that where every symbol is at least 1.</summary>
    internal bool AtLeast(int least)
    {
        if (IsConstant) return (Value - least).Sign >= 0;
        if (least <= 1 && terms.All(t => t.Coefficient.Sign > 0
            && (t.Factors.Length == 0 || least <= 0 || t.Coefficient.IsInteger)
            && t.Factors.All(f => f.Atom.Least >= least))) return true;
        if (terms.Any(t => t.Factors.Any(f => f.Atom.Least is null))) return false;
        // -2 floor(m / 2) is at least -m
        var floor = Array.Find(terms, t => t is
        {
            Coefficient.Sign: < 0,
            Factors: [{ Atom: FloorAtom { Bottom.IsConstant: true }, Power: 1 }]
        });
        if (floor?.Factors[0].Atom is FloorAtom { Bottom.Value.Sign: > 0 } down)
            return (new Polynomial([.. terms.Where(t => t != floor)])
                + down.Top * Constant(floor.Coefficient / down.Bottom.Value)).AtLeast(least);
        // With n = 1 + n', n' >= 0, nonnegative coefficients settle it.
        return (Map(atom => Of(atom) + atom.Least!.Value) - least).terms.All(t => t.Coefficient.Sign > 0);
    }

    /// <summary>True if it is positive once the sizes are large: every term that no other dominates is.</summary>
    internal bool IsPositiveAtLast => terms.Length > 0 && Undominated(terms).All(t => t.Coefficient.Sign > 0);

    /// <summary>The larger one, where that is open the one that is larger in the end.</summary>
    internal static Polynomial Larger(Polynomial a, Polynomial b) =>
        a == b || (a - b).AtLeast(0) ? a : (b - a).AtLeast(0) || (b - a).IsPositiveAtLast ? b : a;

    /// <summary>The dominating terms without coefficients, rounding and negative parts.</summary>
    internal Polynomial Growth => new([.. Undominated(new Polynomial([.. terms.Where(t => t.Coefficient.Sign > 0)])
        .Map(atom => atom.Growth).terms).Select(t => t with { Coefficient = 1 })]);

    /// <summary>As in <c>O(b c t^2)</c>.</summary>
    public string Order =>
        $"O({(IsZero ? "1" : Growth.ToString().Replace("ceil(log2(", "log(", StringComparison.Ordinal)
        .Replace("))", ")", StringComparison.Ordinal))})";

    static IEnumerable<Term> Undominated(Term[] terms) =>
        terms.Where(a => !terms.Any(b => b.Key != a.Key && a.Factors.All(f => b.PowerOf(f.Atom) >= f.Power
            || f.Atom is LogAtom log && log.Value.terms[0].Factors.Any(g => b.PowerOf(g.Atom) > a.PowerOf(g.Atom)))));

    public bool Equals(Polynomial? other) => ReferenceEquals(this, other) || other is not null
        && terms.Length == other.terms.Length
        && terms.Zip(other.terms).All(p => p.First.Key == p.Second.Key
            && p.First.Coefficient.Equals(p.Second.Coefficient));

    public static bool operator ==(Polynomial? a, Polynomial? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(Polynomial? a, Polynomial? b) => !(a == b);
    public override bool Equals(object? obj) => Equals(obj as Polynomial);
    public override int GetHashCode() => terms.Aggregate(0, (hash, t) => HashCode.Combine(hash, t.Key, t.Coefficient));

    /// <summary>As the bound of an axis line, which has no fractions and no functions but division; null where it needs one.</summary>
    internal Expr? ToExpr(Func<string, Expr> symbol)
    {
        if (terms is [{ Coefficient.IsOne: true, Factors: [{ Power: 1, Atom: PositiveAtom positive }] }]) return positive.Value.ToExpr(symbol);
        Expr sum = Expr.Zero;
        foreach (var term in terms.OrderBy(t => t.Coefficient.Sign < 0))
        {
            if (!term.Coefficient.IsInteger) return null;
            Expr product = new Number(Math.Abs((double)term.Coefficient.Numerator));
            foreach (var (atom, power) in term.Factors)
                for (var k = 0; k < power; k++)
                {
                    if (Factor(atom) is not { } factor) return null;
                    product = Algebra.Multiply(product, factor);
                }
            sum = term.Coefficient.Sign < 0 ? Algebra.Subtract(sum, product) : Algebra.Add(sum, product);
        }
        return sum;

        Expr? Factor(PolynomialAtom atom) => atom switch
        {
            SymbolAtom name => symbol(name.Name),
            FloorAtom { Bottom: var bottom, Top: var top } when top.ToExpr(symbol) is { } above && bottom.ToExpr(symbol) is { } below =>
                Algebra.Divide(above, below),
            _ => null,
        };
    }

    internal static string Inside(Polynomial value) => value.IsSum ? $"({value})" : value.ToString();

    public override string ToString()
    {
        if (IsZero) return "0";
        var text = "";
        var first = Array.Find(terms, t => t.Coefficient.Sign > 0); // m - k and not -k + m
        foreach (var term in terms.OrderBy(t => t != first))
        {
            var size = term.Coefficient.Sign < 0 ? -term.Coefficient : term.Coefficient;
            var number = size.IsOne && term.Key.Length > 0 ? "" : size.ToString();
            text += (text.Length > 0 ? term.Coefficient.Sign < 0 ? " - " : " + " : term.Coefficient.Sign < 0 ? "-" : "")
                + number + (number.Length > 0 && term.Key.Length > 0 ? " " : "") + term.Key;
        }
        return text;
    }
}
