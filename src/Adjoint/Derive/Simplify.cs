namespace Adjoint;

// Until a person would have written it so: values that the forward program has are named, comparisons that multiply
// become conditions, contributions to one cell join, what is used once moves to its use, a factor common to a sum
// leaves it, and += is = where nothing else writes. Each rule keeps the value of every output.

/// <summary>Readable reverse lines from derived ones.</summary>
sealed class Simplify
{
    readonly ForwardValues forward;
    readonly Normal normal;
    readonly HashSet<string> outputs;
    readonly FreshNames names;
    EquatableArray<Statement> body;

    Simplify(LoopProgram program, EquatableArray<Statement> body, HashSet<string> outputs, FreshNames names)
    {
        forward = new(program);
        normal = new(forward);
        this.outputs = outputs;
        this.names = names;
        this.body = body;
    }

    public static EquatableArray<Statement> Body(
        LoopProgram forward, EquatableArray<Statement> body, HashSet<string> outputs, FreshNames names) =>
        new Simplify(forward, body, outputs, names).Run();

    EquatableArray<Statement> Run()
    {
        body = Lines(body, []);
        body = DeadLines.Remove(body, outputs);
        for (var changed = true; changed;)
            changed = MergeContributions() || PullFactor() || Inline();
        body = Joined(body);
        var writers = AllLines().GroupBy(l => l.Target.Tensor).ToDictionary(g => g.Key, g => g.ToList());
        return Assigned(body, [], writers);
    }

    IEnumerable<Line> AllLines() => new LoopProgram("", [], [], [], [], body).Lines;

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

    // Null for a line that adds nothing.
    Line? Simplified(Line line, string[] loops)
    {
        forward.Under(line.Condition);
        var value = normal.Of(line.Value);
        var condition = line.Condition;
        if (line.Op is LineOp.Add or LineOp.Subtract)
        {
            if (value is Number { Value: 0 }) return null;
            (value, var conditions) = Conditions(value);
            condition = Traversal.Conjunction([.. condition.Conjuncts(), .. conditions]);
        }
        var simple = Signed(line with { Value = value, Condition = condition });
        // an axis that a cancelled term took with it was still summed over
        if (line.Op is not (LineOp.Add or LineOp.Subtract)) return simple;
        var lost = line.Axes().Except(simple.Axes()).Except(loops).ToList();
        return lost.Count == 0 ? simple
            : simple with { Value = lost.Aggregate(simple.Value, (v, a) => Algebra.Multiply(v, new ExtentValue(a))) };
    }

    static Line Signed(Line line) => (line.Op, line.Value) switch
    {
        (LineOp.Add, Negate negate) => line with { Op = LineOp.Subtract, Value = negate.Value },
        (LineOp.Subtract, Negate negate) => line with { Op = LineOp.Add, Value = negate.Value },
        (LineOp.Add, _) when Product.Of(line.Value) is { Coefficient: < 0 } product && IsProduct(line.Value) =>
            line with { Op = LineOp.Subtract, Value = product.Negated().ToExpr() },
        _ => line,
    };

    static bool IsProduct(Expr value) => value is Binary { Operator: Arithmetic.Multiply or Arithmetic.Divide };

    // dx += dy * (a > b) is dx += dy if a > b.
    static (Expr, List<Expr>) Conditions(Expr value)
    {
        var product = Product.Of(value);
        var conditions = product.Above.Where(f => f is Compare).ToList();
        if (conditions.Count == 0) return (value, conditions);
        return (new Product(product.Coefficient, product.Above.Where(f => f is not Compare).ToEquatable(), product.Below).ToExpr(), conditions);
    }

    // Two lines that add to the same cell of a temporary, point by point, are one sum at the place of the later.
    bool MergeContributions() => Change((statements, loops) =>
    {
        foreach (var (first, i) in Numbered(statements))
            foreach (var (second, k) in Numbered(statements))
            {
                if (k <= i || first.Target != second.Target || first.Condition != second.Condition || IsShared(first)) continue;
                if (AllLines().Any(l => l.Target.Tensor == first.Target.Tensor && l.Target != first.Target)) continue;
                if (!IsSum(first.Op) || !IsSum(second.Op) || !IsPointwise(first, loops) || !IsPointwise(second, loops)) continue;
                var sum = Algebra.Add(SignedValue(first), SignedValue(second));
                var merged = Simplified(new(first.Target, LineOp.Add, sum, first.Condition), loops);
                if (merged is null || merged.Axes().Count != second.Axes().Count) continue;
                var result = statements.ToList();
                result[k] = merged;
                result.RemoveAt(i);
                return result;
            }
        return null;

        bool IsShared(Line line) => outputs.Contains(line.Target.Tensor);
    });

    static bool IsSum(LineOp op) => op is LineOp.Set or LineOp.Add or LineOp.Subtract;

    static Expr SignedValue(Line line) => line.Op is LineOp.Subtract ? Algebra.Negate(line.Value) : line.Value;

