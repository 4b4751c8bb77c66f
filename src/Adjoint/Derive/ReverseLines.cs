namespace Adjoint;

/// <summary>The reverse before it is simplified and has a signature.</summary>
sealed record ReversedLines(
    EquatableArray<Statement> Body,
    EquatableArray<AxisLine> NewAxes,
    EquatableArray<Output> Outputs,
    IReadOnlyDictionary<string, string> Gradients,
    IReadOnlyDictionary<string, string> Given,
    FreshNames Names,
    IReadOnlyList<(string Source, string Gradient)> Computed);

// Lines last to first. For each cell x[g] that y[o] op f reads:  dx[g] += dy[o] * (df / dx[g])  under the line's condition
// and over all axes of the line: one that no longer occurs multiplies by its extent. += and not =, because a cell may
// be read twice. Only = into an updated operand ends the life of what it overwrites.

/// <summary>Derives the lines of a reverse.</summary>
sealed partial class ReverseLines
{
    readonly LoopProgram program;
    readonly FreshNames names;
    readonly ComputedDims computed;
    readonly List<(string Target, List<string> Reads)> flow;
    readonly HashSet<string> varied;
    readonly HashSet<string> useful;
    readonly HashSet<string> integers;
    readonly string prefix;
    readonly Dictionary<string, string> gradient = [];
    readonly List<AxisLine> newAxes = [];

    ReverseLines(LoopProgram program)
    {
        this.program = program;
        names = new(program);
        computed = new(program);
        integers = IntegerTensors.Operands(program);
        flow = [.. program.Lines.Where(l => !IsIntegerTensor(l.Target.Tensor)).Select(l => (l.Target.Tensor, DifferentiableReads(l.Value)))];
        varied = Varied();
        useful = Useful();
        prefix = Prefix();
    }

    /// <summary>Null when no operand has a gradient.</summary>
    public static ReversedLines? Of(LoopProgram program) => new ReverseLines(program).Derive();

    ReversedLines? Derive()
    {
        var first = new List<Statement>();
        var given = new Dictionary<string, string>();
        var inputs = program.Operands.Where(o => o.Kind is OperandKind.Float && varied.Contains(o.Name) && useful.Contains(o.Name)).ToList();
        if (inputs.Count == 0) return null;
        foreach (var input in inputs) gradient[input.Name] = names.Take(prefix + Spelled(input.Name));
        foreach (var output in program.Outputs)
            if (varied.Contains(output.Name)) first.AddRange(Seed(output, given));
        foreach (var tensor in program.Lines.Select(l => l.Target.Tensor).Distinct())
            if (varied.Contains(tensor) && useful.Contains(tensor) && !gradient.ContainsKey(tensor))
                gradient[tensor] = names.Take(prefix + Spelled(tensor));
        var body = WithoutZeros(Reversed(program.Body, []), [.. given.Values, .. first.Select(s => ((Line)s).Target.Tensor)]);
        foreach (var output in program.Outputs)
            if (program.Updated(output.Name) is { } operand && gradient.TryGetValue(output.Name, out var rest) && gradient.ContainsKey(operand.Name))
                body.Add(Copy(gradient[operand.Name], rest, Indices(operand.Dims)));
        return new([.. first, .. body], newAxes.ToEquatable(),
            inputs.Select(i => new Output(gradient[i.Name], i.Dims)).ToEquatable(),
            inputs.ToDictionary(i => i.Name, i => gradient[i.Name]), given, names,
            [.. gradient.Where(g => program.FindOperand(g.Key) is null && program.Updated(g.Key) is null).Select(g => (g.Key, g.Value))]);
    }

    // An output that is read again has a gradient of its own, which starts at the given one: a given one is never written.
    IEnumerable<Statement> Seed(Output output, Dictionary<string, string> given)
    {
        var name = given[output.Name] = names.Take(prefix + Spelled(output.Name));
        var isReadAgain = program.Lines.Any(l => varied.Contains(l.Target.Tensor) && useful.Contains(l.Target.Tensor)
            && l.Value.Any(e => e is Access read && read.Tensor == output.Name));
        gradient[output.Name] = name;
        if (!isReadAgain) yield break;
        gradient[output.Name] = names.Take("g" + prefix[1..] + Spelled(output.Name));
        foreach (var cell in Cells(output.Dims)) yield return Copy(gradient[output.Name], name, cell) with { Op = LineOp.Set };
    }

