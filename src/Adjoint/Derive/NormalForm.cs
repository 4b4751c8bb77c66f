namespace Adjoint;

// Two rewrites, both of real numbers, not of bits. Constants gather (ConstantFactor). And what does not depend on a
// summed axis leaves the sum: y[b] += a[b] * x[b,j] / #j becomes sum_y[b] += x[b,j] and y[b] += a[b] * sum_y[b] / #j; a
// term without the axis leaves as #j times itself. Only where that lowers the count for large sizes.

/// <summary>The program whose operations are counted, and run when they are counted.</summary>
public sealed class NormalForm
{
    readonly LoopProgram program;
    readonly SymbolicExtents extents;
    readonly FreshNames names;

    readonly Dictionary<string, int> writers;

    NormalForm(LoopProgram program)
    {
        (this.program, extents, names) = (program, SymbolicExtents.Of(program), new(program));
        writers = program.Lines.CountBy(l => l.Target.Tensor).ToDictionary();
    }

    public static LoopProgram Of(LoopProgram program)
    {
        var form = new NormalForm(program);
        return program with { Body = form.Rewrite(program.Body, []) };
    }

    EquatableArray<Statement> Rewrite(EquatableArray<Statement> body, string[] loops) => body.SelectMany(s => s switch
    {
        TimeLoop loop => [loop with { Body = Rewrite(loop.Body, [.. loops, loop.Axis]) }],
        Line line => Rewrite(Gathered(line, loops), loops, IsFirst(line)),
        _ => throw Throw.Internal($"unknown statement {s.GetType().Name}"),
    }).ToEquatable();

    // x / x takes its axes with it, and they are still summed over
    static Line Gathered(Line line, string[] loops)
    {
        var gathered = line with { Value = ConstantFactor.Gather(line.Value) };
        var lost = line.Axes().Except(gathered.Axes()).Except(loops).ToList();
        if (lost.Count == 0) return gathered;
        return line.Op is not (LineOp.Add or LineOp.Subtract) ? line : gathered with
        {
            Value = ConstantFactor.Gather(lost.Aggregate(gathered.Value, (v, a) => Algebra.Multiply(v, new ExtentValue(a)))),
        };
    }

    // the only line that writes its tensor, which starts at 0
    bool IsFirst(Line line) => program.Updated(line.Target.Tensor) is null && writers[line.Target.Tensor] == 1;

    IEnumerable<Statement> Rewrite(Line line, string[] loops, bool isFirst)
    {
        if (line.Op is not (LineOp.Add or LineOp.Subtract)) return [line];
        (Line Sum, Line Remainder)? best = null;
        var least = Cost(line, loops, isFirst);
        foreach (var group in SummedGroups(line, loops))
        {
            if (Split(line, loops, group) is not { } split) continue;
            var cost = Cost(split.Sum, loops, true) + Cost(split.Remainder, loops, isFirst);
            if (!(least - cost).IsPositiveAtLast) continue;
            (best, least) = (split, cost);
        }
        if (best is not { } found) return [line];
        var name = names.Take("sum_" + line.Target.Tensor.TrimEnd('\''));
        var (sum, rest) = (found.Sum with { Target = found.Sum.Target with { Tensor = name } },
            found.Remainder.Map(e => e is Access { Tensor: "" } sum ? sum with { Tensor = name } : e));
        return [.. Rewrite(sum, loops, true), .. Rewrite(rest, loops, isFirst)];
    }

    // Each axis has a size of its own here: #p = m - k + 1 would make signs depend on which of m and k is larger.
    Polynomial Cost(Line line, string[] loops, bool isFirst)
    {
        var kinds = OperationCount.PerPoint(line, isFirst && Relations.IsInjective(line, loops));
        return kinds.Values.Sum() * PointCount.Of(line, loops, extents)
            .Dense(a => extents[a].IsConstant ? extents[a] : Polynomial.Symbol(a));
    }

    // summed axes that conditions tie together leave a sum together
    static List<HashSet<string>> SummedGroups(Line line, string[] loops)
    {
        var groups = new List<HashSet<string>>();
        foreach (var axis in line.Axes().Except(line.Target.Axes()).Except(loops))
        {
            var group = new HashSet<string> { axis };
            foreach (var condition in line.Condition.Conjuncts())
                if (condition.Axes() is var tied && tied.Contains(axis))
                    group.UnionWith(groups.Where(g => g.Overlaps(tied)).SelectMany(g => g));
            groups.RemoveAll(group.Overlaps);
            groups.Add(group);
        }
        return groups;
    }

    /// <summary>The sum over the group and whatever axes only it needs, into a nameless tensor, and the line of the
    /// rest.</summary>
    (Line Sum, Line Remainder)? Split(Line line, string[] loops, HashSet<string> group)
    {
        var product = ConstantFactor.Flat(line.Value);
        var (above, below) = (product.Above.ToLookup(IsInside), product.Below.ToLookup(IsInside));
        var inner = new Product(1, above[true].ToEquatable(), below[true].ToEquatable());
        var outer = new Product(product.Coefficient, above[false].ToEquatable(), below[false].ToEquatable());
        var outerAxes = outer.ToExpr().Axes().Concat(line.Target.Axes()).Concat(loops).ToHashSet();
        var summed = SummedGroups(line, loops).Where(g => !g.Overlaps(outerAxes)).SelectMany(g => g).ToHashSet();
        var conditions = line.Condition.Conjuncts();
        var inside = conditions.Where(c => c.Axes().Any(summed.Contains)).ToList();
        var outside = conditions.Except(inside).ToList();
        Expr lone = Expr.Zero;
        if (inner is { Above: [Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } sum], Below.Count: 0 }
            && inside.Count == 0)
        {
            var terms = ConstantFactor.Terms(sum).ToLookup(t => t.ToExpr().Axes().Any(summed.Contains));
            var count = summed.Select(a => (Expr)new ExtentValue(a)).Aggregate(Algebra.Multiply);
            lone = ConstantFactor.Gather(Algebra.Multiply(count, ConstantFactor.Sum(terms[false])));
            inner = inner with { Above = [ConstantFactor.Sum(terms[true])] };
        }
        if (lone == Expr.Zero && outer.Count == 0 && Math.Abs(outer.Coefficient) == 1) return null;
        // A factor that only the conditions keep inside its tensor stays under them.
        if (inside.Count > 0 && outer.ToExpr().Any(e => e is Access a
            && a.Indices.Any(i => i is not (AxisValue or Composite or Number)))) return null;
        var value = inner.ToExpr();
        var axes = loops.Concat(value.Axes()).Concat(inside.SelectMany(c => c.Axes())).Distinct()
            .Where(a => !summed.Contains(a)).ToList();
        var target = new Access("", axes.Select(a => (Expr)new AxisValue(a)).ToEquatable());
        var guards = inside.Concat(outside.Where(c => c.Axes().All(axes.Contains)));
        return (new(target, LineOp.Add, value, Traversal.Conjunction(guards)), line with
        {
            Value = ConstantFactor.Gather(outer.Times(new(1, [Algebra.Add(target, lone)], [])).ToExpr()),
            Condition = Traversal.Conjunction(outside),
        });

        bool IsInside(Expr factor) => factor.Axes().Any(group.Contains);
    }
}
