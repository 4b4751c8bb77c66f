namespace Adjoint;

/// <summary>Gives reverse lines the signature of a program: what they use, and no more.</summary>
sealed class ReverseSignature
{
    readonly LoopProgram forward;
    readonly ReversedLines lines;
    readonly HashSet<string> reads;
    readonly List<AxisLine> axes = [];

    ReverseSignature(LoopProgram forward, ReversedLines lines)
    {
        this.forward = forward;
        this.lines = lines;
        reads = lines.Body.AllLines().SelectMany(l => l.Reads()).Select(r => r.Tensor).ToHashSet();
    }

    public static Reverse? Close(LoopProgram forward, ReversedLines lines) => new ReverseSignature(forward, lines).Close();

    Reverse? Close()
    {
        var written = lines.Body.AllLines().Select(l => l.Target.Tensor).ToHashSet();
        var outputs = lines.Outputs.Where(o => written.Contains(o.Name)).ToEquatable();
        if (outputs.Count == 0) return null;
        var inputs = forward.Operands.Where(o => reads.Contains(o.Name)).ToList();
        var integers = IntegerTensors.Operands(forward);
        var computed = new ComputedDims(forward);
        var kept = forward.Lines.Select(l => l.Target.Tensor).Distinct().Where(reads.Contains)
            .Select(t => new Kept(t, computed.Of(t, lines.Names))).ToList();
        var given = forward.Outputs.Where(o => lines.Given.TryGetValue(o.Name, out var name) && reads.Contains(name))
            .Select(o => (Output: o.Name, Operand: new Operand(OperandKind.Float, lines.Given[o.Name], o.Dims))).ToList();
        var operands = inputs
            .Concat(kept.Select(k => new Operand(IsInteger(k.Name) ? OperandKind.Int : OperandKind.Float, k.Name, k.Dims)))
            .Concat(given.Select(g => g.Operand)).ToList();
        operands.AddRange(Shapes(operands, outputs));
        return new()
        {
            Forward = forward,
            Program = Program(forward.Name + "_reverse", operands, outputs) with { Attributes = Attributes(), Axes = axes.ToEquatable() },
            Combined = new(forward.Name + "_and_reverse", [.. forward.Operands, .. given.Select(g => g.Operand)], forward.Attributes,
                [.. forward.Outputs, .. outputs], [.. forward.Axes, .. axes.Where(lines.NewAxes.Contains)],
                [.. forward.Body, .. lines.Body]),
            Gradients = lines.Gradients.Where(g => outputs.Any(o => o.Name == g.Value)).ToDictionary(),
            Given = given.ToDictionary(g => g.Output, g => g.Operand.Name),
            Kept = kept,
        };

        bool IsInteger(string tensor) => forward.Updated(tensor) is { } operand && integers.Contains(operand.Name);
    }

    LoopProgram Program(string name, IEnumerable<Operand> operands, EquatableArray<Output> outputs) =>
        new(name, operands.ToEquatable(), [], outputs, [], lines.Body);

    // Operands that give nothing but a size nobody else gives, and the axis lines that are needed.
    List<Operand> Shapes(List<Operand> operands, EquatableArray<Output> outputs)
    {
        var needed = NeededAxes(operands, outputs);
        var all = forward.Axes.Concat(lines.NewAxes).ToList();
        var shapes = new List<Operand>();
        var missing = new HashSet<string>(); // axes of unknown extent
        AddLines();
        axes.AddRange(Inferred(needed, operands));
        missing = Missing();
        foreach (var operand in forward.Operands)
        {
            if (!operand.Dims.Any(d => d.Axes.Any(missing.Contains)) || operands.Any(o => o.Name == operand.Name)) continue;
            shapes.Add(operand with { Kind = OperandKind.Shape });
            AddLines();
        }
        return shapes;

        HashSet<string> Missing() => needed.Except(Known(operands.Concat(shapes))).ToHashSet();

        // Of (h,c) one axis follows from the other, which is needed too.
        void AddLines()
        {
            for (var grew = true; grew;)
            {
                grew = false;
                foreach (var axis in all)
                {
                    if (!needed.Contains(axis.Axis) || axes.Contains(axis)) continue;
                    axes.Add(axis);
                    axis.Bound.Visit(node => grew |= node is ExtentValue extent && needed.Add(extent.Axis));
                }
                missing = Missing();
                foreach (var dim in operands.Concat(shapes).SelectMany(o => o.Dims))
                    if (dim.IsComposite && dim.Axes.Any(missing.Contains))
                        foreach (var axis in dim.Axes) grew |= needed.Add(axis);
            }
            axes.Sort((a, b) => all.IndexOf(a).CompareTo(all.IndexOf(b)));
        }
    }