    static Line Copy(string target, string source, EquatableArray<Expr> cell) =>
        new(new(target, cell), LineOp.Add, new Access(source, cell));

    // A gradient that no line adds to is 0, and so is what is made of it: overwritten in full, or never used.
    List<Statement> WithoutZeros(List<Statement> body, HashSet<string> started)
    {
        var all = gradient.Values.ToHashSet();
        while (true)
        {
            var written = body.ToEquatable().AllLines().Select(l => l.Target.Tensor).ToHashSet();
            var rest = Rest(body.ToEquatable());
            if (rest == body.ToEquatable()) return body;
            body = [.. rest];

            EquatableArray<Statement> Rest(EquatableArray<Statement> statements) => statements
                .Select(s => s is TimeLoop loop ? loop with { Body = Rest(loop.Body) } : s)
                .Where(s => s is TimeLoop { Body.Count: > 0 } || s is Line line && !line.Reads().Any(IsZero)).ToEquatable();

            bool IsZero(Access read) => all.Contains(read.Tensor) && !written.Contains(read.Tensor) && !started.Contains(read.Tensor);
        }
    }

    List<Statement> Reversed(EquatableArray<Statement> body, string[] loops)
    {
        var result = new List<Statement>();
        for (var i = body.Count - 1; i >= 0; i--)
        {
            if (body[i] is TimeLoop loop)
            {
                var inner = Reversed(loop.Body, [.. loops, loop.Axis]);
                if (inner.Count > 0) result.Add(new TimeLoop(loop.Axis, !loop.Down, inner.ToEquatable()));
            }
            else if (body[i] is Line line && gradient.ContainsKey(line.Target.Tensor) && useful.Contains(line.Target.Tensor) && !IsUnread(line))
                result.AddRange(Reversed(line, loops));
        }
        return result;
    }

    IEnumerable<Line> Reversed(Line line, string[] loops)
    {
        var given = new Access(gradient[line.Target.Tensor], line.Target.Indices);
        var lines = line.Op switch
        {
            LineOp.Multiply => ReversedProduct(line, given, loops),
            LineOp.Max or LineOp.Min => ReversedExtreme(line, given, loops),
            LineOp.Subtract => Contributions(line, new Negate(given), loops),
            LineOp.Set when line.Target.Tensor.EndsWith('\'') => [.. Contributions(line, given, loops), .. EndOverwritten(line)],
            _ => Contributions(line, given, loops),
        };
        return lines;
    }

    List<Line> Contributions(Line line, Expr given, string[] loops)
    {
        var result = new List<Line>();
        foreach (var partial in Partials.Of(line.Value, given, IsOrdered))
            if (HasGradient(partial.Read.Tensor)) result.Add(Contribution(line, partial, loops));
        return result;
    }

    Line Contribution(Line line, Partial partial, string[] loops)
    {
        var conditions = line.Condition.Conjuncts().Concat(partial.Guards).ToList();
        var used = line.Axes().Concat(loops).ToHashSet();
        var indices = new List<Expr>();
        for (var i = 0; i < partial.Read.Indices.Count; i++)
        {
            var index = partial.Read.Indices[i];
            if (index is Composite || index.Any(e => e is Access) || index.Axes().Count < 2
                || computed.IsTimed(partial.Read.Tensor, i))
            {
                indices.Add(index);
                continue;
            }
            var dims = computed.Of(partial.Read.Tensor, names);
            var axis = dims[i].IsComposite || used.Contains(dims[i].Axes[0]) ? names.Take(dims[i].Axes[0]) : dims[i].Axes[0];
            used.Add(axis);
            indices.Add(new AxisValue(axis));
            conditions.Add(new Compare(Comparison.Equal, new AxisValue(axis), index));
        }
        var result = Add(new(partial.Read.Tensor, indices.ToEquatable()), partial.Value, Traversal.Conjunction(conditions));
        var vanished = line.Axes().Except(result.Axes()).Except(loops);
        return result with { Value = vanished.Aggregate(result.Value, (value, axis) => Algebra.Multiply(value, new ExtentValue(axis))) };
    }

