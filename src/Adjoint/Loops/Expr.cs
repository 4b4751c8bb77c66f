namespace Adjoint;

// The right side of a line. Nodes are immutable and compare by value; indices of an access are expressions too, evaluated
// in integers. A comparison is 1 or 0. `..` is the axis named "..".

/// <summary>A scalar expression of one point of a line.</summary>
public abstract record Expr
{
    public static readonly Number Zero = new(0);
    public static readonly Number One = new(1);

    /// <summary>As printed in the notation.</summary>
    public sealed override string ToString() => Printer.Print(this);
}

/// <summary>A literal; <c>inf</c> is one too.</summary>
public sealed record Number(double Value) : Expr;

/// <summary>The position along an axis, as a number.</summary>
public sealed record AxisValue(string Axis) : Expr;

/// <summary><c>#j</c>: how many positions an axis has.</summary>
public sealed record ExtentValue(string Axis) : Expr;

/// <summary>A named number of the signature (after the semicolon).</summary>
public sealed record AttributeValue(string Name) : Expr;

/// <summary>One cell of an operand or of a computed tensor; a scalar has no indices.</summary>
public sealed record Access(string Tensor, EquatableArray<Expr> Indices) : Expr;

/// <summary><c>(h,c)</c> in an index: h * #c + c. Parts are axes or integers.</summary>
public sealed record Composite(EquatableArray<Expr> Parts) : Expr;

public sealed record Negate(Expr Value) : Expr;

public enum Arithmetic { Add, Subtract, Multiply, Divide, Remainder }

public sealed record Binary(Arithmetic Operator, Expr Left, Expr Right) : Expr;

public enum Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual }

public sealed record Compare(Comparison Operator, Expr Left, Expr Right) : Expr;

public sealed record And(Expr Left, Expr Right) : Expr;

public sealed record Or(Expr Left, Expr Right) : Expr;

public sealed record Not(Expr Value) : Expr;

/// <summary>A row of the scalar-function table applied to arguments.</summary>
public sealed record Call(ScalarFunction Function, EquatableArray<Expr> Arguments) : Expr;

/// <summary>Evaluates only the chosen branch, so that the other may be out of range.</summary>
public sealed record Where(Expr Condition, Expr Then, Expr Else) : Expr;

/// <summary>The value without its gradient.</summary>
public sealed record Stop(Expr Value) : Expr;
