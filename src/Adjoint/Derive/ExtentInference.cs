namespace Adjoint;

// One algorithm for numbers and formulas: sizes are polynomials, and numbers are constant ones. Rules are repeated
// until nothing changes: axis lines, then plain and composite indices, which tie axis and dimension both ways. What is
// open after that is named (formulas only: the extent of i is called i) or, last and one at a time, read off an affine
// index.

/// <summary>Finds the extent of every axis and the cells of every tensor of a program.</summary>
sealed class ExtentInference
{
    readonly LoopProgram program;
    readonly Func<string, Polynomial?> attribute;
    readonly Func<string, Polynomial?>? given; // names and values for formulas; null where operand sizes are given
    readonly List<string> invented = [];
    readonly Dictionary<string, Polynomial> axes = [];
    readonly Dictionary<string, (Access? Access, Line? Line)> sources = []; // what fixed an axis, for messages
    readonly Dictionary<string, Polynomial?[]> sizes = []; // per tensor and dimension, without margins
    readonly Dictionary<string, (Polynomial From, Polynomial To)[]> margins = [];
    readonly List<(Access Access, Line? Line)> accesses = []; // dims of the signature stand first, as if read

    ExtentInference(LoopProgram program, Func<string, Polynomial?> attribute, Func<string, Polynomial?>? given) =>
        (this.program, this.attribute, this.given) = (program, attribute, given);

    public Polynomial? Axis(string axis) => axes.GetValueOrDefault(axis);
    public IEnumerable<string> Axes => axes.Keys;
    public IEnumerable<string> Tensors => sizes.Keys;
    public Polynomial Size(string tensor, int dim) => sizes[tensor][dim]!;
    public int Rank(string tensor) => sizes[tensor].Length;
    public string? AxisAlong(string tensor, int dim) =>
        accesses.Where(a => a.Access.Tensor == tensor).Select(a => a.Access.Indices[dim]).OfType<AxisValue>()
            .FirstOrDefault()?.Axis;
    public (Polynomial From, Polynomial To) Margin(string tensor, int dim) => margins[tensor][dim];

    /// <param name="operandSizes">Sizes of the operands' dimensions without margins, `..` as one; null to name
    /// them.</param>
    public static ExtentInference Of(LoopProgram program, IReadOnlyDictionary<string, Polynomial[]>? operandSizes,
        Func<string, Polynomial?> attribute, Func<string, Polynomial?>? given)
    {
        var inference = new ExtentInference(program, attribute, given);
        inference.Collect(operandSizes);
        do while (inference.Step()) { } while (inference.Invent() || inference.Guess() || inference.Empty());
        inference.CheckAllKnown();
        inference.FindMargins();
        return inference;
    }

    void Collect(IReadOnlyDictionary<string, Polynomial[]>? operandSizes)
    {
        foreach (var operand in program.Operands)
        {
            Declare(operand.Name, operand.Dims);
            operandSizes?[operand.Name].CopyTo(sizes[operand.Name], 0);
        }
        foreach (var output in program.Outputs)
        {
            if (program.Updated(output.Name) is { } updated)
                (sizes[output.Name], margins[output.Name]) = (sizes[updated.Name], margins[updated.Name]);
            Declare(output.Name, output.Dims);
        }
        foreach (var line in program.Lines)
        {
            foreach (var expr in line.Expressions())
                expr.Visit(node =>
                {
                    if (node is not Access access) return;
                    accesses.Add((access, line));
                    if (!sizes.ContainsKey(access.Tensor)) Own(access.Tensor, access.Indices.Count);
                    if (sizes[access.Tensor].Length != access.Indices.Count)
                        throw LoopErrors.InLine(program,
                            $"{access.Tensor} has {sizes[access.Tensor].Length} dimensions elsewhere and "
                            + $"{access.Indices.Count} here", line, [access]);
                });
        }

        void Declare(string name, EquatableArray<Dim> dims)
        {
            if (!sizes.ContainsKey(name)) Own(name, dims.Count);
            for (var d = 0; d < dims.Count; d++) margins[name][d] = (dims[d].From, dims[d].To);
            accesses.Add((new(name, dims.Select(d => d.Index).ToEquatable()), null));
        }

        void Own(string name, int rank)
        {
            sizes[name] = new Polynomial?[rank];
            margins[name] = [.. Enumerable.Repeat((Polynomial.Zero, Polynomial.Zero), rank)];
        }
    }

