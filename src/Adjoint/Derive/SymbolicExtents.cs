namespace Adjoint;

// One algorithm for numbers and formulas: sizes are polynomials, and numbers are constant ones. Rules are repeated
// until nothing changes: axis lines, then plain and composite indices, which tie axes and dimension both ways. What is
// open after that is named (formulas only: the extent of i is called i) or, last and one at a time, read off an affine
// index.

/// <summary>One dimension of a tensor as a formula.</summary>
/// <param name="Size">Cells without the margins.</param>
/// <param name="Axis">The axis that walks along it, null where several or none do.</param>
public sealed record TensorDim(Polynomial Size, int From, int To, string? Axis)
{
    public Polynomial Cells => Size + (To - From);
}

/// <summary>Extents as formulas in the names of the axes. They hold where every axis has at least one position.</summary>
public sealed class SymbolicExtents
{
    readonly LoopProgram program;
    readonly Func<string, Polynomial?> attribute;
    readonly Func<string, Polynomial?>? given; // names and values for formulas; null where operand sizes are given
    readonly List<string> invented = [];
    readonly Dictionary<string, Polynomial> axes = [];
    readonly Dictionary<string, Access?> sources = []; // what fixed an axis, for messages
    readonly Dictionary<string, Polynomial?[]> sizes = []; // per tensor and dimension, without margins
    readonly Dictionary<string, (Polynomial From, Polynomial To)[]> margins = [];
    readonly List<Access> accesses = []; // dims of the signature stand first, as if read
    readonly Dictionary<string, List<Access>> accessesOf = []; // the same by tensor

    SymbolicExtents(LoopProgram program, IReadOnlyDictionary<string, Polynomial[]>? operandSizes,
        Func<string, Polynomial?> attribute, Func<string, Polynomial?>? given)
    {
        (this.program, this.attribute, this.given) = (program, attribute, given);
        Collect(operandSizes);
        do while (Step()) { } while (Invent() || Guess() || Empty());
        CheckAllKnown();
        FindSizes();
        FindMargins();
    }

    /// <param name="given">Values for axes and attributes: numbers or other names. An axis left out is called by its
    /// name, an attribute has its default.</param>
    public static SymbolicExtents Of(LoopProgram program, IReadOnlyDictionary<string, Polynomial>? given = null)
    {
        var defaults = program.Attributes.ToDictionary(a => a.Name, a => Extents.Integer(a.Default));
        return new(program, null, name => given?.GetValueOrDefault(name) ?? defaults.GetValueOrDefault(name),
            axis => given?.GetValueOrDefault(axis));
    }

    /// <summary>The same in numbers.</summary>
    /// <param name="operandSizes">Sizes of the operands' dimensions without margins, `..` as one.</param>
    internal static SymbolicExtents Of(LoopProgram program, IReadOnlyDictionary<string, Polynomial[]> operandSizes,
        Func<string, Polynomial?> attribute) => new(program, operandSizes, attribute, null);

    public Polynomial this[string axis] => axes[axis];

    internal IEnumerable<string> Axes => axes.Keys;
    internal IEnumerable<string> Tensors => sizes.Keys;

    /// <summary>All cells of a tensor, those before 0 and beyond the extent included.</summary>
    public Polynomial Cells(string tensor) => sizes[tensor].Zip(margins[tensor])
        .Aggregate(Polynomial.One, (cells, d) => cells * (d.First! - d.Second.From + d.Second.To));

    public IReadOnlyList<TensorDim> Dims(string tensor) => [.. sizes[tensor].Zip(margins[tensor]).Select((dim, d) =>
        new TensorDim(dim.First!, Int(dim.Second.From), Int(dim.Second.To),
            accessesOf[tensor].Select(a => a.Indices[d]).OfType<AxisValue>().FirstOrDefault()?.Axis))];

    int Int(Polynomial cells) => cells.IsConstant ? (int)cells.Value.Numerator
        : throw LoopErrors.InSignature(program, $"a tensor owns {cells} cells beside a dimension, which is no number");

    Polynomial? Known(string axis) => axes.GetValueOrDefault(axis);

    /// <summary>An index or side of a condition (<see cref="Affine"/>).</summary>
    internal Polynomial? Read(Expr expr) => Affine.Of(expr, Known, attribute);

    /// <summary>Outside indices a division does not round.</summary>
    internal Polynomial? ReadSide(Expr expr) => Affine.Of(expr, Known, attribute, rounds: false);

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
        foreach (var expr in program.Lines.SelectMany(l => l.Expressions()))
            expr.Visit(node =>
            {
                if (node is Access access) Use(access);
            });

        void Declare(string name, EquatableArray<Dim> dims)
        {
            Use(new(name, dims.Select(d => d.Index).ToEquatable()));
            for (var d = 0; d < dims.Count; d++) margins[name][d] = (dims[d].From, dims[d].To);
        }

