namespace Adjoint;

enum NameKind { Tensor, Attribute }

/// <summary>Expressions, indices and conditions of one line at a time.</summary>
sealed class ExprParser(SourceLine line, Dictionary<string, NameKind> names)
{
    // Deeper nesting is no formula; the bound keeps recursion within any stack.
    const int MaxDepth = 100;

    SourceLine line = line;
    int at;
    int depth;

    Token Current => line.Tokens[at];

    public void Start(SourceLine next) => (line, at, depth) = (next, 0, 0);

    public Token Take() => line.Tokens[at++];

    public bool TakeWord(string word)
    {
        if (!Current.IsWord(word)) return false;
        at++;
        return true;
    }

    bool TakeSymbol(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        at++;
        return true;
    }

    public LoopException Expected(string what, string? hint = null) =>
        LoopErrors.AtText($"expected {what}, found {Current.Shown}", line.Text, line.Number, Current.Column, hint);

    public void Expect(string symbol)
    {
        if (!TakeSymbol(symbol)) throw Expected($"'{symbol}'");
    }

    public void ExpectEnd()
    {
        if (Current.Kind is not TokenKind.End) throw Expected("the end of the line");
    }

    public string Name(string what) => Current.Kind is TokenKind.Name ? Take().Text : throw Expected(what);

    public Access Target()
    {
        var name = Name("a tensor to write");
        return new(name, Indices());
    }

    public LineOp Operator()
    {
        LineOp? op = Current.Text switch
        {
            "=" => LineOp.Set,
            "+=" => LineOp.Add,
            "-=" => LineOp.Subtract,
            "*=" => LineOp.Multiply,
            "max=" => LineOp.Max,
            "min=" => LineOp.Min,
            _ => null,
        };
        if (op is null) throw Expected("'=', '+=', '-=', '*=', 'max=' or 'min='");
        at++;
        return op.Value;
    }

    /// <summary>or, and, not, comparisons.</summary>
    public Expr Condition()
    {
        var left = Conjunction();
        while (TakeWord("or")) left = new Or(left, Conjunction());
        return left;
    }

    Expr Conjunction()
    {
        var left = Negation();
        while (TakeWord("and")) left = new And(left, Negation());
        return left;
    }

    Expr Negation() => TakeWord("not") ? Deeper(() => new Not(Negation())) : Comparison();

    /// <summary>A value, or two values compared.</summary>
    public Expr Comparison()
    {
        var left = Sum();
        Comparison? comparison = Current.Kind is not TokenKind.Symbol ? null : Current.Text switch
        {
            "==" => Adjoint.Comparison.Equal,
            "!=" => Adjoint.Comparison.NotEqual,
            "<" => Adjoint.Comparison.Less,
            "<=" => Adjoint.Comparison.LessOrEqual,
            ">" => Adjoint.Comparison.Greater,
            ">=" => Adjoint.Comparison.GreaterOrEqual,
            _ => null,
        };
        if (comparison is null) return left;
        at++;
        return new Compare(comparison.Value, left, Sum());
    }

    public Expr Sum()
    {
        var left = Product();
        while (true)
        {
            if (TakeSymbol("+")) left = new Binary(Arithmetic.Add, left, Product());
            else if (TakeSymbol("-")) left = new Binary(Arithmetic.Subtract, left, Product());
            else return left;
        }
    }

    Expr Product()
    {
        var left = Unary();
        while (true)
        {
            if (TakeSymbol("*")) left = new Binary(Arithmetic.Multiply, left, Unary());
            else if (TakeSymbol("/")) left = new Binary(Arithmetic.Divide, left, Unary());
            else if (TakeSymbol("%")) left = new Binary(Arithmetic.Remainder, left, Unary());
            else return left;
        }
    }

    Expr Unary()
    {
        if (!TakeSymbol("-")) return Primary();
        if (Current.Kind is TokenKind.Number) return new Number(-Take().Value);
        if (TakeWord("inf")) return new Number(double.NegativeInfinity);
        return Deeper(() => new Negate(Unary()));
    }

