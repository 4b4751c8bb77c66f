namespace Adjoint;

// Until a person would have written it so: values that the forward program has are named, comparisons that multiply
// become conditions, contributions to one cell join, what is used once moves to its use, what is written twice is read,
// a factor common to a sum leaves it, and += is = where nothing else writes. Each rule keeps the value of every output.

/// <summary>Readable reverse lines from derived ones.</summary>
sealed class Simplify
{
    readonly LoopProgram forward;
    KnownValues known;
    Normal normal;
    readonly HashSet<string> outputs;
    readonly FreshNames names;
    readonly LineIndex index = new();
    EquatableArray<Statement> body;

    // A rewrite changes one line of many: what follows from a line alone is found once.
    readonly Dictionary<Line, (int Loops, bool Is)> pointwise = new(ReferenceEqualityComparer.Instance);

    Simplify(LoopProgram forward, EquatableArray<Statement> body, HashSet<string> outputs, FreshNames names)
    {
        this.forward = forward;
        known = new(forward);
        normal = new(known);
        this.outputs = outputs;
        this.names = names;
        Update(body);
    }

    /// <summary>Body of a reverse, time loops whole, to simpler lines that give the same outputs.</summary>
    public static EquatableArray<Statement> Body(
        LoopProgram forward, EquatableArray<Statement> body, HashSet<string> outputs, FreshNames names) =>
        new Simplify(forward, body, outputs, names).Run();

    EquatableArray<Statement> Run()
    {
        Update(DeadLines.Remove(WithoutZeros(Lines(body, [])), outputs));
        MoveTogether();
        Update(DeadLines.Remove(WithoutZeros(Shared(body, [])), outputs));
        known = new(forward); // what a line has just taken out of the reverse must not be read back in
        normal = new(known);
        MoveTogether();
        Update(TimeLoops.Split(Joined(body)));
        while (Change(Rename)) { }
        return Assigned(body, []);
    }

    void MoveTogether()
    {
        while (Change(Merge) || Change(PullFactor) || Change(Inline)) { }
    }

    void Update(EquatableArray<Statement> changed)
    {
        body = changed;
        index.Update(changed);
    }

    EquatableArray<Statement> Lines(EquatableArray<Statement> statements, string[] loops)
    {
        var result = new List<Statement>();
        foreach (var statement in statements)
        {
            if (statement is TimeLoop loop) result.Add(loop with { Body = Lines(loop.Body, [.. loops, loop.Axis]) });
            else if (Simplified((Line)statement, loops) is { } line) result.Add(line);
        }
        return result.ToEquatable();
    }

    // What lines that add nothing alone would write is 0 wherever it is read.
    EquatableArray<Statement> WithoutZeros(EquatableArray<Statement> statements)
    {
        while (true)
        {
            var written = statements.AllLines().Select(l => l.Target.Tensor).ToHashSet();
            if (!statements.AllLines().SelectMany(l => l.Reads()).Any(IsZero)) return statements;
            statements = Lines(statements.MapLines(l => l.Map(e => e is Access read && IsZero(read) ? Expr.Zero : e)), []);

            bool IsZero(Access read) => !written.Contains(read.Tensor) && index.Writers(read.Tensor).Count > 0;
        }
    }

    // Null for a line that adds nothing.
    Line? Simplified(Line line, string[] loops)
    {
        known.Under(line.Condition);
        var value = normal.Of(line.Value);
        if (line.Op is not (LineOp.Add or LineOp.Subtract)) return line with { Value = value };
        if (value is Number { Value: 0 }) return null;
        (value, var conditions) = Conditions(value);
        var simple = Signed(line with
        {
            Value = value,
            Condition = Traversal.Conjunction(line.Condition.Conjuncts().Union(conditions)),
        });
        // an axis that a cancelled term took with it was still summed over
        var lost = line.Axes().Except(simple.Axes()).Except(loops).ToList();
        return lost.Count == 0 ? simple
            : simple with { Value = lost.Aggregate(simple.Value, (v, a) => Algebra.Multiply(v, new ExtentValue(a))) };
    }

    static Line Signed(Line line) => line.Value is Negate or Binary { Operator: Arithmetic.Multiply or Arithmetic.Divide }
        && Product.Of(line.Value) is { Coefficient: < 0 } product
        ? line with { Op = line.Op is LineOp.Add ? LineOp.Subtract : LineOp.Add, Value = product.Negated().ToExpr() }
        : line;

    // dx += dy * (a > b) is dx += dy if a > b.
    static (Expr, List<Expr>) Conditions(Expr value)
    {
        var product = Product.Of(value);
        var conditions = product.Above.Where(f => f is Compare).ToList();
        if (conditions.Count == 0) return (value, conditions);
        return (new Product(product.Coefficient, product.Above.Where(f => f is not Compare).ToEquatable(), product.Below).ToExpr(), conditions);
    }

