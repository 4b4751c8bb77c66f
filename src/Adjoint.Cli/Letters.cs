using System.Globalization;

namespace Adjoint.Cli;

// --size t=512     a number: formulas keep the letter, and numbers stand beside them
// --size i=n       another letter, or a formula of letters: f=4*n
// --size h*c=n     a letter for a product of axes: n is written wherever h*c stands

/// <summary>What the command line says about the letters of a cost.</summary>
sealed class Letters
{
    readonly Dictionary<string, Polynomial> given = [];
    readonly Dictionary<string, int> numbers = [];
    readonly List<(string[] Factors, string Product)> products = [];
    readonly HashSet<string> attributeNames = [];

    /// <param name="attributes">Numbers or letters, <c>heads=h</c>; those that are no integers decide no size.</param>
    public Letters(IEnumerable<string> sizes, IEnumerable<string> attributes)
    {
        foreach (var (name, value) in Assignments.Split("--set", attributes))
        {
            attributeNames.Add(name);
            if (!double.TryParse(value, CultureInfo.InvariantCulture, out var number))
                given[name] = Formula("--set", value);
            else if (number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue) given[name] = (int)number;
        }
        foreach (var (name, value) in Assignments.Split("--size", sizes))
        {
            if (name.Contains('*', StringComparison.Ordinal)) products.Add(Product(name, value));
            else if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                numbers[name] = number;
            else given[name] = Formula("--size", value);
        }
        foreach (var (factors, product) in products) AddProduct(factors, product);
    }

    /// <summary>True where numbers are wanted beside the formulas.</summary>
    public bool HasNumbers => numbers.Count > 0;

    public IReadOnlyCollection<string> Attributes => attributeNames;

    /// <summary>Every axis that a size is given for.</summary>
    public IEnumerable<string> Names => numbers.Keys.Concat(given.Keys).Except(attributeNames)
        .Concat(products.SelectMany(p => p.Factors)).Distinct();

    /// <summary>Every letter that stands right of one: known without being an axis.</summary>
    public IEnumerable<string> Introduced => given.Values.SelectMany(v => v.Symbols)
        .Concat(products.Select(p => p.Product));

    public Cost Of(LoopProgram program) => Cost.Of(program, given);

    /// <summary>The program keeping what its reverse needs, and the reverse where it has one.</summary>
    public (Cost Forward, Cost? Reverse) Of(LoopProgram program, Reverse? reverse) =>
        reverse is null ? (Of(program), null) : Cost.Of(reverse, given);

    public Cost Numbers(Cost cost) => cost.At(numbers);

    /// <summary>The formula with letters for products.</summary>
    public Polynomial Shown(Polynomial formula) => products.Aggregate(formula, (f, p) => Fold(f, p.Factors, p.Product));

    /// <summary>The number, where every letter has one.</summary>
    public Polynomial Number(Polynomial formula) =>
        formula.Substitute(name => numbers.TryGetValue(name, out var size) ? size : null);

    /// <summary>How a formula grows, knowing that no factor is larger than its product.</summary>
    public string Order(Polynomial formula)
    {
        foreach (var (factors, product) in products)
            foreach (var factor in factors)
            {
                var free = formula.Substitute(name => name == factor ? Polynomial.Zero : null);
                var bound = formula.Substitute(name => name == factor ? Polynomial.Symbol(product) : null);
                if (bound.Order == free.Order) formula = free;
            }
        return formula.Order;
    }

    // formula = (what is free of c) + h c (quotient): the quotient holds the higher powers.
    static Polynomial Fold(Polynomial formula, string[] factors, string product)
    {
        var free = formula.Substitute(name => name == factors[^1] ? Polynomial.Zero : null);
        if (free == formula) return formula;
        var all = factors.Aggregate(Polynomial.One, (p, factor) => p * Polynomial.Symbol(factor));
        return Polynomial.DivideExactly(formula - free, all) is { } quotient
            ? free + Polynomial.Symbol(product) * Fold(quotient, factors, product)
            : formula;
    }

    static (string[], string) Product(string name, string letter)
    {
        var factors = name.Split('*');
        return factors.Concat([letter]).All(IsName) ? (factors, letter)
            : throw new UsageException($"--size: '{name}={letter}' is not of the form h*c=n.");
    }

    static Polynomial Formula(string option, string text)
    {
        Polynomial? formula = null;
        try
        {
            formula = Value(Parser.Expression(text));
        }
        catch (LoopException)
        {
            // told below
        }
        return formula
            ?? throw new UsageException($"{option}: '{text}' is neither a number nor a sum or product of letters.");
    }

    static Polynomial? Value(Expr expr) => expr switch
    {
        Number { Value: >= 0 and <= int.MaxValue } number when number.Value == Math.Floor(number.Value) =>
            (int)number.Value,
        AxisValue axis => Polynomial.Symbol(axis.Axis),
        Binary binary when Value(binary.Left) is { } left && Value(binary.Right) is { } right => binary.Operator switch
        {
            Arithmetic.Add => left + right,
            Arithmetic.Subtract => left - right,
            Arithmetic.Multiply => left * right,
            _ => null,
        },
        _ => null,
    };

    // With numbers for all but one of h, c and n the last follows.
    void AddProduct(string[] factors, string product)
    {
        var missing = factors.Where(f => !numbers.ContainsKey(f)).ToList();
        var known = factors.Except(missing).Aggregate(1, (all, factor) => all * numbers[factor]);
        if (missing.Count == 0) numbers.TryAdd(product, known);
        if (!numbers.TryGetValue(product, out var size)) return;
        if (missing.Count == 1 && known > 0 && size % known == 0) numbers[missing[0]] = size / known;
        else if (missing.Count > 0 || known != size)
            throw new UsageException(
                $"--size: {string.Join('*', factors)}={product} does not hold for the numbers given.");
    }

    static bool IsName(string text) => text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
