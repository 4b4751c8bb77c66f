namespace Adjoint;

// `..` is one axis in the notation. A call knows how many dimensions stand behind it, and that operands may have 1 or
// nothing where others have more: NumPy's rule. Here `..` becomes as many axes as the call has, and an operand that is
// broadcast is read at 0 along its dimensions of size 1, so its gradient sums over them without another rule.

/// <summary>Programs with <c>..</c> to programs without, for operands of given shapes.</summary>
static class LeadingAxes
{
    /// <param name="shapes">Of every operand, in order.</param>
    /// <exception cref="ShapeException">Leading dimensions that do not broadcast.</exception>
    public static LoopProgram Expand(LoopProgram program, IReadOnlyList<int[]> shapes)
    {
        if (!program.Operands.Any(o => HasDots(o.Dims))) return program;
        var names = new FreshNames(program);
        var leading = Leading(program, shapes);
        var axes = leading.Select((_, i) => names.Take($"d{i}")).ToArray();
        var full = axes.Select(a => (Expr)new AxisValue(a)).ToArray();
        var own = new Dictionary<string, Expr[]>();
        var operands = program.Operands.Select((o, i) => Operand(o, shapes[i])).ToEquatable();
        return program with
        {
            Operands = operands,
            Outputs = program.Outputs.Select(o => o with { Dims = Dims(o.Name, o.Dims) }).ToEquatable(),
            Axes = program.Axes.Select(a => a with { Bound = a.Bound.Map(Extent) }).ToEquatable(),
            Body = program.Body.MapLines(l => l.Map(Access).Map(Extent)),
        };

        Operand Operand(Operand operand, int[] shape)
        {
            if (!HasDots(operand.Dims)) return operand;
            var (start, count) = Dots(operand, shape);
            var indices = new Expr[count];
            var dims = new Dim[count];
            for (var d = 0; d < count; d++)
            {
                var axis = axes.Length - count + d;
                var isBroadcast = shape[start + d] == 1 && leading[axis] != 1;
                indices[d] = isBroadcast ? Expr.Zero : full[axis];
                dims[d] = new(isBroadcast ? names.Take("one") : axes[axis]);
            }
            own[operand.Name] = indices;
            return operand with { Dims = operand.Dims.SelectMany(d => d.Axes[0] == ".." ? dims : [d]).ToEquatable() };
        }

        EquatableArray<Dim> Dims(string output, EquatableArray<Dim> dims) => program.Updated(output) is { } updated
            ? operands.First(o => o.Name == updated.Name).Dims
            : dims.SelectMany(d => d.Axes[0] == ".." ? axes.Select(a => new Dim(a)) : [d]).ToEquatable();

        Expr Access(Expr node) => node is not Access access ? node : access with
        {
            Indices = access.Indices.SelectMany(i => i is AxisValue { Axis: ".." }
                ? own.GetValueOrDefault(access.Tensor.TrimEnd('\''), full) : [i]).ToEquatable(),
        };

        Expr Extent(Expr node) => node switch
        {
            ExtentValue { Axis: ".." } => axes.Select(a => (Expr)new ExtentValue(a)).DefaultIfEmpty(Expr.One).Aggregate(Algebra.Multiply),
            // outside of an index, where Access has replaced it: the position in row-major order
            AxisValue { Axis: ".." } => axes.Aggregate((Expr)Expr.Zero, (position, a) =>
                Algebra.Add(Algebra.Multiply(position, new ExtentValue(a)), new AxisValue(a))),
            _ => node,
        };
    }

    static bool HasDots(EquatableArray<Dim> dims) => dims.Any(d => d.Axes[0] == "..");

    static (int Start, int Count) Dots(Operand operand, int[] shape) =>
        (operand.Dims.TakeWhile(d => d.Axes[0] != "..").Count(), shape.Length - operand.Dims.Count + 1);

    static int[] Leading(LoopProgram program, IReadOnlyList<int[]> shapes)
    {
        int[] all = [];
        for (var i = 0; i < shapes.Count; i++)
        {
            var operand = program.Operands[i];
            if (!HasDots(operand.Dims)) continue;
            var (start, count) = Dots(operand, shapes[i]);
            if (count < 0)
                throw new ShapeException($"{program.Name}: {operand.Name} has {shapes[i].Length} dimensions, at least "
                    + $"{operand.Dims.Count - 1} are needed.\n  {Printer.Signature(program)}", operand.Name, shapes[i]);
            var leading = shapes[i].AsSpan(start, count);
            if (count > all.Length) all = [.. leading[..(count - all.Length)], .. all];
            for (var d = 0; d < count; d++)
            {
                ref var size = ref all[all.Length - count + d];
                if (size == 1) size = leading[d];
                else if (leading[d] != 1 && leading[d] != size) throw Conflict(program, shapes);
            }
        }
        return all;
    }

    static ShapeException Conflict(LoopProgram program, IReadOnlyList<int[]> shapes) => new(
        $"{program.Name}: the leading dimensions (..) do not broadcast.\n  {Printer.Signature(program)}\n"
        + string.Join('\n', program.Operands.Select((o, i) => $"  {o.Name} : [{string.Join(", ", shapes[i])}]"))
        + "\nHint: from the right, two sizes fit when they are equal or one of them is 1.", "..", [.. shapes.SelectMany(s => s)]);
}