    // dz -= f * s summed, read once beside other terms with the factor f: sum the rest, and let f leave the outer sum too.
    bool PullFactor() => Change((statements, loops) =>
    {
        foreach (var (line, i) in Numbered(statements))
        {
            if (!IsSum(line.Op) || IsPointwise(line, loops) || SingleReader(line, statements) is not var (reader, k)) continue;
            if (!IsSum(reader.Op) || !IsPointwise(reader, loops) || reader.Value is not Binary { Operator: Arithmetic.Add or Arithmetic.Subtract })
                continue;
            var product = Product.Of(SignedValue(line));
            var free = line.Target.Axes();
            var pulled = new Product(product.Coefficient, product.Above.Where(IsFree).ToEquatable(), product.Below.Where(IsFree).ToEquatable());
            if (pulled.Count == 0 || pulled.Count == product.Count) continue;
            var sum = new Access(names.Take("sum_" + Suffix(line.Target.Tensor)), line.Target.Indices);
            var rest = product.Without(pulled) with { Coefficient = 1 };
            var use = reader.Value.Map(e => e is Access read && read.Tensor == line.Target.Tensor
                ? Algebra.Multiply(pulled.ToExpr(), new Access(sum.Tensor, read.Indices)) : e);
            if (Simplified(reader with { Value = use }, loops) is not { } shorter || Operations(shorter) > Operations(reader)) continue;
            var result = statements.ToList();
            result[i] = new Line(sum, LineOp.Add, rest.ToExpr(), line.Condition);
            result[k] = shorter;
            return result;

            bool IsFree(Expr factor) => factor.Axes().All(free.Contains);
        }
        return null;
    });

    static string Suffix(string gradientName) => gradientName.TrimStart('d') is { Length: > 0 } rest ? rest : gradientName;

    static int Operations(Line line)
    {
        var count = 0;
        line.Value.Visit(e => count += e is Binary or Call or Negate or Where ? 1 : 0);
        return count;
    }

    // A temporary with one pointwise line and one reader over the same points moves into the reader.
    bool Inline() => Change((statements, loops) =>
    {
        foreach (var (line, i) in Numbered(statements))
        {
            if (!IsSum(line.Op) || !IsPointwise(line, loops) || SingleReader(line, statements) is not var (reader, k)) continue;
            var holds = reader.Condition.Conjuncts();
            if (!line.Condition.Conjuncts().All(holds.Contains) || !line.Axes().ToHashSet().SetEquals(reader.Axes())) continue;
            var replaced = reader.Value.Map(e => e is Access read && read == line.Target ? SignedValue(line) : e);
            if (ReferenceEquals(replaced, reader.Value) || Simplified(reader with { Value = replaced }, loops) is not { } simple) continue;
            var result = statements.ToList();
            result[k] = simple;
            result.RemoveAt(i);
            return result;
        }
        return null;
    });

    // The only line of the same block that reads a temporary with one writer, if it reads it once and in its value.
    (Line Reader, int Position)? SingleReader(Line line, EquatableArray<Statement> statements)
    {
        var name = line.Target.Tensor;
        if (outputs.Contains(name) || AllLines().Count(l => l.Target.Tensor == name) != 1) return null;
        var readers = AllLines().Where(l => l.Reads().Any(r => r.Tensor == name)).ToList();
        if (readers is not [var reader] || reader.Reads().Count(r => r.Tensor == name) != 1) return null;
        if (!reader.Value.Any(e => e is Access read && read == line.Target) || reader.Value.Any(e => e is Stop && e.Any(r => r == line.Target)))
            return null;
        var at = statements.ToList().FindIndex(s => ReferenceEquals(s, reader));
        return at < 0 ? null : (reader, at);
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
                && first.Condition == not.Value)
                result[^1] = new Line(first.Target, LineOp.Add, new Where(not.Value, SignedValue(first), SignedValue(second)));
            else result.Add(statement);
        }
        return result.ToEquatable();
    }

    // += is = where each cell is written once: by one line without a condition, or by several at different constants.
    static EquatableArray<Statement> Assigned(EquatableArray<Statement> statements, string[] loops, Dictionary<string, List<Line>> writers)
    {
        return statements.Map(s => s switch
        {
            TimeLoop loop => loop with { Body = Assigned(loop.Body, [.. loops, loop.Axis], writers) },
            Line { Op: LineOp.Add or LineOp.Subtract, Condition: null } line when Relations.IsInjective(line, loops) && IsPlain(line.Target)
                && writers[line.Target.Tensor] is var all && all.All(l => ReferenceEquals(l, line) || AreApart(l.Target, line.Target)) =>
                line with { Op = LineOp.Set, Value = SignedValue(line) },
            _ => s,
        });

        static bool IsPlain(Access target) => target.Indices.All(i => i is AxisValue or Composite or Number or ExtentValue);

        static bool AreApart(Access a, Access b) =>
            a.Indices.Zip(b.Indices).Any(p => p is (Number x, Number y) && x.Value != y.Value);
    }

    static bool IsPointwise(Line line, string[] loops) =>
        Relations.PlainAxes(line.Target) is var plain && line.Axes().All(a => plain.Contains(a)) && loops.All(plain.Contains);

    IEnumerable<(Line Line, int Position)> Numbered(EquatableArray<Statement> statements) =>
        statements.Select((s, i) => (s as Line, i)).Where(p => p.Item1 is not null).Select(p => (p.Item1!, p.i));

    // Tries a rewrite on every block of statements, innermost loops included; true after the first that applies.
    bool Change(Func<EquatableArray<Statement>, string[], List<Statement>?> rewrite)
    {
        var changed = false;
        body = Visit(body, []);
        return changed;

        EquatableArray<Statement> Visit(EquatableArray<Statement> statements, string[] loops)
        {
            if (changed) return statements;
            if (rewrite(statements, loops) is { } rewritten)
            {
                changed = true;
                return rewritten.ToEquatable();
            }
            return statements.Map(s => s is TimeLoop loop && !changed
                ? Visit(loop.Body, [.. loops, loop.Axis]) is var inner && changed ? loop with { Body = inner } : s
                : s);
        }
    }
}
