namespace Adjoint;

// An output w' starts at the operand w. Where w is itself computed by the program at hand there is no operand to start
// at: sums begin with a copy, and lines that write every cell need none. Anything else has w computed before.

/// <summary>How a program writes an output that begins as an operand.</summary>
static class Update
{
    /// <summary>Whether it only adds.</summary>
    public static bool Adds(LoopProgram program, string output) =>
        Writers(program, output).All(l => l.Op is LineOp.Add or LineOp.Subtract);

    /// <summary>Whether it sets every cell, whatever the operand held.</summary>
    public static bool Replaces(LoopProgram program, string output)
    {
        var dims = program.Outputs.First(o => o.Name == output).Dims;
        return Writers(program, output) is [{ Op: LineOp.Set, Condition: null } line]
            && line.Target.Indices.Equals(Walk(dims)) && dims.SelectMany(d => d.Axes).Distinct().Count() == dims.Sum(d => d.Axes.Count)
            && !line.Reads().Any(r => r.Tensor == output);
    }

    /// <summary>The one line that makes an output from the operand it begins as and from nothing else; null otherwise.</summary>
    public static Line? OwnLine(LoopProgram program, Output output) =>
        Replaces(program, output.Name) && Writers(program, output.Name) is [var line]
            && line.Reads().TrueForAll(r => r.Tensor == program.Updated(output.Name)!.Name)
            && !line.Expressions().Any(e => e.Any(n => n is AttributeValue)) ? line : null;

    public static EquatableArray<Expr> Walk(EquatableArray<Dim> dims) => dims.Select(d => d.Index).ToEquatable();

    static List<Line> Writers(LoopProgram program, string output) =>
        [.. program.Lines.Where(l => l.Target.Tensor == output)];
}