    bool Step()
    {
        var changed = false;
        foreach (var line in program.Axes)
            if (!axes.ContainsKey(line.Axis) && Read(line.Bound) is { IsConstant: true } bound)
                changed |= Set(line.Axis, given is null ? bound.Constant.AtLeastZero() : bound.Constant, null, null);
        foreach (var (access, line) in accesses)
            for (var d = 0; d < access.Indices.Count; d++)
                changed |= access.Indices[d] switch
                {
                    AxisValue axis => Tie(axis.Axis, access, d, line),
                    Composite composite when composite.Parts.All(p => p is AxisValue) =>
                        TieProduct(composite, access, d, line),
                    _ => false,
                };
        return changed;
    }

    // a declaration by an axis line waits for its bound: a plain index may not fix the axis before
    bool IsDeclared(string axis) => !axes.ContainsKey(axis) && program.Axes.Any(a => a.Axis == axis);

    bool Tie(string axis, Access access, int d, Line? line)
    {
        var dims = sizes[access.Tensor];
        if (axes.TryGetValue(axis, out var extent))
        {
            if (dims[d] == extent) return false;
            if (dims[d] is { } size) return Unify(extent, size, axis, access, line);
            dims[d] = extent;
            return true;
        }
        return dims[d] is { } known && !IsDeclared(axis) && Set(axis, known, access, line);
    }

    bool TieProduct(Composite composite, Access access, int d, Line? line)
    {
        var product = Polynomial.One;
        string? open = null;
        foreach (var part in composite.Parts.Cast<AxisValue>())
        {
            if (axes.TryGetValue(part.Axis, out var extent)) product *= extent;
            else if (open is null) open = part.Axis;
            else return false;
        }
        var dims = sizes[access.Tensor];
        if (open is null)
        {
            if (dims[d] == product) return false;
            if (dims[d] is { } size) return Unify(product, size, composite.ToString(), access, line);
            dims[d] = product;
            return true;
        }
        if (dims[d] is not { } whole || IsDeclared(open)) return false;
        if (product.IsZero && whole.IsZero) return false;
        return Set(open, Polynomial.DivideExactly(whole, product) ?? (whole.IsConstant && product.IsConstant
            ? throw Conflict(composite.ToString(), product, whole, access, line,
                $"{whole} positions, which {product} does not divide")
            : Polynomial.FloorDivide(whole, product)), access, line);
    }

    bool Set(string axis, Polynomial extent, Access? access, Line? line)
    {
        axes[axis] = extent;
        sources[axis] = (access, line);
        return true;
    }

    // Formulas: two names for one size become one. Numbers: two sizes are an error.
    bool Unify(Polynomial a, Polynomial b, string axis, Access access, Line? line)
    {
        if (a.IsConstant && b.IsConstant) throw Conflict(axis, a, b, access, line, null);
        if (given is null) throw Throw.Internal($"{program.Name}: sizes {a} and {b} of axis {axis} are no numbers");
        if (b.Name is null && a.Name is null) return false; // taken to be equal
        var (name, value) = b.Name is null || invented.IndexOf(a.Name!) > invented.IndexOf(b.Name)
            ? (a.Name!, b) : (b.Name, a);
        if (value.Symbols.Contains(name)) return false;
        foreach (var known in axes.Keys.ToList()) axes[known] = Rename(axes[known]);
        foreach (var dims in sizes.Values)
            for (var d = 0; d < dims.Length; d++) dims[d] = dims[d] is { } size ? Rename(size) : null;
        return true;

        Polynomial Rename(Polynomial size) => size.Substitute(symbol => symbol == name ? value : null);
    }

