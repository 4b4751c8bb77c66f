namespace Adjoint;

// Expressions of kernel code: pure, typed, without side effects. Both writers walk them as they stand, so the text a
// person reads and the code that runs are the same operations in the same order. Numbers written in C# (x * 0.5, i + 1)
// take the type of what they meet; a scalar that meets a vector is broadcast.

/// <summary>An expression of kernel code.</summary>
abstract class CodeExpr(CodeType type)
{
    public CodeType Type { get; } = type;

    public static implicit operator CodeExpr(double value) => new CodeConstant(CodeType.Double, value, isUntyped: true);
    public static implicit operator CodeExpr(long value) => new CodeConstant(CodeType.Int64, value, isUntyped: true);
    public static implicit operator CodeExpr(int value) => (long)value;

    /// <summary>The sum; pointer + integer moves by cells.</summary>
    public static CodeExpr operator +(CodeExpr a, CodeExpr b) => Code.Add(a, b);
    public static CodeExpr operator -(CodeExpr a, CodeExpr b) => Code.Binary(CodeOp.Subtract, a, b);
    public static CodeExpr operator *(CodeExpr a, CodeExpr b) => Code.Binary(CodeOp.Multiply, a, b);

    /// <summary>Of integers: cut towards zero, as in C#.</summary>
    public static CodeExpr operator /(CodeExpr a, CodeExpr b) => Code.Binary(CodeOp.Divide, a, b);

    /// <summary>Of scalars, with the sign of the left one, as in C#.</summary>
    public static CodeExpr operator %(CodeExpr a, CodeExpr b) => Code.Binary(CodeOp.Remainder, a, b);
    public static CodeExpr operator -(CodeExpr a) => Code.Unary(CodeOp.Negate, a);

    // Bits of integers, or masks.
    public static CodeExpr operator &(CodeExpr a, CodeExpr b) => Code.Binary(CodeOp.And, a, b);
    public static CodeExpr operator |(CodeExpr a, CodeExpr b) => Code.Binary(CodeOp.Or, a, b);
    public static CodeExpr operator ^(CodeExpr a, CodeExpr b) => Code.Binary(CodeOp.Xor, a, b);
    public static CodeExpr operator !(CodeExpr mask) => Code.Unary(CodeOp.Not, mask);
    public static CodeExpr operator <<(CodeExpr a, int count) => Code.Shift(CodeOp.ShiftLeft, a, count);
    public static CodeExpr operator >>(CodeExpr a, int count) => Code.Shift(CodeOp.ShiftRight, a, count);
    public static CodeExpr operator >>>(CodeExpr a, int count) => Code.Shift(CodeOp.ShiftRightLogical, a, count);

    // Comparisons give masks; with NaN they are false, NotEqual is true.
    public static CodeExpr operator <(CodeExpr a, CodeExpr b) => Code.Compare(CodeOp.Less, a, b);
    public static CodeExpr operator >(CodeExpr a, CodeExpr b) => Code.Compare(CodeOp.Less, b, a);
    public static CodeExpr operator <=(CodeExpr a, CodeExpr b) => Code.Compare(CodeOp.LessOrEqual, a, b);
    public static CodeExpr operator >=(CodeExpr a, CodeExpr b) => Code.Compare(CodeOp.LessOrEqual, b, a);

    /// <summary>The cell of a pointer.</summary>
    public CodeExpr this[CodeExpr index] => Code.Load(this, index, new CodeType(Type.Element));
}

/// <summary>A number; in a vector type, in every lane.</summary>
sealed class CodeConstant : CodeExpr
{
    public CodeConstant(CodeType type, double value, bool isUntyped = false) : base(type) =>
        (Value, Integer, IsUntyped) = (type.Element == Element.Float ? (float)value : value, (long)value, isUntyped);

    public CodeConstant(CodeType type, long value, bool isUntyped = false) : base(type) =>
        (Value, Integer, IsUntyped) = (type.Element == Element.Float ? (float)value : value, value, isUntyped);

    /// <summary>The number of a floating type.</summary>
    public double Value { get; }

    /// <summary>The number of an integer type; of masks -1 or 0.</summary>
    public long Integer { get; }

    /// <summary>Written in C# without a type: takes the type of the other operand.</summary>
    public bool IsUntyped { get; }

    public CodeConstant Retyped(CodeType type) => type.IsFloating ? new(type, Type.IsFloating ? Value : Integer)
        : type.IsInteger && (!Type.IsFloating || Value == Integer) ? new(type, Integer)
        : throw Throw.Internal($"kernel code uses the number {Value} as {type}");
}

/// <summary>A named value: a parameter, a counter, what <see cref="CodeBuilder.Let"/> holds, or a variable.</summary>
sealed class CodeLocal(string name, CodeType type) : CodeExpr(type)
{
    public string Name { get; } = name;
}

/// <summary>One operation on values.</summary>
/// <param name="detail">The count of a shift, the number of a lane.</param>
sealed class CodeOperation(CodeOp op, CodeType type, CodeExpr[] args, int detail = 0) : CodeExpr(type)
{
    public CodeOp Op { get; } = op;
    public CodeExpr[] Args { get; } = args;
    public int Detail { get; } = detail;
}

/// <summary>The cells of a pointer from an index on.</summary>
/// <param name="mask">Lanes without it are not read and are 0.</param>
sealed class CodeLoad(CodeExpr pointer, CodeExpr index, CodeType type, CodeExpr? mask) : CodeExpr(type)
{
    public CodeExpr Pointer { get; } = pointer;
    public CodeExpr Index { get; } = index;
    public CodeExpr? Mask { get; } = mask;
}

/// <summary>A call of a scalar method of <see cref="Math"/>; vectors would pass through memory.</summary>
sealed class CodeCall(System.Reflection.MethodInfo method, CodeType type, CodeExpr[] args) : CodeExpr(type)
{
    public System.Reflection.MethodInfo Method { get; } = method;
    public CodeExpr[] Args { get; } = args;
}