    Line Add(Access read, Expr value, Expr? condition = null) =>
        new(new(gradient[read.Tensor], read.Indices), LineOp.Add, value, condition);

    // Product of the others: y * dx / x would fail at 0.
    List<Line> ReversedProduct(Line line, Expr given, string[] loops)
    {
        var folded = Relations.Folded(line, loops);
        if (folded.Count == 0) return Contributions(line, given, loops);
        var plain = Relations.PlainAxes(line.Target).Distinct().ToList();
        var copied = line.Axes().Concat(loops).Distinct().Where(a => !plain.Contains(a)).ToDictionary(a => a, a => names.Take(a));
        foreach (var (axis, copy) in copied) newAxes.Add(new(copy, new ExtentValue(axis)));
        var other = line.Map(node => node is AxisValue axis && copied.TryGetValue(axis.Axis, out var copy) ? new AxisValue(copy) : node);
        var conditions = other.Condition.Conjuncts();
        for (var i = 0; i < line.Target.Indices.Count; i++)
            if (line.Target.Indices[i] is not (AxisValue or Composite))
                conditions.Add(new Compare(Comparison.Equal, other.Target.Indices[i], line.Target.Indices[i]));
        conditions.AddRange(line.Condition.Conjuncts().Where(c => !conditions.Contains(c)));
        conditions.Add(folded.Select(a => (Expr)new Compare(Comparison.NotEqual, new AxisValue(copied[a]), new AxisValue(a)))
            .Aggregate((a, b) => new Or(a, b)));
        var rest = new Access(names.Take("rest_" + Spelled(line.Target.Tensor)),
            plain.Concat(folded).Select(a => (Expr)new AxisValue(a)).ToEquatable());
        return
        [
            new(rest, LineOp.Multiply, other.Value, Traversal.Conjunction(conditions)),
            .. Contributions(line, Algebra.Multiply(given, rest), loops),
        ];
    }

    // The first of equal extremes takes the gradient; the position numbers the points of one cell in loop order.
    List<Line> ReversedExtreme(Line line, Expr given, string[] loops)
    {
        var folded = Relations.Folded(line, loops);
        if (folded.Count == 0 || line.Value is not Access read || !HasGradient(read.Tensor)) return Contributions(line, given, loops);
        var position = folded.Skip(1).Aggregate((Expr)new AxisValue(folded[0]), (number, axis) =>
            new Binary(Arithmetic.Add, new Binary(Arithmetic.Multiply, number, new ExtentValue(axis)), new AxisValue(axis)));
        var at = new Access(names.Take("at_" + Spelled(line.Target.Tensor)), line.Target.Indices);
        var conditions = line.Condition.Conjuncts();
        var isFirst = new Compare(Comparison.Equal, position, at);
        // Through a gathered index alone no size could be told: an axis of the dimension stands in its place.
        var cell = line.Target.Indices.Map(i => i.Any(e => e is Access) ? new AxisValue(names.Take("n")) : i);
        var ties = cell.Zip(at.Indices).Where(p => p.First != p.Second).Select(p => (Expr)new Compare(Comparison.Equal, p.First, p.Second));
        var isExtreme = new Compare(Comparison.Equal, line.Value, line.Target with { Indices = cell });
        return
        [
            new(at with { Indices = cell }, LineOp.Min, position, Traversal.Conjunction([.. conditions, .. ties, isExtreme])),
            .. Contributions(line with { Condition = Traversal.Conjunction([.. conditions, isFirst]) }, given, loops),
        ];
    }

