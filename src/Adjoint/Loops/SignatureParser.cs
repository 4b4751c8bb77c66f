namespace Adjoint;

sealed record SignatureOutput(string Name, EquatableArray<Dim>? Dims, int Column);

sealed record Signature(string Name, EquatableArray<Operand> Operands, EquatableArray<NamedNumber> Attributes, List<SignatureOutput> Outputs);

/// <summary><c>name(operands; attributes) -> outputs</c>.</summary>
sealed class SignatureParser(SourceLine line)
{
    int at;

    Token Current => line.Tokens[at];

    public static Signature Parse(SourceLine line) => new SignatureParser(line).Parse();

    Signature Parse()
    {
        const string Shape = "A program starts with a signature: matmul(x[b,i], w[i,j]) -> y";
        var name = Name("the name of a program", Shape);
        if (!Current.Is("(")) throw Expected("'(' after the program's name", Shape);
        at++;
        var operands = new List<Operand>();
        var attributes = new List<NamedNumber>();
        if (!Current.Is(")") && !Current.Is(";"))
            do operands.Add(Operand()); while (Take(","));
        if (Take(";"))
            do attributes.Add(Attribute()); while (Take(","));
        Expect(")");
        Expect("->");
        var outputs = new List<SignatureOutput>();
        do
        {
            var column = Current.Column;
            var output = Name("the name of an output");
            outputs.Add(new(output, Current.Is("[") ? Dims() : null, column));
        }
        while (Take(","));
        if (Current.Kind is not TokenKind.End) throw Expected("',' or the end of the line");
        return new(name, operands.ToEquatable(), attributes.ToEquatable(), outputs);
    }

    Operand Operand()
    {
        // A kind is a kind only before a name: an operand may be called shape.
        var kind = Current.Kind is not TokenKind.Name || line.Tokens[at + 1].Kind is not TokenKind.Name ? OperandKind.Float : Current.Text switch
        {
            "int" => OperandKind.Int,
            "uniform" => OperandKind.Uniform,
            "normal" => OperandKind.Normal,
            "shape" => OperandKind.Shape,
            _ => throw Expected("'int', 'uniform', 'normal', 'shape' or an operand"),
        };
        if (kind is not OperandKind.Float) at++;
        var name = Name("the name of an operand");
        return new(kind, name, Current.Is("[") ? Dims() : []);
    }

    NamedNumber Attribute()
    {
        var name = Name("the name of an attribute");
        if (!Take("=")) throw Expected("'='", $"An attribute has a default: {name} = 1");
        return new(name, Number());
    }

    double Number()
    {
        var sign = Take("-") ? -1 : 1;
        if (Current.IsWord("inf"))
        {
            at++;
            return sign * double.PositiveInfinity;
        }
        return Current.Kind is TokenKind.Number ? sign * line.Tokens[at++].Value : throw Expected("a number");
    }

    EquatableArray<Dim> Dims()
    {
        Expect("[");
        var dims = new List<Dim>();
        do dims.Add(Dim()); while (Take(","));
        Expect("]");
        return dims.ToEquatable();
    }

    Dim Dim()
    {
        if (Take("..")) return new("..");
        if (Take("("))
        {
            var axes = new List<string>();
            do axes.Add(Name("an axis")); while (Take(","));
            Expect(")");
            return new(axes.ToEquatable());
        }
        var axis = Name("an axis");
        var from = TakeWord("from") ? -Margin("-") : 0;
        var to = TakeWord("to") ? Margin("+") : 0;
        return new(axis, from, to);
    }

    int Margin(string sign)
    {
        if (!Take(sign)) throw Expected($"'{sign}'", "Cells before the first are written t from -1, cells beyond the last t to +1.");
        if (Current is not { Kind: TokenKind.Number, Value: >= 0 and < 1000 } || Current.Value != Math.Floor(Current.Value))
            throw Expected("a small integer");
        return (int)line.Tokens[at++].Value;
    }

    string Name(string what, string? hint = null) =>
        Current.Kind is TokenKind.Name ? line.Tokens[at++].Text : throw Expected(what, hint);

    bool TakeWord(string word)
    {
        if (!Current.IsWord(word)) return false;
        at++;
        return true;
    }

    bool Take(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        at++;
        return true;
    }

    void Expect(string symbol)
    {
        if (!Take(symbol)) throw Expected($"'{symbol}'");
    }

    LoopException Expected(string what, string? hint = null) =>
        LoopErrors.AtText($"expected {what}, found {Current.Shown}", line.Text, line.Number, Current.Column, hint);
}
