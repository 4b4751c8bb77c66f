namespace Adjoint;

/// <summary>Shapes of operands that the caller need not give.</summary>
static class OperandShapes
{
    /// <summary>Adds the shapes of random operands: each dimension as another operand has it under its axis.</summary>
    public static Dictionary<string, int[]> WithRandom(LoopProgram program, IReadOnlyDictionary<string, int[]> given)
    {
        var shapes = given.ToDictionary();
        foreach (var operand in program.Operands)
        {
            if (operand.Kind is not (OperandKind.Uniform or OperandKind.Normal)) continue;
            if (shapes.ContainsKey(operand.Name)) continue;
            var sizes = new List<int>();
            foreach (var dim in operand.Dims)
                sizes.AddRange(Sizes(program, dim.Axes, given) ?? throw RunErrors.UnknownShape(program, operand));
            shapes[operand.Name] = [.. sizes];
        }
        return shapes;
    }

    /// <summary>The leading dimensions that `..` stands for; none where no operand has them.</summary>
    public static int[] Leading(LoopProgram program, IReadOnlyDictionary<string, int[]> shapes) =>
        Sizes(program, [".."], shapes) ?? [];

    static int[]? Sizes(LoopProgram program, EquatableArray<string> axes, IReadOnlyDictionary<string, int[]> shapes)
    {
        foreach (var operand in program.Operands)
        {
            if (!shapes.TryGetValue(operand.Name, out var shape)) continue;
            var leading = shape.Length - operand.Dims.Count + 1; // sizes that `..` takes, where it stands
            for (int d = 0, at = 0; d < operand.Dims.Count && at <= shape.Length; d++)
            {
                var width = operand.Dims[d].Axes[0] == ".." ? Math.Max(leading, 0) : 1;
                if (operand.Dims[d] == new Dim(axes) && at + width <= shape.Length) return shape[at..(at + width)];
                at += width;
            }
        }
        return null;
    }
}