    // Two lines that add to the same cell of a temporary, point by point, are one sum at the place of the later.
    List<Statement>? Merge(EquatableArray<Statement> statements, string[] loops)
    {
        for (var k = 1; k < statements.Count; k++)
        {
            if (statements[k] is not Line second || outputs.Contains(second.Target.Tensor) || !IsSum(second.Op)) continue;
            var all = index.Writers(second.Target.Tensor);
            if (all.Count < 2 || all.Any(l => l.Target != second.Target) || !IsPointwise(second, loops)) continue;
            for (var i = 0; i < k; i++)
            {
                if (statements[i] is not Line first || first.Target != second.Target || first.Condition != second.Condition) continue;
                if (!IsSum(first.Op) || !IsPointwise(first, loops)) continue;
                var sum = Algebra.Add(SignedValue(first), SignedValue(second));
                if (Simplified(new(first.Target, LineOp.Add, sum, first.Condition), loops) is not { } merged) continue;
                return With(statements, k, merged, remove: i);
            }
        }
        return null;
    }

    static bool IsSum(LineOp op) => op is LineOp.Set or LineOp.Add or LineOp.Subtract;

    static Expr SignedValue(Line line) => line.Op is LineOp.Subtract ? Algebra.Negate(line.Value) : line.Value;

    // dz -= f * s summed, read once beside other terms with the factor f: sum the rest, and let f leave the outer sum too.
    List<Statement>? PullFactor(EquatableArray<Statement> statements, string[] loops)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            if (statements[i] is not Line line || !IsSum(line.Op) || IsPointwise(line, loops)) continue;
            if (SingleReader(line, statements) is not var (reader, k) || !IsSum(reader.Op) || !IsPointwise(reader, loops)) continue;
            if (reader.Value is not Binary { Operator: Arithmetic.Add or Arithmetic.Subtract }) continue;
            var product = Product.Of(SignedValue(line));
            var free = line.Target.Axes();
            var pulled = new Product(product.Coefficient, product.Above.Where(IsFree).ToEquatable(), product.Below.Where(IsFree).ToEquatable());
            if (pulled.Count == 0 || pulled.Count == product.Count) continue;
            var name = "sum_" + line.Target.Tensor.TrimStart('d');
            var use = reader.Value.Map(e => e is Access read && read.Tensor == line.Target.Tensor
                ? Algebra.Multiply(pulled.ToExpr(), new Access(name, read.Indices)) : e);
            if (Simplified(reader with { Value = use }, loops) is not { } shorter || Operations(shorter) > Operations(reader)) continue;
            var sum = names.Take(name);
            var result = With(statements, k, shorter.Map(e => e is Access read && read.Tensor == name ? new Access(sum, read.Indices) : e));
            result[i] = new Line(new(sum, line.Target.Indices), LineOp.Add, product.Without(pulled) is var rest
                ? (rest with { Coefficient = 1 }).ToExpr() : line.Value, line.Condition);
            return result;

