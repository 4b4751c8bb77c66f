namespace Adjoint;

// What one operation is. Free: numbers, attributes, extents and whatever is made of them alone; positions, indices and
// conditions of lines; reading and writing a cell; stop; the choice of a where and the and, or, not inside it; the sign
// of a whole right side and of -=. Everything else that stands in a value costs 1, in both branches of a where.

/// <summary>The scalar operations that one point of a line costs.</summary>
public static class OperationCount
{
    /// <summary>Operations by kind: add (also of a difference), multiply, divide, remainder, negate, compare, and
    /// functions by name.</summary>
    /// <param name="program">The program of the line: accumulating into a tensor without another writer is free where
    /// every point has a cell of its own, unless the tensor starts at an operand.</param>
    /// <param name="loops">Axes of the enclosing time loops.</param>
    public static IReadOnlyDictionary<string, int> PerPoint(LoopProgram program, Line line,
        IReadOnlyCollection<string> loops) =>
        PerPoint(program, line, loops, program.Lines.Count(l => l.Target.Tensor == line.Target.Tensor));

    internal static IReadOnlyDictionary<string, int> PerPoint(LoopProgram program, Line line,
        IReadOnlyCollection<string> loops, int writers) => PerPoint(line,
            isFree: writers == 1 && program.Updated(line.Target.Tensor) is null && Relations.IsInjective(line, loops));

    internal static Dictionary<string, int> PerPoint(Line line, bool isFree) =>
        Kinds(line.Value is Negate negate ? negate.Value : line.Value).Append(line.Op switch
        {
            LineOp.Set => null,
            LineOp.Multiply => "multiply",
            LineOp.Max => "max",
            LineOp.Min => "min",
            _ => isFree ? null : "add",
        }).OfType<string>().CountBy(kind => kind).ToDictionary();

    /// <summary>Made of numbers, attributes and extents alone.</summary>
    internal static bool IsConstant(Expr expr) => !expr.Any(e => e is Access or AxisValue);

    /// <summary>What the node itself costs, its parts aside: null where it is free.</summary>
    internal static string? Kind(Expr expr) => expr switch
    {
        Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } => "add",
        Binary { Operator: Arithmetic.Multiply } => "multiply",
        Binary { Operator: Arithmetic.Divide } => "divide",
        Binary => "remainder",
        Negate => "negate",
        Compare => "compare",
        Call call => call.Function.Name,
        _ => null,
    };

    static IEnumerable<string?> Kinds(Expr expr) =>
        expr is Access || IsConstant(expr) ? [] : expr.Parts().SelectMany(Kinds).Prepend(Kind(expr));
}