    // What w' held before this line keeps its gradient only in the cells the line left alone.
    IEnumerable<Line> EndOverwritten(Line line)
    {
        var name = line.Target.Tensor;
        var operand = program.Updated(name)!;
        var after = gradient[name];
        var conditions = line.Condition.Conjuncts();
        var fixedAxes = new List<Expr>();
        var isPlain = true;
        var cell = Indices(operand.Dims);
        for (var i = 0; i < operand.Dims.Count; i++)
        {
            if (line.Target.Indices[i] == cell[i]) continue;
            isPlain &= line.Target.Indices[i].Axes().Count == 0 && !operand.Dims[i].IsComposite;
            fixedAxes.Add(new Compare(Comparison.NotEqual, cell[i], line.Target.Indices[i]));
        }
        gradient.Remove(name);
        if (isPlain && fixedAxes.Count == 0 && conditions.Count == 0) yield break; // written in full
        var before = new Access(gradient[name] = names.Take("g" + prefix[1..] + Spelled(name)), cell);
        var value = new Access(after, cell);
        if (isPlain && line.Condition is null || fixedAxes.Count == 0 && line.Axes().All(Relations.PlainAxes(before).Contains))
        {
            var isLeft = fixedAxes.Concat(conditions.Select(c => Algebra.Not(c, IsOrdered))).Aggregate((a, b) => new Or(a, b));
            yield return new(before, LineOp.Add, value, isLeft);
            yield break;
        }
        var written = new Access(names.Take("written_" + Spelled(name)), line.Target.Indices);
        yield return new(written, LineOp.Set, Expr.One, line.Condition);
        yield return new(before, LineOp.Add, value, new Compare(Comparison.Equal, new Access(written.Tensor, before.Indices), Expr.Zero));
    }

    bool HasGradient(string tensor) => gradient.ContainsKey(tensor) && varied.Contains(tensor);

    // Tensors that depend on a floating operand.
    HashSet<string> Varied()
    {
        var found = program.Operands.Where(o => o.Kind is OperandKind.Float && !integers.Contains(o.Name)).Select(o => o.Name).ToHashSet();
        foreach (var output in program.Lines.Select(l => l.Target.Tensor))
            if (program.Updated(output) is { } operand && found.Contains(operand.Name)) found.Add(output);
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var (target, reads) in flow)
                if (reads.Any(found.Contains)) grew |= found.Add(target);
        }
        return found;
    }

    // Tensors on which a floating output depends.
    HashSet<string> Useful()
    {
        var found = program.Outputs.Select(o => o.Name).Where(n => !IsIntegerTensor(n)).ToHashSet();
        foreach (var output in found.ToList())
            if (program.Updated(output) is { } operand) found.Add(operand.Name);
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var (target, reads) in flow.AsEnumerable().Reverse())
                if (found.Contains(target))
                    foreach (var read in reads) grew |= found.Add(read);
        }
        return found;
    }

    bool IsIntegerTensor(string tensor) => program.Updated(tensor) is { } operand && integers.Contains(operand.Name);

    List<string> DifferentiableReads(Expr value) => Partials.Of(value, new AttributeValue("d"), IsOrdered).Select(p => p.Read.Tensor).ToList();

    // Numbers of which one is always less, equal or greater: everything but floating data.
    bool IsOrdered(Expr expr) => !expr.Any(e => e is Call or Where or Stop or Binary { Operator: Arithmetic.Divide or Arithmetic.Remainder }
        || e is Access access && !integers.Contains(access.Tensor)
            && program.FindOperand(access.Tensor)?.Kind is not (OperandKind.Uniform or OperandKind.Normal));

    // The first reversal writes d, the next d2: one prefix a program, so that a text is read without a table.
    string Prefix()
    {
        for (var order = 1; ; order++)
        {
            var candidate = order == 1 ? "d" : $"d{order}";
            var all = program.Operands.Where(o => o.Kind is OperandKind.Float).Select(o => o.Name)
                .Concat(program.Lines.Select(l => l.Target.Tensor)).Distinct().ToList();
            if (!all.Any(n => names.IsTaken(candidate + Spelled(n)))) return candidate;
        }
    }

    // The gradient of w' is dw_new: a prime belongs to the name it updates.
    static string Spelled(string tensor) => tensor.EndsWith('\'') ? tensor[..^1] + "_new" : tensor;

    EquatableArray<Expr> Indices(EquatableArray<Dim> dims) =>
        ComputedDims.Cell(dims, names, (name, axis) => newAxes.Add(new(name, new ExtentValue(axis))));
}