    // Names the caller gave come first, then those of the outputs: where two axes have one size the first name stays.
    bool Invent()
    {
        if (given is null) return false;
        var outputs = program.Outputs.SelectMany(o => o.Dims).SelectMany(d => d.Axes).ToHashSet();
        var open = program.Operands.SelectMany(o => o.Dims)
            .SelectMany(d => d.Axes.Select(a => (Axis: a, d.IsComposite)))
            .Where(a => !axes.ContainsKey(a.Axis) && !IsDeclared(a.Axis)).OrderBy(a => a.IsComposite)
            .ThenBy(a => given(a.Axis) is null).ThenBy(a => !outputs.Contains(a.Axis))
            .Select(a => a.Axis).FirstOrDefault();
        if (open is null) return false;
        var size = given(open) ?? Polynomial.Symbol(open);
        if (size.Name is { } name) invented.Add(name);
        return Set(open, size, null, null);
    }

    // An empty h leaves c of an empty (h,c) open; where nothing else tells it, it is empty too.
    bool Empty()
    {
        foreach (var (access, line) in accesses)
            for (var d = 0; d < access.Indices.Count; d++)
                if (access.Indices[d] is Composite composite && sizes[access.Tensor][d] is { IsZero: true }
                    && composite.Parts.OfType<AxisValue>().Where(p => !axes.ContainsKey(p.Axis))
                        .ToList() is [var open, ..] && !IsDeclared(open.Axis))
                    return Set(open.Axis, 0, access, line);
        return false;
    }

    // Every affine index that mentions the axis must stay inside.
    bool Guess()
    {
        string? axis = null;
        Polynomial? largest = null;
        foreach (var (access, _) in accesses)
            for (var d = 0; d < access.Indices.Count; d++)
            {
                if (access.Indices[d] is AxisValue || sizes[access.Tensor][d] is not { } size
                    || Read(access.Indices[d]) is not { } index
                    || index.Axes.Keys.Where(a => !axes.ContainsKey(a)).ToList() is not [var open] || IsDeclared(open)
                    || axis is not null && axis != open) continue;
                var factor = index.Axes[open];
                var isUp = factor.AtLeast(1);
                if (!isUp && !(-factor).AtLeast(1) || index.Bound(isUp, Axis, without: open) is not { } rest) continue;
                var (from, to) = margins[access.Tensor][d];
                var room = isUp ? size - 1 + to - rest : rest - from;
                var extent = Polynomial.FloorDivide(room, isUp ? factor : -factor) + 1;
                if (given is null) extent = extent.AtLeastZero();
                if (largest is null || (largest - extent).AtLeast(1)) largest = extent;
                axis = open;
            }
        return axis is not null && Set(axis, largest!, null, null);
    }

    void CheckAllKnown()
    {
        foreach (var line in program.Axes)
            if (!axes.ContainsKey(line.Axis) && Read(line.Bound) is null)
                line.Bound.Visit(node =>
                {
                    if (node is AttributeValue value && attribute(value.Name) is null)
                        throw LoopErrors.InAxis(program,
                            $"the attribute {value.Name} in the bound of axis {line.Axis} is not an integer", line);
                });
        foreach (var loop in Loops(program.Body)) CheckKnown(new AxisValue(loop.Axis), loop);
        foreach (var line in program.Lines)
            foreach (var expr in line.Expressions())
                expr.Visit(node => CheckKnown(node, line));
        foreach (var dim in program.Outputs.SelectMany(o => o.Dims))
            foreach (var axis in dim.Axes)
                if (!axes.ContainsKey(axis))
                    throw LoopErrors.InSignature(program, $"the extent of axis {axis} is not known", Declaration(axis));

        void CheckKnown(Expr node, Statement at)
        {
            var axis = node switch { AxisValue value => value.Axis, ExtentValue value => value.Axis, _ => null };
            if (axis is not null && !axes.ContainsKey(axis))
                throw LoopErrors.InLine(program, $"the extent of axis {axis} is not known", at, [node],
                    Declaration(axis));
        }

        static string Declaration(string axis) => $"Declare it in a line of its own: axis {axis} < …";
    }

