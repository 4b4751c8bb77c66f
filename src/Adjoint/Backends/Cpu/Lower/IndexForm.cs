using System.Globalization;

namespace Adjoint;

// Indices with sizes put in are nearly all a constant plus axes times integers. What is not (a gathered index, a
// quotient) becomes a symbol of its own, an atom, so that the rest of the sum stays readable to bounds, strides and
// proofs.

/// <summary>A constant plus symbols times integers. A symbol is an axis, or an atom of <see
/// cref="BoundProgram"/>.</summary>
sealed class IndexForm
{
    readonly KeyValuePair<string, long>[] terms; // by symbol, no factor is 0
    string? key;

    IndexForm(long constant, KeyValuePair<string, long>[] terms) => (Constant, this.terms) = (constant, terms);

    public static IndexForm Of(long constant) => new(constant, []);

    public static IndexForm Of(string symbol) => new(0, [new(symbol, 1)]);

    public long Constant { get; }
    public bool IsConstant => terms.Length == 0;
    public IReadOnlyList<KeyValuePair<string, long>> Terms => terms;
    public IEnumerable<string> Symbols => terms.Select(t => t.Key);

    /// <summary>Equal for equal forms.</summary>
    public string Key =>
        key ??= string.Join('+', terms.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Value}*{t.Key}"))
        .Append(Constant.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The factor of a symbol, 0 where it does not occur.</summary>
    public long this[string symbol]
    {
        get
        {
            foreach (var (name, factor) in terms) if (name == symbol) return factor;
            return 0;
        }
    }

    public IndexForm Plus(IndexForm other, long times = 1)
    {
        var constant = Constant + times * other.Constant;
        if (other.terms.Length == 0 || times == 0) return new(constant, terms);
        var sum = new KeyValuePair<string, long>[terms.Length + other.terms.Length];
        var (i, j, count) = (0, 0, 0);
        while (i < terms.Length || j < other.terms.Length)
        {
            var order = i == terms.Length ? 1 : j == other.terms.Length ? -1
                : string.CompareOrdinal(terms[i].Key, other.terms[j].Key);
            var symbol = order <= 0 ? terms[i].Key : other.terms[j].Key;
            var factor = (order <= 0 ? terms[i++].Value : 0) + (order >= 0 ? times * other.terms[j++].Value : 0);
            if (factor != 0) sum[count++] = new(symbol, factor);
        }
        return new(constant, count == sum.Length ? sum : sum[..count]);
    }

    public IndexForm Plus(long constant) => new(Constant + constant, terms);

    public IndexForm Times(long factor) => Of(0).Plus(this, factor);

    public IndexForm Minus(IndexForm other) => Plus(other, -1);

    /// <summary>The form without one symbol.</summary>
    public IndexForm Without(string symbol) =>
        this[symbol] == 0 ? this : new(Constant, Array.FindAll(terms, t => t.Key != symbol));

    /// <summary>The smallest value where every symbol is within its range; null if some range is unknown.</summary>
    public long? Min(Func<string, (long Low, long High)?> range)
    {
        var min = Constant;
        foreach (var (symbol, factor) in terms)
        {
            if (range(symbol) is not { } r) return null;
            min += factor * (factor > 0 ? r.Low : r.High);
        }
        return min;
    }

    public long? Max(Func<string, (long Low, long High)?> range) => -Times(-1).Min(range);

    /// <summary>The form as an expression of the notation.</summary>
    public Expr ToExpr(Func<string, Expr> symbol)
    {
        Expr? sum = null;
        foreach (var (name, factor) in terms)
        {
            Expr term = factor == 1 ? symbol(name) : new Binary(Arithmetic.Multiply, new Number(factor), symbol(name));
            sum = sum is null ? term : new Binary(Arithmetic.Add, sum, term);
        }
        if (sum is null) return new Number(Constant);
        return Constant == 0 ? sum : new Binary(Arithmetic.Add, sum, new Number(Constant));
    }

    public override string ToString() => Key;
}