            bool IsFree(Expr factor) => factor.Axes().All(free.Contains);
        }
        return null;
    }

    static int Operations(Line line)
    {
        var count = 0;
        line.Value.Visit(e => count += e is Binary or Call or Negate or Where ? 1 : 0);
        return count;
    }

    // A temporary with one pointwise line and one reader over the same points moves into the reader.
    List<Statement>? Inline(EquatableArray<Statement> statements, string[] loops)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            if (statements[i] is not Line line || !IsSum(line.Op) || !IsPointwise(line, loops)) continue;
            if (SingleReader(line, statements) is not var (reader, k)) continue;
            var holds = reader.Condition.Conjuncts();
            if (!line.Condition.Conjuncts().All(holds.Contains) || !line.Axes().ToHashSet().SetEquals(reader.Axes())) continue;
            var replaced = reader with { Value = reader.Value.Map(e => e is Access read && read == line.Target ? SignedValue(line) : e) };
            // an axis that only the temporary named is still summed over
            var lost = reader.Axes().Except(replaced.Axes()).Except(loops).ToList();
            if (lost.Count > 0 && !IsSum(reader.Op)) continue;
            replaced = replaced with { Value = lost.Aggregate(replaced.Value, (v, a) => Algebra.Multiply(v, new ExtentValue(a))) };
            if (Simplified(replaced, loops) is { } simple) return With(statements, k, simple, remove: i);
        }
        return null;
    }

    // The only line of the block that reads a temporary with one writer, if it reads it once and in its value.
    (Line Reader, int Position)? SingleReader(Line line, EquatableArray<Statement> statements)
    {
        var name = line.Target.Tensor;
        if (outputs.Contains(name) || index.Writers(name).Count > 1) return null;
        if (index.Readers(name) is not [var reader]) return null;
        if (!reader.Value.Any(e => e is Access read && read == line.Target) || reader.Value.Any(e => e is Stop && e.Any(r => r == line.Target)))
            return null;
        for (var at = 0; at < statements.Count; at++) if (ReferenceEquals(statements[at], reader)) return (reader, at);
        return null;
    }

    // What an earlier line of the reverse has computed is read, not computed again.
    EquatableArray<Statement> Shared(EquatableArray<Statement> statements, string[] loops)
    {
        var result = new List<Statement>();
        foreach (var statement in statements)
        {
            if (statement is TimeLoop loop) result.Add(loop with { Body = Shared(loop.Body, [.. loops, loop.Axis]) });
            else if (Simplified((Line)statement, loops) is { } line)
            {
                result.Add(line);
                // a value that lacks an axis of its cell would bring that axis to where it is read
                if (IsSum(line.Op) && IsPointwise(line, loops) && IsWrittenOnce(line) && line.Target.Axes().All(line.Value.Axes().Contains)) known.Add(line.Target, SignedValue(line), line.Condition);
            }
        }
        return result.ToEquatable();
    }

    // dx += a if c and dx += b if not c are one where.
    static EquatableArray<Statement> Joined(EquatableArray<Statement> statements)
    {
        var result = new List<Statement>();
        foreach (var statement in statements)
        {
            if (statement is TimeLoop loop) result.Add(loop with { Body = Joined(loop.Body) });
            else if (statement is Line { Op: LineOp.Add or LineOp.Subtract, Condition: Not not } second
                && result.LastOrDefault() is Line { Op: LineOp.Add or LineOp.Subtract } first && first.Target == second.Target
                && first.Condition == not.Value && first.Axes().ToHashSet().SetEquals(second.Axes()))
                result[^1] = new Line(first.Target, LineOp.Add, new Where(not.Value, SignedValue(first), SignedValue(second)));
            else result.Add(statement);
        }
        return result.ToEquatable();
    }

    // dx[i] = gx[i], and nothing else writes dx: gx is dx.
    List<Statement>? Rename(EquatableArray<Statement> statements, string[] loops)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            if (statements[i] is not Line { Condition: null, Op: LineOp.Set or LineOp.Add, Value: Access source } copy) continue;
            if (source.Indices != copy.Target.Indices || !IsPointwise(copy, loops) || loops.Length > 0) continue;
            if (outputs.Contains(source.Tensor) || index.Writers(source.Tensor).Count == 0 || index.Writers(copy.Target.Tensor).Count > 1) continue;
            if (Relations.PlainAxes(source).Count != source.Indices.Count) continue;
            if (!IsPlain(source.Tensor)
                && Enumerable.Range(0, source.Indices.Count).Any(d => CarriedCells.IsHomeless(body, source.Tensor, d))) continue;
            var rest = statements.ToList();
            rest.RemoveAt(i);
            return [.. rest.ToEquatable().MapLines(l => l.Map(e => e is Access a && a.Tensor == source.Tensor ? new Access(copy.Target.Tensor, a.Indices) : e))];
        }
        return null;
    }

    // Every access walks with axes: no cell beside any dimension.
    bool IsPlain(string tensor) => index.Writers(tensor).All(l => l.Target.Indices.All(i => i is AxisValue))
        && index.Readers(tensor).SelectMany(l => l.Reads())
            .All(r => r.Tensor != tensor || r.Indices.All(i => i is AxisValue));

    // += is = where each cell is written once.
    EquatableArray<Statement> Assigned(EquatableArray<Statement> statements, string[] loops) => statements.Map(s => s switch
    {
        TimeLoop loop => loop with { Body = Assigned(loop.Body, [.. loops, loop.Axis]) },
        Line { Op: LineOp.Add or LineOp.Subtract, Condition: null } line when Relations.IsInjective(line, loops)
            && line.Target.Indices.All(i => i is AxisValue or Composite or Number or ExtentValue) && IsWrittenOnce(line) =>
            line with { Op = LineOp.Set, Value = SignedValue(line) },
        _ => s,
    });

    // By one line, or by several at different constants: the gates of a cell.
    bool IsWrittenOnce(Line line) => index.Writers(line.Target.Tensor).Count(l => !l.Target.IsApartFrom(line.Target)) == 1;

    bool IsPointwise(Line line, string[] loops)
    {
        if (pointwise.TryGetValue(line, out var known) && known.Loops == loops.Length) return known.Is;
        var plain = Relations.PlainAxes(line.Target);
        var isPointwise = line.Axes().All(plain.Contains) && loops.All(plain.Contains);
        pointwise[line] = (loops.Length, isPointwise);
        return isPointwise;
    }

    static List<Statement> With(EquatableArray<Statement> statements, int at, Line line, int remove = -1)
    {
        var result = statements.ToList();
        result[at] = line;
        if (remove >= 0) result.RemoveAt(remove);
        return result;
    }

    // Tries a rewrite on every block of statements, loops included; true after the first that applies.
    bool Change(Func<EquatableArray<Statement>, string[], List<Statement>?> rewrite)
    {
        var changed = false;
        var next = Visit(body, []);
        if (changed) Update(next);
        return changed;

        EquatableArray<Statement> Visit(EquatableArray<Statement> statements, string[] loops)
        {
            if (rewrite(statements, loops) is { } rewritten)
            {
                changed = true;
                return rewritten.ToEquatable();
            }
            return statements.Map(s => s is TimeLoop loop && !changed && Visit(loop.Body, [.. loops, loop.Axis]) is var inner && changed
                ? loop with { Body = inner } : s);
        }
    }
}
