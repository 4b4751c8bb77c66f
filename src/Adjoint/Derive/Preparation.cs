namespace Adjoint;

// The reverse of max= compares stored values, and an update w' that folds into its operand has no other line: both are
// brought into the plain form here, by a line with a name of its own.

/// <summary>Programs to equal programs whose every line has a simple reverse.</summary>
static class Preparation
{
    public static LoopProgram Of(LoopProgram program)
    {
        var names = new FreshNames(program);
        return program with { Body = Prepare(program, program.Body, [], names) };
    }

    static EquatableArray<Statement> Prepare(LoopProgram program, EquatableArray<Statement> body, string[] loops, FreshNames names)
    {
        var result = new List<Statement>();
        foreach (var statement in body)
        {
            switch (statement)
            {
                case TimeLoop loop: result.Add(loop with { Body = Prepare(program, loop.Body, [.. loops, loop.Axis], names) }); break;
                case Line { Op: LineOp.Multiply or LineOp.Max or LineOp.Min } line: result.AddRange(Fold(program, line, loops, names)); break;
                default: result.Add(statement); break;
            }
        }
        return result.ToEquatable();
    }

    static IEnumerable<Line> Fold(LoopProgram program, Line line, string[] loops, FreshNames names)
    {
        if (line.Op is not LineOp.Multiply && line.Value is not Access && line.Value.Any(e => e is Access))
        {
            // loops' own axes first: the tensor is read in the loop that writes it
            var axes = loops.Concat(line.Axes()).Distinct().Where(a => !Relations.FixedAxes(line, loops).Contains(a));
            var each = new Access(names.Take("each_" + Plain(line.Target.Tensor)), axes.Select(a => (Expr)new AxisValue(a)).ToEquatable());
            yield return new(each, LineOp.Set, line.Value, line.Condition);
            line = line with { Value = each };
        }
        if (program.Updated(line.Target.Tensor) is not { } operand)
        {
            yield return line;
            yield break;
        }
        var folded = new Access(names.Take("all_" + Plain(line.Target.Tensor)), line.Target.Indices);
        yield return line with { Target = folded };
        var indices = ComputedDims.Cell(operand.Dims, names);
        var (old, all) = (new Access(operand.Name, indices), new Access(folded.Tensor, indices));
        yield return new(new Access(line.Target.Tensor, indices), LineOp.Set, line.Op switch
        {
            LineOp.Multiply => new Binary(Arithmetic.Multiply, old, all),
            LineOp.Max => new Call(ScalarFunction.Named("max"), [old, all]),
            _ => new Call(ScalarFunction.Named("min"), [old, all]),
        });
    }

    static string Plain(string name) => name.TrimEnd('\'');
}
