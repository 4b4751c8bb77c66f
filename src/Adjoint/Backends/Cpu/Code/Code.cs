namespace Adjoint;

// How expressions of kernel code are made: operands are brought to one type here and types are checked, so that the
// writers meet nothing they cannot write.

/// <summary>The functions that make expressions of kernel code, beside the operators.</summary>
static class Code
{
    public static CodeExpr Constant(CodeType type, double value) => new CodeConstant(type, value);
    public static CodeExpr Constant(CodeType type, long value) => new CodeConstant(type, value);

    public static CodeExpr Add(CodeExpr a, CodeExpr b)
    {
        if (!a.Type.IsPointer) return Binary(CodeOp.Add, a, b);
        if (b is CodeConstant { Integer: 0 }) return a;
        return new CodeOperation(CodeOp.Add, a.Type, [a, Typed(b, CodeType.Int64)]);
    }

    public static CodeExpr Binary(CodeOp op, CodeExpr a, CodeExpr b)
    {
        var args = Unify(a, b);
        var type = args[0].Type;
        var isAllowed = op switch
        {
            CodeOp.And or CodeOp.Or or CodeOp.Xor => !type.IsFloating,
            CodeOp.Divide => type.IsFloating || !type.IsVector && type.IsInteger,
            CodeOp.Remainder => !type.IsVector && !type.IsMask,
            _ => !type.IsMask,
        };
        Require(isAllowed && !type.IsPointer, $"{op} of {a.Type} and {b.Type}");
        return Fold(op, args) ?? new CodeOperation(op, type, args);
    }

    public static CodeExpr Unary(CodeOp op, CodeExpr a)
    {
        if (op == CodeOp.Negate && a is CodeConstant { IsUntyped: true } number)
            return number.Type.IsFloating ? -number.Value : -number.Integer;
        Require(!a.Type.IsPointer && op == CodeOp.Not == a.Type.IsMask, $"{op} of {a.Type}");
        return new CodeOperation(op, a.Type, [a]);
    }

    public static CodeExpr Shift(CodeOp op, CodeExpr a, int count)
    {
        Require(a.Type.IsInteger, $"{op} of {a.Type}");
        return new CodeOperation(op, a.Type, [a], count);
    }

    public static CodeExpr Compare(CodeOp op, CodeExpr a, CodeExpr b)
    {
        var args = Unify(a, b);
        Require(!args[0].Type.IsMask && !args[0].Type.IsPointer, $"{op} of {a.Type}");
        return new CodeOperation(op, args[0].Type.AsMask, args);
    }

    public static CodeExpr Equal(CodeExpr a, CodeExpr b) => Compare(CodeOp.Equal, a, b);
    public static CodeExpr NotEqual(CodeExpr a, CodeExpr b) => Compare(CodeOp.NotEqual, a, b);
    public static CodeExpr IsNaN(CodeExpr a) => Compare(CodeOp.NotEqual, a, a);

    public static CodeExpr Fma(CodeExpr a, CodeExpr b, CodeExpr c)
    {
        var args = Unify(a, b, c);
        Require(args[0].Type.IsFloating, $"Fma of {args[0].Type}");
        return new CodeOperation(CodeOp.Fma, args[0].Type, args);
    }

    public static CodeExpr MinNative(CodeExpr a, CodeExpr b) => Binary(CodeOp.MinNative, a, b);
    public static CodeExpr MaxNative(CodeExpr a, CodeExpr b) => Binary(CodeOp.MaxNative, a, b);
    public static CodeExpr Abs(CodeExpr a) => Unary(CodeOp.Abs, a);
    public static CodeExpr Sqrt(CodeExpr a) => Floating(CodeOp.Sqrt, a);
    public static CodeExpr Floor(CodeExpr a) => Floating(CodeOp.Floor, a);

    public static CodeExpr Scale(CodeExpr a, CodeExpr exponent) => Binary(CodeOp.Scale, a, exponent);