        void Use(Access access)
        {
            accesses.Add(access);
            (accessesOf.TryGetValue(access.Tensor, out var all) ? all : accessesOf[access.Tensor] = []).Add(access);
            var rank = access.Indices.Count;
            if (sizes.TryAdd(access.Tensor, new Polynomial?[rank]))
                margins[access.Tensor] = [.. Enumerable.Repeat((Polynomial.Zero, Polynomial.Zero), rank)];
        }
    }

    bool Step()
    {
        var changed = false;
        foreach (var line in program.Axes)
            if (!axes.ContainsKey(line.Axis) && Read(line.Bound) is { } bound)
                changed |= Set(line.Axis, given is null || bound.IsConstant ? bound.AtLeastZero() : bound,
                    null);
        foreach (var access in accesses)
            for (var d = 0; d < access.Indices.Count; d++) changed |= Tie(access, d);
        return changed;
    }

    // a declaration by an axis line waits for its bound: a plain index may not fix the axis before
    bool IsDeclared(string axis) => program.Axes.Any(a => a.Axis == axis);

    // A plain axis or a composite of axes has as many positions as the dimension has cells.
    bool Tie(Access access, int d)
    {
        EquatableArray<Expr> parts = access.Indices[d] is Composite composite ? composite.Parts : [access.Indices[d]];
        var product = Polynomial.One;
        string? open = null;
        foreach (var part in parts)
        {
            if (part is not AxisValue { Axis: var axis }) return false;
            if (axes.TryGetValue(axis, out var extent)) product *= extent;
            else if (open is null) open = axis;
            else return false;
        }
        ref var size = ref sizes[access.Tensor][d];
        if (open is null)
        {
            if (size == product) return false;
            if (size is not null) return Unify(product, size, access.Indices[d].ToString(), access);
            size = product;
            return true;
        }
        if (size is null || IsDeclared(open) || product.IsZero && size.IsZero) return false;
        return Set(open, Polynomial.DivideExactly(size, product) ?? (size.IsConstant && product.IsConstant
            ? throw Conflict(access.Indices[d].ToString(), product, size, access,
                $"{size} positions, which {product} does not divide")
            : Polynomial.FloorDivide(size, product)), access);
    }

    bool Set(string axis, Polynomial extent, Access? access)
    {
        axes[axis] = extent;
        sources[axis] = access;
        return true;
    }

    // Formulas: two names for one size become one. Numbers: two sizes are an error.
    bool Unify(Polynomial a, Polynomial b, string axis, Access access)
    {
        if (a.IsConstant && b.IsConstant) throw Conflict(axis, a, b, access, null);
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
        return Set(open, size, null);
    }

    // An empty h leaves c of an empty (h,c) open; where nothing else tells it, it is empty too.
    bool Empty()
    {
        foreach (var access in accesses)
            for (var d = 0; d < access.Indices.Count; d++)
                if (access.Indices[d] is Composite composite && sizes[access.Tensor][d] is { IsZero: true }
                    && composite.Parts.OfType<AxisValue>().Where(p => !axes.ContainsKey(p.Axis))
                        .ToList() is [var open, ..] && !IsDeclared(open.Axis))
                    return Set(open.Axis, 0, access);
        return false;
    }

    // Every affine index that mentions the axis must stay inside.
    bool Guess()
    {
        string? axis = null;
        Polynomial? largest = null;
        foreach (var access in accesses)
            for (var d = 0; d < access.Indices.Count; d++)
            {
                if (access.Indices[d] is AxisValue || sizes[access.Tensor][d] is not { } size
                    || Read(access.Indices[d]) is not { } index
                    || index.Axes().Where(a => !axes.ContainsKey(a)).ToList() is not [var open] || IsDeclared(open)
                    || axis is not null && axis != open) continue;
                var factor = index.FactorOf(open);
                var isUp = factor.AtLeast(1);
                if (!isUp && !(-factor).AtLeast(1)
                    || index.With(open, Polynomial.Zero).Bound(isUp, Known) is not { } rest) continue;
                var (from, to) = margins[access.Tensor][d];
                var room = isUp ? size - 1 + to - rest : rest - from;
                var extent = Polynomial.FloorDivide(room, isUp ? factor : -factor) + 1;
                if (given is null || extent.IsConstant) extent = extent.AtLeastZero();
                if (largest is null || (largest - extent).AtLeast(1)) largest = extent;
                axis = open;
            }
        return axis is not null && Set(axis, largest!, null);
    }

    void CheckAllKnown()
    {
        foreach (var loop in Loops(program.Body))
            Check(loop.Axis, (what, hint) => LoopErrors.InLine(program, what, loop, [], hint));
        foreach (var line in program.Lines)
            foreach (var expr in line.Expressions())
                expr.Visit(node =>
                {
                    foreach (var axis in Needed(node)) Check(axis, (what, hint) => LoopErrors.InLine(program, what, line, [node], hint));
                });
        foreach (var axis in program.Outputs.SelectMany(o => o.Dims).SelectMany(d => d.Axes))
            Check(axis, (what, hint) => LoopErrors.InSignature(program, what, hint));

        // x[(3,1)] lies where the sizes of both axes say.
        IEnumerable<string> Needed(Expr node) => node switch
        {
            AxisValue value => [value.Axis],
            ExtentValue extent => [extent.Axis],
            Access read when program.FindOperand(read.Tensor) is { } operand =>
                operand.Dims.Zip(read.Indices).Where(p => p.Second is Composite).SelectMany(p => p.First.Axes),
            _ => [],
        };

        void Check(string axis, Func<string, string, LoopException> error)
        {
            if (axes.ContainsKey(axis)) return;
            var declared = program.Axes.FirstOrDefault(a => a.Axis == axis);
            throw program.Attributes.FirstOrDefault(a => attribute(a.Name) is null
                && declared is not null && declared.Bound.Any(e => e == new AttributeValue(a.Name))) is { } broken
                ? LoopErrors.InAxis(program,
                    $"the attribute {broken.Name} in the bound of axis {axis} is not an integer", declared!)
                : error($"the extent of axis {axis} is not known", $"Declare it in a line of its own: axis {axis} < …");
        }
    }

    // A dimension that no plain index fixed is as long as its indices reach.
    void FindSizes()
    {
        foreach (var (tensor, dims) in sizes)
            for (var d = 0; d < dims.Length; d++)
            {
                if (dims[d] is not null) continue;
                var uses = accessesOf[tensor].Select(a => a.Indices[d]).ToList();
                var ends = uses.Select(i => Read(i)?.Bound(true, Known)).OfType<Polynomial>().ToList();
                dims[d] = ends.Count > 0 ? ends.Aggregate(Polynomial.Larger) + 1 : throw LoopErrors.InLine(program,
                    $"the size of {tensor}, dimension {d}, is not known",
                    program.Lines.First(l => l.Target.Tensor == tensor), [.. uses],
                    "Read or write it somewhere with a plain axis.");
            }
    }

    // A tensor written in a time loop owns, along the loop's axis, every cell that an affine index reaches, whatever its
    // condition.
    void FindMargins()
    {
        var carried = Loops(program.Body).SelectMany(loop => (program with { Body = loop.Body }).Lines
            .SelectMany(line => line.Target.Indices.Select((index, d) => (line.Target.Tensor, Dim: d, Index: index)))
            .Where(i => i.Index.Axes().Contains(loop.Axis))).Select(i => (i.Tensor, i.Dim)).ToHashSet();
        foreach (var access in accesses)
            for (var d = 0; d < access.Indices.Count; d++)
            {
                if (access.Indices[d] is AxisValue || !carried.Contains((access.Tensor, d))
                    || Read(access.Indices[d]) is not { } index
                    || index.Bound(false, Known) is not { } low || index.Bound(true, Known) is not { } high) continue;
                ref var margin = ref margins[access.Tensor][d];
                margin = (-Polynomial.Larger(-margin.From, -low),
                    Polynomial.Larger(margin.To, high - sizes[access.Tensor][d]! + 1));
            }
    }

    static IEnumerable<TimeLoop> Loops(EquatableArray<Statement> body) =>
        body.OfType<TimeLoop>().SelectMany(loop => Loops(loop.Body).Prepend(loop));

    ShapeException Conflict(string axis, Polynomial first, Polynomial second, Access access, string? what)
    {
        var facts = new Dictionary<string, (string Shape, Polynomial Size)>();
        if (sources.GetValueOrDefault(axis) is { } source) facts[source.Tensor] = (Shape(source.Tensor), first);
        else if (program.Axes.FirstOrDefault(a => a.Axis == axis) is { } declared)
            facts[$"axis {axis}"] = ($"{declared.Bound}", first);
        facts.TryAdd(access.Tensor, (Shape(access.Tensor), second));
        // The sizes may meet in the signature alone: show the line that uses most of them.
        var shown = program.Lines.MaxBy(l => (Uses(l).Count, Uses(l).ContainsKey(access.Tensor)))!;
        var message = $"{program.Name}: axis {axis} has {what ?? $"two sizes, {first} and {second}"}.\n"
            + LoopErrors.Marked(shown, [.. Uses(shown).Values]);
        foreach (var (name, (shape, size)) in facts)
            message += $"\n  {name.PadRight(facts.Keys.Max(n => n.Length))} : "
                + $"{shape.PadRight(facts.Values.Max(f => f.Shape.Length))}  {axis} = {size}";
        return new(message, axis, (int)first.Value.Numerator, (int)second.Value.Numerator);

        Dictionary<string, Expr> Uses(Line line)
        {
            var uses = new Dictionary<string, Expr>();
            foreach (var expr in line.Expressions())
                expr.Visit(node =>
                {
                    if (node is Access a && facts.ContainsKey(a.Tensor)
                        && a.Indices.FirstOrDefault(i => i.ToString() == axis) is { } index)
                        uses.TryAdd(a.Tensor, index);
                });
            return uses;
        }

        string Shape(string tensor) => $"[{string.Join(", ", sizes[tensor].Select(s => s?.ToString() ?? "?"))}]";
    }
}
