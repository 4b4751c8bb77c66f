namespace Adjoint;

// A program with all its numbers known: sizes, attributes, types. Indices become forms here, and what is known of their
// values is asked here.

/// <summary>A program bound to sizes, attributes and types.</summary>
sealed class BoundProgram
{
    readonly Dictionary<string, TensorPlace> places = [];
    readonly Dictionary<string, Expr> atoms = [];

    // Asked for very often, and of the same nodes.
    readonly Dictionary<Expr, IndexForm> forms = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Access, IndexForm> offsets = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Expr, double?> constants = [];
    readonly List<string> arguments = [];

    /// <param name="integers">Tensors that are used as indices, in the program as it was written.</param>
    /// <param name="types">Of operands and computed tensors; those it does not name are floating, or indices.</param>
    /// <param name="folded">Dimensions of computed tensors whose positions share their cells.</param>
    /// <param name="results">How many of the outputs the caller receives; the others are declared for their sizes
    /// alone.</param>
    public BoundProgram(LoopProgram program, Extents extents, IReadOnlySet<string> integers,
        IReadOnlyDictionary<string, DType> types, CpuOptions options, int results,
        IReadOnlyDictionary<string, IReadOnlyList<bool>>? folded = null)
    {
        (Program, Extents, Integers) = (program, extents, integers);
        if (options.TakesNumbers) arguments.AddRange(program.Attributes.Select(a => a.Name));
        Type = FloatingType(types) ?? options.Type;
        foreach (var operand in program.Operands)
        {
            if (operand.Kind is OperandKind.Shape) continue;
            var isIndex = Integers.Contains(operand.Name);
            var given = types.TryGetValue(operand.Name, out var named) ? named : isIndex ? DType.Int64 : Type;
            if (isIndex && given.IsFloating)
                throw new LoopRunException($"{program.Name}: {operand.Name} is {given.Name}; it holds integers.");
            Add(new(operand.Name, places.Count, InKernels(given, DType.Int32), extents.Tensor(operand.Name))
            {
                IsOperand = true,
                Outside = given,
            });
        }
        var received = program.Outputs.Take(results).Select(o => o.Name).ToHashSet();
        foreach (var writers in program.Lines.GroupBy(l => l.Target.Tensor))
        {
            var updates = program.Updated(writers.Key)?.Name;
            var given = updates is not null ? places[updates].Outside : types.GetValueOrDefault(writers.Key, Integers.Contains(writers.Key) ? DType.Int64 : Type);
            Add(new(writers.Key, places.Count, updates is null ? InKernels(given, Type) : places[updates].Type,
                extents.Tensor(writers.Key), folded?.GetValueOrDefault(writers.Key))
            {
                Updates = updates,
                Outside = given,
                IsOutput = received.Contains(writers.Key),
                Start = writers.First().Op switch
                {
                    LineOp.Multiply => 1,
                    LineOp.Max => double.NegativeInfinity,
                    LineOp.Min => double.PositiveInfinity,
                    _ => 0,
                },
            });
        }
    }

    public LoopProgram Program { get; }
    public Extents Extents { get; }

    /// <summary>The floating type of the program: float32 or float64.</summary>
    public DType Type { get; }
    public Element Element => Type == DType.Float64 ? Element.Double : Element.Float;
    public IReadOnlySet<string> Integers { get; }

    /// <summary>The attributes that kernels take as arguments, as they were when the program was compiled.</summary>
    public IReadOnlyList<double> Numbers => [.. arguments.Select(Extents.Attribute)];

    /// <summary>The place of an attribute among the arguments; -1 where it is a constant.</summary>
    public int Argument(string attribute) => arguments.IndexOf(attribute);
    public IReadOnlyCollection<TensorPlace> Places => places.Values;

    public TensorPlace this[string tensor] => places.TryGetValue(tensor, out var place) ? place
        : throw new LoopRunException($"{Program.Name}: {tensor} is given by its shape alone, without values.");

    /// <summary>The expression behind an atom.</summary>
    public Expr? Atom(string symbol) => atoms.GetValueOrDefault(symbol);

    /// <summary>The axes whose positions a symbol depends on.</summary>
    public IEnumerable<string> AxesOf(string symbol) =>
        atoms.TryGetValue(symbol, out var atom) ? atom.Axes() : [symbol];