    // The read that told an extent to the forward program need not occur in the reverse: there the extent is written out.
    List<AxisLine> Inferred(HashSet<string> needed, List<Operand> operands)
    {
        var own = forward.Lines.SelectMany(l => l.Axes()).ToHashSet();
        var declared = forward.Operands.SelectMany(o => o.Dims).SelectMany(d => d.Axes);
        var bound = forward.Axes.Concat(lines.NewAxes).Select(a => a.Axis);
        var open = needed.Where(own.Contains).Except(declared).Except(bound).Except(Known(operands)).ToList();
        if (open.Count == 0) return [];
        var extents = SymbolicExtents.Of(forward, forward.Attributes.ToDictionary(a => a.Name, a => Polynomial.Symbol(a.Name)));
        var bounds = open.Select(axis => (Axis: axis, Bound: extents[axis].ToExpr(name => forward.Attributes.Any(a => a.Name == name)
            ? new AttributeValue(name) : new ExtentValue(name)))).Where(b => b.Bound is not null).ToList();
        foreach (var (_, formula) in bounds) formula!.Visit(node => { if (node is ExtentValue extent) needed.Add(extent.Axis); });
        return [.. bounds.Select(b => new AxisLine(b.Axis, b.Bound!))];
    }

    HashSet<string> NeededAxes(List<Operand> operands, EquatableArray<Output> outputs)
    {
        var needed = outputs.SelectMany(o => o.Dims).SelectMany(d => d.Axes).ToHashSet();
        foreach (var line in lines.Body.AllLines())
            foreach (var expression in line.Expressions())
                expression.Visit(node =>
                {
                    if (node is AxisValue axis) needed.Add(axis.Axis);
                    if (node is ExtentValue extent) needed.Add(extent.Axis);
                    // x[(3,1)] lies where the sizes of both axes say
                    if (node is Access read && operands.Find(o => o.Name == read.Tensor) is { } operand)
                        foreach (var (dim, index) in operand.Dims.Zip(read.Indices))
                            if (index is Composite) needed.UnionWith(dim.Axes);
                });
        return needed;
    }

    HashSet<string> Known(IEnumerable<Operand> operands)
    {
        var known = new HashSet<string>();
        var dims = operands.SelectMany(o => o.Dims).ToList();
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var axis in axes)
                if (!axis.Bound.Any(e => e is ExtentValue extent && !known.Contains(extent.Axis))) grew |= known.Add(axis.Axis);
            foreach (var dim in dims)
                if (dim.Axes.Where(a => !known.Contains(a)).ToList() is [var single]) grew |= known.Add(single);
        }
        return known;
    }

    EquatableArray<NamedNumber> Attributes()
    {
        var used = new HashSet<string>();
        foreach (var line in lines.Body.AllLines())
            foreach (var expression in line.Expressions()) expression.Visit(Collect);
        foreach (var axis in axes) axis.Bound.Visit(Collect);
        return forward.Attributes.Where(a => used.Contains(a.Name)).ToEquatable();

        void Collect(Expr node)
        {
            if (node is AttributeValue attribute) used.Add(attribute.Name);
        }
    }
}
