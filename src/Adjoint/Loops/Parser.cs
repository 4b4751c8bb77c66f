namespace Adjoint;

// Recursive descent over the grammar of docs/notation.md. A bare name is a scalar tensor if the signature or a line
// makes it one, an attribute if the signature does, and otherwise an axis: so names are collected before lines are read.

/// <summary>Text to programs. Everything returned has passed <see cref="Checker"/>.</summary>
public sealed class Parser
{
    readonly ExprParser expressions;
    readonly List<SourceLine> lines;
    readonly List<AxisLine> axes = [];
    int next;

    Parser(List<SourceLine> lines, ExprParser expressions) => (this.lines, this.expressions) = (lines, expressions);

    /// <summary>Reads exactly one program.</summary>
    /// <exception cref="LoopException">The text is not a program; the message points at the place.</exception>
    public static LoopProgram Parse(string text)
    {
        var programs = ParseAll(text);
        return programs.Count switch
        {
            1 => programs[0],
            0 => throw new LoopException("Loops: the text holds no program.\nHint: a program starts with a signature: "
                + "matmul(x[b,i], w[i,j]) -> y"),
            _ => throw new LoopException($"Loops: the text holds {programs.Count} programs ({programs[0].Name}, {programs[1].Name} …) "
                + "where one is expected."),
        };
    }

    /// <summary>Reads a file of programs: each starts with a signature that is indented less than its lines.</summary>
    public static IReadOnlyList<LoopProgram> ParseAll(string text)
    {
        var lines = Lexer.Lines(text);
        var programs = new List<LoopProgram>();
        for (var first = 0; first < lines.Count;)
        {
            var end = first + 1;
            while (end < lines.Count && lines[end].Indent > lines[first].Indent) end++;
            var program = ParseOne(lines.GetRange(first, end - first));
            Checker.Check(program);
            programs.Add(program);
            first = end;
        }
        return programs;
    }

    /// <summary>Reads an expression in which every bare name is an axis.</summary>
    public static Expr Expression(string text)
    {
        if (Lexer.Lines(text) is not [var line]) throw new LoopException($"Loops: '{text}' is not one expression.");
        var parser = new ExprParser(line, []);
        var expr = parser.Condition();
        parser.ExpectEnd();
        return expr;
    }

    static LoopProgram ParseOne(List<SourceLine> lines)
    {
        var signature = SignatureParser.Parse(lines[0]);
        var names = new Dictionary<string, NameKind>();
        foreach (var operand in signature.Operands) names[operand.Name] = NameKind.Tensor;
        foreach (var attribute in signature.Attributes) names[attribute.Name] = NameKind.Attribute;
        foreach (var line in lines.Skip(1))
            if (IsWrite(line)) names.TryAdd(line.Tokens[0].Text, NameKind.Tensor);
        var parser = new Parser(lines, new ExprParser(lines[0], names)) { next = 1 };
        var body = lines.Count > 1 ? parser.Block(lines[1].Indent, isTop: true) : [];
        if (parser.next < lines.Count && lines[parser.next] is var rest)
            throw LoopErrors.AtText("the line is indented less than the first line of the program", rest.Text, rest.Number,
                rest.Indent + 1, "All lines of a program start in one column; those under a 'for' deeper.");
        var outputs = signature.Outputs.Select(o => new Output(o.Name, o.Dims ?? OutputDims(signature, o, body, lines[0]))).ToEquatable();
        return new(signature.Name, signature.Operands, signature.Attributes, outputs, parser.axes.ToEquatable(), body);
    }

    // 'axis' and 'for' start a line of their own kind only when a name follows: a tensor may be called axis.
    static bool IsWrite(SourceLine line) =>
        line.Tokens[0].Kind is TokenKind.Name && !(line.Tokens[0].Text is "axis" or "for" && line.Tokens[1].Kind is TokenKind.Name);

    EquatableArray<Statement> Block(int indent, bool isTop)
    {
        var statements = new List<Statement>();
        for (; next < lines.Count && lines[next].Indent >= indent;)
        {
            var line = lines[next++];
            expressions.Start(line);
            if (line.Indent > indent)
                throw LoopErrors.AtText("the line is indented deeper than the one above", line.Text, line.Number, line.Indent + 1,
                    "Only the lines under a 'for' are indented deeper.");
            if (IsWrite(line)) statements.Add(Accumulate());
            else if (line.Tokens[0].IsWord("for")) statements.Add(For(line));
            else if (line.Tokens[0].IsWord("axis")) AddAxis(line, isTop);
            else throw expressions.Expected("a tensor to write, 'axis' or 'for'");
        }
        return statements.ToEquatable();
    }

    void AddAxis(SourceLine line, bool isTop)
    {
        if (!isTop) throw LoopErrors.AtText("an axis line inside a time loop", line.Text, line.Number, line.Indent + 1,
            "Axis lines stand before the loop.");
        expressions.Take();
        var axis = expressions.Name("an axis name");
        expressions.Expect("<");
        axes.Add(new(axis, expressions.Sum()));
        expressions.ExpectEnd();
    }

    TimeLoop For(SourceLine line)
    {
        expressions.Take();
        var axis = expressions.Name("an axis name");
        var isDown = expressions.TakeWord("down");
        expressions.Expect(":");
        expressions.ExpectEnd();
        if (next == lines.Count || lines[next].Indent <= line.Indent)
            throw LoopErrors.AtText($"the time loop over {axis} has no lines", line.Text, line.Number, line.Indent + 1,
                "Indent the lines of the loop deeper than its 'for'.");
        return new(axis, isDown, Block(lines[next].Indent, isTop: false));
    }

    Line Accumulate()
    {
        var target = expressions.Target();
        var op = expressions.Operator();
        var value = expressions.Comparison();
        var condition = expressions.TakeWord("if") ? expressions.Condition() : null;
        expressions.ExpectEnd();
        return new(target, op, value, condition);
    }

    // Left-out dims are those of the updated operand, or of the first line that writes the output with plain axes.
    static EquatableArray<Dim> OutputDims(Signature signature, SignatureOutput output, EquatableArray<Statement> body, SourceLine line)
    {
        if (output.Name.EndsWith('\'') && signature.Operands.FirstOrDefault(o => o.Name == output.Name[..^1]) is { } operand)
            return operand.Dims;
        var writers = body.AllLines().Where(l => l.Target.Tensor == output.Name).ToList();
        if (writers.Count == 0)
            throw LoopErrors.AtText($"no line writes the output '{output.Name}'", line.Text, line.Number, output.Column,
                body.Count == 0 ? "The lines of a program stand below its signature, indented." : null);
        foreach (var writer in writers)
        {
            var dims = writer.Target.Indices.Select(PlainDim).ToList();
            if (dims.All(d => d is not null)) return dims.Select(d => d!).ToEquatable();
        }
        throw LoopErrors.AtText($"the dimensions of the output '{output.Name}' can't be read off a line", line.Text, line.Number,
            output.Column, $"Write them in the signature: -> {output.Name}[axis, …]");
    }

    static Dim? PlainDim(Expr index) => index switch
    {
        AxisValue axis => new Dim(axis.Axis),
        Composite composite when composite.Parts.All(p => p is AxisValue) =>
            new Dim(composite.Parts.Select(p => ((AxisValue)p).Axis).ToEquatable()),
        _ => null,
    };
}