    /// <summary>An index as a form; what is not affine in it becomes an atom. A quotient rounds down.</summary>
    public IndexForm Form(Expr expr) => forms.TryGetValue(expr, out var known) ? known
        : forms[expr] = Affine(expr, rounds: true, Atom)!;

    /// <summary>An expression over axes that is affine as it stands, or null.</summary>
    public IndexForm? Affine(Expr expr) => Affine(expr, rounds: false, _ => null);

    /// <summary>The same, or one that is affine once a run tells its integers: attributes that kernels take as
    /// arguments, cells of integers that surely exist.</summary>
    public IndexForm? AffineAtRun(Expr expr) => Affine(expr, rounds: false, e => e switch
    {
        AttributeValue attribute when Argument(attribute.Name) >= 0 => Atom(e),
        Access access when this[access.Tensor].IsInteger && StaysInside(access, []) => Atom(e),
        _ => null,
    });

    /// <summary>Where the cell of an access lies, counted from the first cell of its tensor.</summary>
    public IndexForm Offset(Access access) => offsets.TryGetValue(access, out var known) ? known
        : offsets[access] = NewOffset(access);

    IndexForm NewOffset(Access access)
    {
        var place = this[access.Tensor];
        var offset = IndexForm.Of(0);
        for (var d = 0; d < access.Indices.Count; d++)
            offset = offset.Plus(Form(access.Indices[d]).Plus(-place.Extent.From[d]), place.Strides[d]);
        return offset;
    }

    /// <summary>Whether every index stays inside its dimension, for all positions that the limits leave.</summary>
    public bool StaysInside(Access access, IReadOnlyList<IndexForm> limits) => !Unproven(access, limits).Any()
        && access.Indices.All(i => !i.Any(e => e is Access inner && !StaysInside(inner, limits)));

    /// <summary>The dimensions whose index may leave the tensor.</summary>
    public IEnumerable<int> Unproven(Access access, IReadOnlyList<IndexForm> limits)
    {
        var extent = this[access.Tensor].Extent;
        for (var d = 0; d < access.Indices.Count; d++)
        {
            var cell = Form(access.Indices[d]).Plus(-extent.From[d]);
            if (!IsNeverNegative(cell, limits)
                || !IsNeverNegative(cell.Times(-1).Plus(extent.Sizes[d] - 1), limits)) yield return d;
        }
    }

    /// <summary>The value of an expression of numbers, extents and attributes; null for any other.</summary>
    public double? Constant(Expr expr)
    {
        if (expr is Number number) return number.Value;
        if (constants.TryGetValue(expr, out var known)) return known;
        var isConstant = !expr.Any(e => e is AxisValue or Access || e is AttributeValue a && Argument(a.Name) >= 0);
        return constants[expr] = isConstant ? Evaluate(expr) : null;
    }

    /// <summary>Whether a form is at least 0 wherever the limits are: by itself, or as a limit plus something not
    /// negative.</summary>
    public bool IsNeverNegative(IndexForm form, IReadOnlyList<IndexForm> limits) =>
        form.Min(Range) >= 0 || limits.Any(l => form.Minus(l).Min(Range) >= 0);

    /// <summary>Inclusive; null where nothing is known.</summary>
    public (long Low, long High)? Range(string symbol)
    {
        if (!atoms.TryGetValue(symbol, out var atom)) return (0, Math.Max(0, Extents[symbol] - 1));
        if (atom is not Binary { Operator: var op and (Arithmetic.Divide or Arithmetic.Remainder) } binary
            || Form(binary.Right) is not { IsConstant: true, Constant: > 0 and var divisor }) return null;
        if (op is Arithmetic.Remainder) return (0, divisor - 1);
        var left = Form(binary.Left);
        return left.Min(Range) is { } low && left.Max(Range) is { } high
            ? (LoopNest.FloorDivide(low, divisor), LoopNest.FloorDivide(high, divisor)) : null;
    }

    IndexForm Atom(Expr expr)
    {
        if (expr is AttributeValue attribute && Argument(attribute.Name) < 0)
            throw new LoopRunException(
                $"{Program.Name}: the attribute {attribute.Name} is used in an index, which takes integers.");
        var symbol = $"{{{expr}}}";
        atoms[symbol] = expr;
        return IndexForm.Of(symbol);
    }