    /// <summary>Lane by lane <paramref name="a"/> where the mask is set, else <paramref name="b"/>.</summary>
    /// <remarks>A scalar mask chooses first: what it does not choose is not computed and may not exist.</remarks>
    public static CodeExpr Select(CodeExpr mask, CodeExpr a, CodeExpr b)
    {
        var args = Unify(a, b);
        var type = args[0].Type;
        if (!type.IsVector && mask.Type.IsVector)
        {
            type = type.With(mask.Type.Lanes);
            args = [.. args.Select(x => Broadcast(x, type.Lanes))];
        }
        Require(mask.Type == type.AsMask || mask.Type == CodeType.Bool, $"Select of {type} by {mask.Type}");
        return new CodeOperation(CodeOp.Select, type, [mask, .. args]);
    }

    public static CodeExpr Broadcast(CodeExpr a, int lanes) =>
        a.Type.Lanes == lanes ? a
        : a is CodeConstant number ? number.Retyped(a.Type.With(lanes))
        : Broadcast(a, a.Type.With(lanes));

    public static CodeExpr Convert(CodeExpr a, Element element)
    {
        if (a is CodeConstant number) return number.Retyped(a.Type with { Element = element });
        if (a.Type.Element == element) return a;
        var type = a.Type with { Element = element };
        Require(!a.Type.IsPointer && !type.IsMask, $"{type} of {a.Type}");
        Require(!type.IsVector || type.ElementBytes == a.Type.ElementBytes, $"{type} of {a.Type}");
        return new CodeOperation(CodeOp.Convert, type, [a]);
    }

    /// <summary>The bits of a floating value as integers.</summary>
    public static CodeExpr Bits(CodeExpr a) => new CodeOperation(CodeOp.Bits, a.Type.AsInteger, [a]);

    /// <summary>The floating value that has these bits.</summary>
    public static CodeExpr FromBits(CodeExpr a) => new CodeOperation(
        CodeOp.Bits, a.Type with { Element = a.Type.ElementBytes == 4 ? Element.Float : Element.Double }, [a]);

    public static CodeExpr Lower(CodeExpr a) => new CodeOperation(CodeOp.Lower, a.Type.With(a.Type.Lanes / 2), [a]);
    public static CodeExpr Upper(CodeExpr a) => new CodeOperation(CodeOp.Upper, a.Type.With(a.Type.Lanes / 2), [a]);
    public static CodeExpr Lane(CodeExpr a, int lane) =>
        a.Type.IsVector ? new CodeOperation(CodeOp.Lane, a.Type.Scalar, [a], lane) : a;

    /// <summary>The vector of these scalars, or the one scalar itself.</summary>
    public static CodeExpr Pack(IReadOnlyList<CodeExpr> lanes) => lanes.Count == 1 ? lanes[0]
        : new CodeOperation(CodeOp.Pack, lanes[0].Type.With(lanes.Count), [.. lanes]);

    /// <summary>0, 1, 2 … in the lanes of a type.</summary>
    public static CodeExpr Indices(CodeType type) =>
        Pack([.. Enumerable.Range(0, type.Lanes).Select(lane => Constant(type.Scalar, (double)lane))]);

    /// <summary>A vector of lanes of two others.</summary>
    /// <param name="lanes">Below the number of lanes those of <paramref name="a"/>, from there on those of
    /// <paramref name="b"/>.</param>
    public static CodeExpr Permute(CodeExpr a, CodeExpr b, IEnumerable<int> lanes) =>
        new CodeOperation(CodeOp.Permute, a.Type,
            [a, Pack([.. lanes.Select(lane => Constant(a.Type.AsInteger.Scalar, (long)lane))]), b]);

    /// <summary>Lanes 0, 2, 4 … of one vector, then 1, 3, 5 … of another.</summary>
    public static CodeExpr Alternate(CodeExpr a, CodeExpr b) => new CodeOperation(CodeOp.Alternate, a.Type, [a, b]);

