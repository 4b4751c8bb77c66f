namespace Adjoint;

/// <summary>Draws shapes for the operands of a program such that its axes have one size each.</summary>
sealed class RandomSizes
{
    readonly LoopProgram program;
    readonly SplitMix64 random;
    readonly InputOptions options;
    readonly Dictionary<string, string> parents = [];
    readonly Dictionary<string, int> sizes = []; // by the root of each class of axes that must agree

    RandomSizes(LoopProgram program, SplitMix64 random, InputOptions options) =>
        (this.program, this.random, this.options) = (program, random, options);

    public static Dictionary<string, int[]> Draw(LoopProgram program, SplitMix64 random, InputOptions options) =>
        new RandomSizes(program, random, options).Draw();

    Dictionary<string, int[]> Draw()
    {
        Tie();
        int[] leading = options.Sizes.TryGetValue("..", out var product)
            ? [product]
            : [.. Enumerable.Range(0, random.Integer(0, 2)).Select(_ => Size())];
        sizes[Root("..")] = leading.Aggregate(1, (all, size) => all * size);
        foreach (var (axis, size) in options.Sizes) sizes.TryAdd(Root(axis), size);
        AddAxisLines(mayDraw: false);
        AddAxisLines(mayDraw: true);
        return program.Operands.ToDictionary(o => o.Name,
            o => o.Dims.SelectMany(d => d.Axes[0] == ".." ? leading : [Cells(d)]).ToArray());
    }

    int Size() => random.Integer(options.MinSize, options.MaxSize);

    int Cells(Dim dim) => dim.Axes.Aggregate(1, (cells, axis) => cells * Extent(axis)) + dim.To - dim.From;

    int Extent(string axis)
    {
        if (!sizes.TryGetValue(Root(axis), out var size)) sizes[Root(axis)] = size = Size();
        return size;
    }

    // The axes of axis lines take their bounds; while others are open, first those bounds that need no draw.
    void AddAxisLines(bool mayDraw)
    {
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var line in program.Axes)
            {
                if (sizes.ContainsKey(Root(line.Axis))) continue;
                var isOpen = line.Bound.Any(e => e is ExtentValue extent && !sizes.ContainsKey(Root(extent.Axis)));
                var waits = line.Bound.Any(e => e is ExtentValue extent && WaitsForLine(extent.Axis));
                if (waits || (isOpen && !mayDraw)) continue;
                sizes[Root(line.Axis)] = (int)Math.Clamp(Bound(line.Bound), 0, int.MaxValue);
                grew = true;
            }
        }
    }

    bool WaitsForLine(string axis) =>
        !sizes.ContainsKey(Root(axis)) && program.Axes.Any(a => Root(a.Axis) == Root(axis));

    long Bound(Expr expr) => expr switch
    {
        Number number => (long)number.Value,
        ExtentValue extent => Extent(extent.Axis),
        AttributeValue attribute => (long)(options.Attributes?.TryGetValue(attribute.Name, out var given) == true
            ? given : program.Attributes.First(a => a.Name == attribute.Name).Default),
        Negate negate => -Bound(negate.Value),
        Binary { Operator: Arithmetic.Add } sum => Bound(sum.Left) + Bound(sum.Right),
        Binary { Operator: Arithmetic.Subtract } difference => Bound(difference.Left) - Bound(difference.Right),
        Binary { Operator: Arithmetic.Multiply } product => Bound(product.Left) * Bound(product.Right),
        Binary { Operator: Arithmetic.Divide } quotient when Bound(quotient.Right) is var divisor and not 0 =>
            LoopNest.FloorDivide(Bound(quotient.Left), divisor),
        Binary { Operator: Arithmetic.Remainder } remainder when Bound(remainder.Right) is var divisor and not 0 =>
            Bound(remainder.Left) - divisor * LoopNest.FloorDivide(Bound(remainder.Left), divisor),
        _ => 0,
    };

    // A plain axis in an index takes the size of that dimension: all axes that meet in one must agree.
    void Tie()
    {
        foreach (var operand in program.Operands)
            for (var d = 0; d < operand.Dims.Count; d++)
                if (!operand.Dims[d].IsComposite) Join(operand.Name, d, operand.Dims[d].Axes[0]);
        foreach (var line in program.Lines)
            foreach (var expression in line.Expressions())
                expression.Visit(node =>
                {
                    if (node is not Access access) return;
                    for (var d = 0; d < access.Indices.Count; d++)
                        if (access.Indices[d] is AxisValue axis) Join(access.Tensor, d, axis.Axis);
                });

        void Join(string tensor, int dim, string axis) => parents[Root($"{tensor}[{dim}]")] = Root(axis);
    }

    string Root(string name)
    {
        while (parents.TryGetValue(name, out var parent) && parent != name) name = parent;
        return name;
    }
}