    // A dimension that no plain index fixed is as long as its indices reach. A tensor written in a time loop owns,
    // along the loop's axis, every cell that an affine index reaches, whatever its condition.
    void FindMargins()
    {
        foreach (var (tensor, dims) in sizes)
            for (var d = 0; d < dims.Length; d++)
                if (dims[d] is null)
                {
                    var uses = accesses.Where(a => a.Access.Tensor == tensor).ToList();
                    var ends = uses.Select(a => Read(a.Access.Indices[d])?.Bound(true, Axis)).OfType<Polynomial>()
                        .ToList();
                    dims[d] = ends.Count > 0 ? ends.Aggregate(Polynomial.Larger) + 1 : throw LoopErrors.InLine(program,
                        $"the size of {tensor}, dimension {d}, is not known", uses[^1].Line!,
                        [uses[^1].Access.Indices[d]],
                        "Read or write it somewhere with a plain axis.");
                }
        var carried = Loops(program.Body).SelectMany(loop =>
            (program with { Body = loop.Body }).Lines.SelectMany(line =>
            line.Target.Indices.Select((index, d) => (Tensor: line.Target.Tensor, Dim: d, Index: index))
                .Where(i => i.Index.Axes().Contains(loop.Axis)))).Select(i => (i.Tensor, i.Dim)).ToHashSet();
        foreach (var (access, _) in accesses)
            for (var d = 0; d < access.Indices.Count; d++)
            {
                if (!carried.Contains((access.Tensor, d)) || access.Indices[d] is AxisValue
                    || Read(access.Indices[d]) is not { } index
                    || index.Bound(false, Axis) is not { } low || index.Bound(true, Axis) is not { } high) continue;
                ref var margin = ref margins[access.Tensor][d];
                margin = (-Polynomial.Larger(-margin.From, -low),
                    Polynomial.Larger(margin.To, high - (Size(access.Tensor, d) - 1)));
            }
    }

    Affine? Read(Expr expr) => Affine.Of(expr, Axis, attribute);

    static IEnumerable<TimeLoop> Loops(EquatableArray<Statement> body) =>
        body.OfType<TimeLoop>().SelectMany(loop => Loops(loop.Body).Prepend(loop));

    ShapeException Conflict(string axis, Polynomial first, Polynomial second, Access access, Line? line, string? what)
    {
        var other = sources.GetValueOrDefault(axis);
        // Both declared in the signature: show a line that uses both.
        var shown = program.Lines.FirstOrDefault(l => Find(l, access) is not null
            && (other.Access is null || Find(l, other.Access) is not null))
            ?? line ?? other.Line ?? program.Lines.FirstOrDefault(l => Find(l, access) is not null);
        var marks = new[] { other.Access, access }.OfType<Access>()
            .Select(a => shown is null ? null : Find(shown, a)).OfType<Expr>();
        var message = $"{program.Name}: axis {axis} has {what ?? $"two sizes, {first} and {second}"}.\n"
            + (shown is null ? "  " + Printer.Signature(program) : LoopErrors.Marked(shown, [.. marks]));
        var facts = new List<(string Name, string Shape, Polynomial Size)>();
        if (other.Access is { } source) facts.Add((source.Tensor, Shape(source.Tensor), first));
        else if (program.Axes.FirstOrDefault(a => a.Axis == axis) is { } declared)
            facts.Add(($"axis {axis}", $"{declared.Bound}", first));
        if (facts.All(f => f.Name != access.Tensor)) facts.Add((access.Tensor, Shape(access.Tensor), second));
        foreach (var (name, shape, size) in facts)
            message += $"\n  {name.PadRight(facts.Max(f => f.Name.Length))} : {shape.PadRight(facts.Max(f => f.Shape.Length))}  {axis} = {size}";
        return new ShapeException(message, axis, (int)first.Value.Numerator, (int)second.Value.Numerator);

        Expr? Find(Line candidate, Access like)
        {
            Expr? found = null;
            foreach (var expr in candidate.Expressions())
                expr.Visit(node =>
                {
                    if (found is null && node is Access a && a.Tensor == like.Tensor)
                        found = a.Indices.FirstOrDefault(i => i.ToString() == axis);
                });
            return found;
        }

        string Shape(string tensor) => $"[{string.Join(", ", sizes[tensor].Select(s => s?.ToString() ?? "?"))}]";
    }
}