    public static CodeExpr Any(CodeExpr mask) =>
        mask.Type.IsVector ? new CodeOperation(CodeOp.Any, CodeType.Bool, [mask]) : mask;

    /// <summary>A scalar method of <see cref="Math"/>.</summary>
    public static CodeExpr Call(Func<double, double> method, CodeExpr a) =>
        new CodeCall(method.Method, CodeType.Double, [Typed(a, CodeType.Double)]);

    public static CodeExpr Load(CodeExpr pointer, CodeExpr index, CodeType type, CodeExpr? mask = null)
    {
        Require(pointer.Type.IsPointer && pointer.Type.Element == type.Element, $"{type} from {pointer.Type}");
        Require(mask is null || mask.Type == type.AsMask, $"{type} under {mask?.Type}");
        return new CodeLoad(pointer, Typed(index, CodeType.Int64), type, mask);
    }

    /// <summary>A number written in C# in the type that is asked for; anything else must have it already.</summary>
    public static CodeExpr Typed(CodeExpr a, CodeType type)
    {
        if (a is CodeConstant { IsUntyped: true } number) return number.Retyped(type);
        if (type.IsVector && a.Type == type.Scalar) return Broadcast(a, type);
        Require(a.Type == type, $"{a.Type} where {type} is needed");
        return a;
    }

    /// <summary>Two operands in one type: numbers written in C# get the other's, scalars the other's lanes.</summary>
    public static (CodeExpr A, CodeExpr B) Same(CodeExpr a, CodeExpr b)
    {
        var args = Unify(a, b);
        return (args[0], args[1]);
    }

    static CodeOperation Floating(CodeOp op, CodeExpr a)
    {
        Require(a.Type.IsFloating, $"{op} of {a.Type}");
        return new CodeOperation(op, a.Type, [a]);
    }

    static CodeExpr Broadcast(CodeExpr a, CodeType type) =>
        type.IsMask ? new CodeOperation(CodeOp.Select, type, [a, Constant(type, -1), Constant(type, 0)])
        : a is CodeConstant number ? number.Retyped(type)
        : new CodeOperation(CodeOp.Broadcast, type, [a]);

    // One type for all: that of the first operand with a type, with the lanes of the widest.
    static CodeExpr[] Unify(params CodeExpr[] args)
    {
        var first = args.FirstOrDefault(a => a is not CodeConstant { IsUntyped: true }) ?? args[0];
        var widest = args.MaxBy(a => a.Type.Lanes)!.Type;
        var type = widest.IsMask ? widest : first.Type.With(widest.Lanes);
        return [.. args.Select(a => Typed(a, type))];
    }

    // Index arithmetic is full of + 0 and * 1; gone here, they are gone from the text as well.
    static CodeExpr? Fold(CodeOp op, CodeExpr[] args)
    {
        if (args[0].Type != CodeType.Int64) return null;
        return (op, args[0], args[1]) switch
        {
            (CodeOp.Add, CodeConstant a, CodeConstant b) => Constant(a.Type, a.Integer + b.Integer),
            (CodeOp.Subtract, CodeConstant a, CodeConstant b) => Constant(a.Type, a.Integer - b.Integer),
            (CodeOp.Multiply, CodeConstant a, CodeConstant b) => Constant(a.Type, a.Integer * b.Integer),
            (CodeOp.Add, CodeConstant { Integer: 0 }, var b) => b,
            (CodeOp.Add or CodeOp.Subtract, var a, CodeConstant { Integer: 0 }) => a,
            (CodeOp.Multiply, CodeConstant { Integer: 1 }, var b) => b,
            (CodeOp.Multiply or CodeOp.Divide, var a, CodeConstant { Integer: 1 }) => a,
            (CodeOp.Multiply, CodeConstant { Integer: 0 } zero, _) => zero,
            (CodeOp.Multiply, _, CodeConstant { Integer: 0 } zero) => zero,
            _ => null,
        };
    }

    static void Require(bool isTrue, string what)
    {
        if (!isTrue) throw Throw.Internal($"kernel code has no {what}");
    }
}
