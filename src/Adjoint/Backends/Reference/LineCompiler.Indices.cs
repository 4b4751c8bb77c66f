namespace Adjoint;

partial class LineCompiler
{
    // Beyond this a double no longer holds every integer.
    const double LargestInteger = 1L << 53;

    /// <summary>The offset of the cell an access names, in its tensor's values.</summary>
    public Func<long> Address(Access access)
    {
        var cells = frame.Cells[access.Tensor];
        var forms = new AffineForm?[access.Indices.Count];
        for (var d = 0; d < forms.Length; d++) forms[d] = Affine(access.Indices[d], rounds: true, (access.Tensor, d));
        return new CellAddress(cells, forms, Indices(access), frame.Positions, Outside).Compile();

        LoopRunException Outside(long[] values) => RunErrors.Outside(frame, line, access, cells, values);
    }

    /// <summary>The indices of an access, one closure a dimension.</summary>
    public Func<long>[] Indices(Access access) =>
        [.. access.Indices.Select((index, d) => Index(index, (access.Tensor, d)))];

    /// <summary>What is at least 0 at every point where a comparison of affine integers holds.</summary>
    /// <returns>Null for any other condition.</returns>
    public AffineForm[]? Limits(Expr condition)
    {
        if (condition is not Compare { Operator: not Comparison.NotEqual } compare
            || Affine(compare.Left, rounds: false) is not { } left
            || Affine(compare.Right, rounds: false) is not { } right) return null;
        var difference = left.Plus(right, -1);
        return compare.Operator switch
        {
            Comparison.Equal => [difference, difference.Times(-1)],
            Comparison.Less => [difference.Times(-1).Plus(-1)],
            Comparison.LessOrEqual => [difference.Times(-1)],
            Comparison.Greater => [difference.Plus(-1)],
            _ => [difference],
        };
    }

    // The place is the dimension that is indexed: the integer part of (g,0) has the extent of its declaration.
    Func<long> Index(Expr expr, (string Tensor, int Dim)? place = null)
    {
        if (Affine(expr, rounds: true, place) is { } form) return form.Compile(at);
        switch (expr)
        {
            case AttributeValue attribute: throw RunErrors.AttributeIsNoInteger(frame, line, attribute);
            case Negate negate:
                var positive = Index(negate.Value);
                return () => -positive();
            case Binary binary: return Operation(binary, Index(binary.Left), Index(binary.Right));
            default:
                var value = Value(expr);
                return () => Whole(value(), expr);
        }
    }

    long Whole(double value, Expr expr) =>
        value == Math.Floor(value) && Math.Abs(value) <= LargestInteger
            ? (long)value
            : throw RunErrors.IndexIsNoInteger(frame, line, expr, value);

    Func<long> Operation(Binary binary, Func<long> a, Func<long> b) => binary.Operator switch
    {
        Arithmetic.Add => () => a() + b(),
        Arithmetic.Subtract => () => a() - b(),
        Arithmetic.Multiply => () => a() * b(),
        Arithmetic.Divide => () => LoopNest.FloorDivide(a(), NotZero(b(), binary)),
        _ => () => Remainder(a(), NotZero(b(), binary)),
    };

    long NotZero(long divisor, Binary binary) =>
        divisor != 0 ? divisor : throw RunErrors.DivisionByZero(frame, line, binary);

    static long Remainder(long a, long b) => a - b * LoopNest.FloorDivide(a, b);

    // In an index `/` rounds down; in a condition it is that of doubles, so there only a whole quotient counts.
    AffineForm? Affine(Expr expr, bool rounds, (string Tensor, int Dim)? place = null)
    {
        return Form(expr);

        AffineForm? Form(Expr e) => e switch
        {
            Number number => Constant(number.Value),
            AxisValue axis => AffineForm.OfSlot(frame.Positions[axis.Axis]),
            ExtentValue extent => AffineForm.Of(frame.Extents[extent.Axis]),
            AttributeValue attribute => Constant(frame.Extents.Attribute(attribute.Name)),
            Access { Indices.Count: 0 } scalar =>
                frame.Positions.Find(scalar.Tensor) is { } slot ? AffineForm.OfSlot(slot) : null,
            Negate negate => Form(negate.Value)?.Times(-1),
            Binary binary => Form(binary.Left) is { } left && Form(binary.Right) is { } right
                ? Combine(binary.Operator, left, right) : null,
            Composite composite => Fold(composite),
            _ => null,
        };

        AffineForm? Combine(Arithmetic op, AffineForm left, AffineForm right) => op switch
        {
            Arithmetic.Add => left.Plus(right),
            Arithmetic.Subtract => left.Plus(right, -1),
            Arithmetic.Multiply when right.IsConstant => left.Times(right.Constant),
            Arithmetic.Multiply when left.IsConstant => right.Times(left.Constant),
            Arithmetic.Multiply => null,
            _ when !left.IsConstant || !right.IsConstant || right.Constant == 0 => null,
            Arithmetic.Remainder => AffineForm.Of(Remainder(left.Constant, right.Constant)),
            _ when rounds || left.Constant % right.Constant == 0 =>
                AffineForm.Of(LoopNest.FloorDivide(left.Constant, right.Constant)),
            _ => null,
        };

        AffineForm Fold(Composite composite)
        {
            var sum = AffineForm.Of(0);
            for (var i = 0; i < composite.Parts.Count; i++)
            {
                if (i > 0) sum = sum.Times(frame.PartExtent(line, composite, i, place));
                sum = sum.Plus(Form(composite.Parts[i])
                    ?? throw Throw.Internal($"the part {composite.Parts[i]} of {composite} is no index"));
            }
            return sum;
        }
    }

    static AffineForm? Constant(double value) =>
        value == Math.Floor(value) && Math.Abs(value) <= LargestInteger ? AffineForm.Of((long)value) : null;
}