    IndexForm? Affine(Expr expr, bool rounds, Func<Expr, IndexForm?> other)
    {
        return Form(expr);

        IndexForm? Form(Expr e) => e switch
        {
            Number number => Whole(number.Value) ?? other(e),
            AxisValue axis => IndexForm.Of(axis.Axis),
            ExtentValue extent => IndexForm.Of(Extents[extent.Axis]),
            AttributeValue attribute when Argument(attribute.Name) < 0 =>
                Whole(Extents.Attribute(attribute.Name)) ?? other(e),
            Negate negate => Form(negate.Value)?.Times(-1),
            Binary binary => (Form(binary.Left), Form(binary.Right)) is ({ } left, { } right)
                ? Combine(binary.Operator, left, right) ?? other(e) : null,
            _ => other(e),
        };

        IndexForm? Combine(Arithmetic op, IndexForm left, IndexForm right) => op switch
        {
            Arithmetic.Add => left.Plus(right),
            Arithmetic.Subtract => left.Minus(right),
            Arithmetic.Multiply when right.IsConstant => left.Times(right.Constant),
            Arithmetic.Multiply when left.IsConstant => right.Times(left.Constant),
            Arithmetic.Multiply => null,
            _ when !left.IsConstant || !right.IsConstant || right.Constant == 0 => null,
            Arithmetic.Remainder =>
                IndexForm.Of(left.Constant - right.Constant * LoopNest.FloorDivide(left.Constant, right.Constant)),
            _ when rounds || left.Constant % right.Constant == 0 =>
                IndexForm.Of(LoopNest.FloorDivide(left.Constant, right.Constant)),
            _ => null,
        };
    }

    double Evaluate(Expr expr)
    {
        var parts = expr.Parts().Select(Evaluate).ToArray();
        return expr switch
        {
            Number number => number.Value,
            ExtentValue extent => Extents[extent.Axis],
            AttributeValue attribute => Extents.Attribute(attribute.Name),
            Negate => -parts[0],
            Binary binary => binary.Operator switch
            {
                Arithmetic.Add => parts[0] + parts[1],
                Arithmetic.Subtract => parts[0] - parts[1],
                Arithmetic.Multiply => parts[0] * parts[1],
                Arithmetic.Divide => parts[0] / parts[1],
                _ => parts[0] - Math.Floor(parts[0] / parts[1]) * parts[1],
            },
            Call call => call.Function.Value(parts[0], parts[^1]),
            Compare compare => compare.Operator switch
            {
                Comparison.Equal => parts[0] == parts[1],
                Comparison.NotEqual => parts[0] != parts[1],
                Comparison.Less => parts[0] < parts[1],
                Comparison.LessOrEqual => parts[0] <= parts[1],
                Comparison.Greater => parts[0] > parts[1],
                _ => parts[0] >= parts[1],
            } ? 1 : 0,
            And => parts[0] != 0 && parts[1] != 0 ? 1 : 0,
            Or => parts[0] != 0 || parts[1] != 0 ? 1 : 0,
            Not => parts[0] == 0 ? 1 : 0,
            Where => parts[0] != 0 ? parts[1] : parts[2],
            Stop => parts[0],
            _ => throw Throw.Internal($"{expr} is no constant"),
        };
    }

    void Add(TensorPlace place) => places.Add(place.Name, place);

    static IndexForm? Whole(double value) =>
        value == Math.Floor(value) && Math.Abs(value) <= 1L << 53 ? IndexForm.Of((long)value) : null;

    // One floating type in all kernels of a program, the widest that occurs: what has another is converted as it comes
    // and goes.
    static DType? FloatingType(IReadOnlyDictionary<string, DType> types)
    {
        DType? widest = null;
        foreach (var type in types.Values)
            if (type is DType.Float64) widest = type;
            else if (type.IsFloating) widest ??= DType.Float32;
        return widest;
    }

    /// <summary>What kernels compute with in place of a type of memory.</summary>
    /// <param name="truth">For bool.</param>
    DType InKernels(DType type, DType truth) => type switch
    {
        DType.Bool => truth,
        DType.Int32 or DType.Int64 => type,
        DType.UInt32 or DType.UInt64 => DType.Int64,
        _ => type.IsFloating ? Type : DType.Int32,
    };
}
