namespace Adjoint;

/// <summary>Which values the integer operands of a program may have without leaving the tensors they index.</summary>
sealed class IntegerRanges
{
    readonly LoopProgram program;
    readonly Extents extents;
    readonly Dictionary<string, (long Low, long High)> ranges = [];
    readonly Dictionary<string, (long Low, long High)> compared = [];
    readonly HashSet<string> distinct = [];

    public IntegerRanges(LoopProgram program, Extents extents)
    {
        (this.program, this.extents) = (program, extents);
        foreach (var line in program.Lines)
        {
            foreach (var expression in line.Expressions()) expression.Visit(Visit);
            if (line.Op is not LineOp.Set) continue;
            foreach (var index in line.Target.Indices)
                index.Visit(node => { if (node is Access gathered) distinct.Add(gathered.Tensor); });
        }
    }

    /// <summary>Inclusive; empty where no value fits. Null: neither an index nor compared with an axis.</summary>
    public (long Low, long High)? this[string operand] =>
        ranges.TryGetValue(operand, out var range) || compared.TryGetValue(operand, out range) ? range : null;

    /// <summary>Names cells of an `=`: no value may occur twice.</summary>
    public bool IsDistinct(string operand) => distinct.Contains(operand);

    void Visit(Expr node)
    {
        if (node is Access access)
            for (var d = 0; d < access.Indices.Count; d++) AddIndex(access, d);
        if (node is Compare compare)
        {
            AddCompared(compare.Left, compare.Right);
            AddCompared(compare.Right, compare.Left);
        }
    }

    void AddIndex(Access access, int d)
    {
        if (Split(access.Indices[d]) is not { Gathered: { } gathered } index) return;
        var tensor = extents.Tensor(access.Tensor);
        long first = tensor.From[d], last = first + tensor.Sizes[d] - 1;
        var (low, high) = index.IsNegative
            ? (index.High - last, index.Low - first)
            : (first - index.Low, last - index.High);
        if (ranges.TryGetValue(gathered.Tensor, out var known))
            (low, high) = (Math.Max(low, known.Low), Math.Min(high, known.High));
        ranges[gathered.Tensor] = (low, high);
    }

    // t < length[b]: from no step to all of them.
    void AddCompared(Expr position, Expr other)
    {
        if (other is Access access && program.FindOperand(access.Tensor) is not null && position is AxisValue axis)
            compared[access.Tensor] = (0, extents[axis.Axis]);
    }

    readonly record struct Parts(Access? Gathered, bool IsNegative, long Low, long High);

    // An index as one gathered access, plus a rest between two bounds; null for anything else.
    Parts? Split(Expr index)
    {
        switch (index)
        {
            case Access access when program.FindOperand(access.Tensor) is not null: return new(access, false, 0, 0);
            case AxisValue axis: return new(null, false, 0, extents[axis.Axis] - 1);
            case ExtentValue extent: return new(null, false, extents[extent.Axis], extents[extent.Axis]);
            case Number number: return new(null, false, (long)number.Value, (long)number.Value);
            case AttributeValue attribute:
                var given = (long)extents.Attribute(attribute.Name);
                return new(null, false, given, given);
            case Negate negate:
                return Split(negate.Value) is { } value
                    ? new(value.Gathered, value.Gathered is not null && !value.IsNegative, -value.High, -value.Low)
                    : null;
            case Binary { Operator: Arithmetic.Add } sum: return Sum(Split(sum.Left), Split(sum.Right));
            case Binary { Operator: Arithmetic.Subtract } difference:
                return Sum(Split(difference.Left), Split(new Negate(difference.Right)));
            default: return null;
        }
    }

    static Parts? Sum(Parts? left, Parts? right) =>
        left is not { } a || right is not { } b || (a.Gathered is not null && b.Gathered is not null) ? null
            : new(a.Gathered ?? b.Gathered, a.IsNegative || b.IsNegative, a.Low + b.Low, a.High + b.High);
}