    Expr Primary()
    {
        switch (Current.Kind)
        {
            case TokenKind.Number: return new Number(Take().Value);
            case TokenKind.Extent: return new ExtentValue(Take().Text[1..]);
            case TokenKind.Name: return Named();
            default:
                if (TakeSymbol("..")) return new AxisValue("..");
                if (!TakeSymbol("(")) throw Expected("a value", WayOut());
                return Deeper(() =>
                {
                    var inner = Condition();
                    Expect(")");
                    return inner;
                });
        }
    }

    string? WayOut() => Current.Is("*") && at > 0 && line.Tokens[at - 1].Is("*") ? "A power is pow(x, n); x times x is square(x)." : null;

    Expr Named()
    {
        var token = Take();
        var name = token.Text;
        if (Current.Is("(")) return Call(token);
        if (Current.Is("[")) return new Access(name, Indices());
        if (name == "inf") return new Number(double.PositiveInfinity);
        if (IsReserved(name))
            throw LoopErrors.AtText($"expected a value, found '{name}'", line.Text, line.Number, token.Column,
                name == "if" ? "A condition stands after the value: y[j] = x[j]  if x[j] > 0" : null);
        if (!names.TryGetValue(name, out var kind)) return new AxisValue(name);
        return kind is NameKind.Attribute ? new AttributeValue(name) : new Access(name, []);
    }

    /// <summary>Whether a name without brackets would be something else than a tensor.</summary>
    public static bool IsReserved(string name) => name is "inf" or "if" or "and" or "or" or "not" or "for";

    Expr Call(Token name) => Deeper<Expr>(() =>
    {
        Expect("(");
        var arguments = new List<Expr>();
        do arguments.Add(Condition()); while (TakeSymbol(","));
        Expect(")");
        var function = ScalarFunction.Find(name.Text);
        var arity = name.Text switch { "where" => 3, "stop" => 1, _ => function?.Arity ?? 0 };
        if (arity == 0)
            throw LoopErrors.AtText($"'{name.Text}' is no function", line.Text, line.Number, name.Column,
                "Functions: " + string.Join(' ', ScalarFunction.All.Select(f => f.Name)) + " where stop. A tensor takes brackets: x[i].");
        if (arity != arguments.Count)
            throw LoopErrors.AtText($"'{name.Text}' takes {arity} argument{(arity == 1 ? "" : "s")}, not {arguments.Count}",
                line.Text, line.Number, name.Column);
        return name.Text switch
        {
            "where" => new Where(arguments[0], arguments[1], arguments[2]),
            "stop" => new Stop(arguments[0]),
            _ => new Call(function!, arguments.ToEquatable()),
        };
    });

    EquatableArray<Expr> Indices()
    {
        if (!TakeSymbol("[")) return [];
        var indices = new List<Expr>();
        do indices.Add(Index()); while (TakeSymbol(","));
        Expect("]");
        return indices.ToEquatable();
    }

    Expr Index()
    {
        if (TakeSymbol("..")) return new AxisValue("..");
        return Current.Is("(") && IsComposite() ? CompositeIndex() : Deeper(Sum);
    }

    // (h,c) has a comma after its first part; (h + 1) has none.
    bool IsComposite() =>
        at + 2 < line.Tokens.Length && line.Tokens[at + 2].Is(",")
        && (line.Tokens[at + 1].Kind is TokenKind.Name or TokenKind.Number || line.Tokens[at + 1].Is(".."));

    Composite CompositeIndex()
    {
        Expect("(");
        var parts = new List<Expr>();
        do
        {
            parts.Add(Current.Kind switch
            {
                TokenKind.Name => new AxisValue(Take().Text),
                TokenKind.Number => new Number(Take().Value),
                _ => throw Expected("an axis or an integer"),
            });
        }
        while (TakeSymbol(","));
        Expect(")");
        return new(parts.ToEquatable());
    }

    T Deeper<T>(Func<T> parse)
    {
        if (++depth > MaxDepth)
            throw LoopErrors.AtText($"more than {MaxDepth} levels of nesting", line.Text, line.Number, Current.Column,
                "Name a part of the expression on a line of its own.");
        var result = parse();
        depth--;
        return result;
    }
}
