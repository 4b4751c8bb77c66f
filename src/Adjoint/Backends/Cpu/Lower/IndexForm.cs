using System.Globalization;

namespace Adjoint;

// Indices with sizes put in are nearly all a constant plus axes times integers. What is not (a gathered index, a
// quotient) becomes a symbol of its own, an atom, so that the rest of the sum stays readable to bounds, strides and
// proofs.

/// <summary>A constant plus symbols times integers. A symbol is an axis, or an atom of <see
/// cref="BoundProgram"/>.</summary>
sealed class IndexForm
{
    readonly SortedDictionary<string, long> terms;
    string? key;

    IndexForm(long constant, SortedDictionary<string, long> terms) => (Constant, this.terms) = (constant, terms);

    public static IndexForm Of(long constant) => new(constant, new(StringComparer.Ordinal));

    public static IndexForm Of(string symbol) => new(0, new(StringComparer.Ordinal) { [symbol] = 1 });

    public long Constant { get; }
    public bool IsConstant => terms.Count == 0;
    public IEnumerable<KeyValuePair<string, long>> Terms => terms;
    public IEnumerable<string> Symbols => terms.Keys;

    /// <summary>Equal for equal forms.</summary>
    public string Key =>
        key ??= string.Join('+', terms.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Value}*{t.Key}"))
        .Append(Constant.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The factor of a symbol, 0 where it does not occur.</summary>
    public long this[string symbol] => terms.GetValueOrDefault(symbol);

    public IndexForm Plus(IndexForm other, long times = 1)
    {
        var sum = new SortedDictionary<string, long>(terms, StringComparer.Ordinal);
        foreach (var (symbol, factor) in other.terms)
        {
            var total = sum.GetValueOrDefault(symbol) + times * factor;
            if (total == 0) sum.Remove(symbol);
            else sum[symbol] = total;
        }
        return new(Constant + times * other.Constant, sum);
    }

    public IndexForm Plus(long constant) => new(Constant + constant, terms);

    public IndexForm Times(long factor) => Of(0).Plus(this, factor);

    public IndexForm Minus(IndexForm other) => Plus(other, -1);

    /// <summary>The form without one symbol.</summary>
    public IndexForm Without(string symbol) => terms.ContainsKey(symbol) ? Plus(Of(symbol), -terms[symbol]) : this;

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
