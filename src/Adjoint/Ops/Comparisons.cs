namespace Adjoint;

/// <summary>Comparisons, logic and selection, element by element. True is 1 and false is 0; what is not 0 counts as
/// true.</summary>
public static class ComparisonOps
{
    /// <summary>1 where x equals z.</summary>
    public static readonly Op Equal = Op.Define("""
        equal(x[..], z[..]) -> y
          y[..] = x[..] == z[..]
        """);

    /// <summary>1 where x differs from z.</summary>
    public static readonly Op NotEqual = Op.Define("""
        not_equal(x[..], z[..]) -> y
          y[..] = x[..] != z[..]
        """);

    /// <summary>1 where x is below z.</summary>
    public static readonly Op Less = Op.Define("""
        less(x[..], z[..]) -> y
          y[..] = x[..] < z[..]
        """);

    /// <summary>1 where x is at most z.</summary>
    public static readonly Op LessOrEqual = Op.Define("""
        less_or_equal(x[..], z[..]) -> y
          y[..] = x[..] <= z[..]
        """);

    /// <summary>1 where x is above z.</summary>
    public static readonly Op Greater = Op.Define("""
        greater(x[..], z[..]) -> y
          y[..] = x[..] > z[..]
        """);

    /// <summary>1 where x is at least z.</summary>
    public static readonly Op GreaterOrEqual = Op.Define("""
        greater_or_equal(x[..], z[..]) -> y
          y[..] = x[..] >= z[..]
        """);

    /// <summary>1 where both are true.</summary>
    public static readonly Op LogicalAnd = Op.Define("""
        logical_and(int x[..], int z[..]) -> y
          y[..] = (x[..] != 0 and z[..] != 0)
        """).Within("x", 0, 1).Within("z", 0, 1);

    /// <summary>1 where one or both are true.</summary>
    public static readonly Op LogicalOr = Op.Define("""
        logical_or(int x[..], int z[..]) -> y
          y[..] = (x[..] != 0 or z[..] != 0)
        """).Within("x", 0, 1).Within("z", 0, 1);

    /// <summary>1 where exactly one is true.</summary>
    public static readonly Op LogicalXor = Op.Define("""
        logical_xor(int x[..], int z[..]) -> y
          y[..] = (x[..] != 0) != (z[..] != 0)
        """).Within("x", 0, 1).Within("z", 0, 1);

    /// <summary>1 where x is false.</summary>
    public static readonly Op LogicalNot = Op.Define("""
        logical_not(int x[..]) -> y
          y[..] = x[..] == 0
        """).Within("x", 0, 1);

    /// <summary>1 where x is not a number: only such a value differs from itself.</summary>
    public static readonly Op IsNaN = Op.Define("""
        is_nan(x[..]) -> y
          y[..] = x[..] != x[..]
        """);

    /// <summary>1 where x is inf or -inf.</summary>
    public static readonly Op IsInfinite = Op.Define("""
        is_infinite(x[..]) -> y
          y[..] = abs(x[..]) == inf
        """);

    /// <summary>1 where x is a number and not infinite.</summary>
    public static readonly Op IsFinite = Op.Define("""
        is_finite(x[..]) -> y
          y[..] = abs(x[..]) < inf
        """);

    /// <summary>x where the condition is true, z elsewhere.</summary>
    public static readonly Op Select = Op.Define("""
        select(int condition[..], x[..], z[..]) -> y
          y[..] = where(condition[..] != 0, x[..], z[..])
        """).Within("condition", 0, 1);

    /// <summary>A fixed value where the mask is true, x elsewhere.</summary>
    public static readonly Op MaskedFill = Op.Define("""
        masked_fill(x[..], int mask[..]; value = 0) -> y
          y[..] = where(mask[..] != 0, value, x[..])
        """).Within("mask", 0, 1).Tried("value", -3);

    /// <summary>1 above the edge, 0 below, the given height at it.</summary>
    public static readonly Op Heaviside = Op.Define("""
        heaviside(x[..]; edge = 0, height = 0.5) -> y
          y[..] = where(x[..] == edge, height, x[..] > edge)
        """);

    internal static Op[] All =>
    [
        Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, LogicalAnd, LogicalOr, LogicalXor, LogicalNot,
        IsNaN, IsInfinite, IsFinite, Select, MaskedFill, Heaviside,
    ];
}

public sealed partial class Tensor
{
    /// <summary>True where this equals z, as bool: [..].</summary>
    public Tensor Equal(Tensor z) => ComparisonOps.Equal.CallAs(DType.Bool, [this, z]);

    public Tensor Equal(double z) => Equal(Like(this, z));

    /// <summary>True where this differs from z, as bool: [..].</summary>
    public Tensor NotEqual(Tensor z) => ComparisonOps.NotEqual.CallAs(DType.Bool, [this, z]);

    public Tensor NotEqual(double z) => NotEqual(Like(this, z));

    /// <summary>True where this is below z, as bool: [..].</summary>
    public Tensor Less(Tensor z) => ComparisonOps.Less.CallAs(DType.Bool, [this, z]);

    public Tensor Less(double z) => Less(Like(this, z));

    /// <summary>True where this is at most z, as bool: [..].</summary>
    public Tensor LessOrEqual(Tensor z) => ComparisonOps.LessOrEqual.CallAs(DType.Bool, [this, z]);

    public Tensor LessOrEqual(double z) => LessOrEqual(Like(this, z));

    /// <summary>True where this is above z, as bool: [..].</summary>
    public Tensor Greater(Tensor z) => ComparisonOps.Greater.CallAs(DType.Bool, [this, z]);

    public Tensor Greater(double z) => Greater(Like(this, z));

    /// <summary>True where this is at least z, as bool: [..].</summary>
    public Tensor GreaterOrEqual(Tensor z) => ComparisonOps.GreaterOrEqual.CallAs(DType.Bool, [this, z]);

    public Tensor GreaterOrEqual(double z) => GreaterOrEqual(Like(this, z));

    /// <summary>True where both are true: bool or integer [..].</summary>
    public Tensor And(Tensor z) => ComparisonOps.LogicalAnd.CallAs(DType.Bool, [this, z]);

    /// <summary>True where one or both are true: bool or integer [..].</summary>
    public Tensor Or(Tensor z) => ComparisonOps.LogicalOr.CallAs(DType.Bool, [this, z]);

    /// <summary>True where exactly one is true: bool or integer [..].</summary>
    public Tensor Xor(Tensor z) => ComparisonOps.LogicalXor.CallAs(DType.Bool, [this, z]);

    /// <summary>True where this is false: bool or integer [..].</summary>
    public Tensor Not() => ComparisonOps.LogicalNot.CallAs(DType.Bool, [this]);

    /// <summary>True where this is not a number: [..].</summary>
    public Tensor IsNaN() => ComparisonOps.IsNaN.CallAs(DType.Bool, [this]);

    /// <summary>True where this is inf or -inf: [..].</summary>
    public Tensor IsInfinite() => ComparisonOps.IsInfinite.CallAs(DType.Bool, [this]);

    /// <summary>True where this is a number and not infinite: [..].</summary>
    public Tensor IsFinite() => ComparisonOps.IsFinite.CallAs(DType.Bool, [this]);

    /// <summary>x where this is true, z elsewhere: bool or integer [..].</summary>
    public Tensor Select(Tensor x, Tensor z) => ComparisonOps.Select.Call([this, x, z]);

    /// <summary>x where the condition is true, z elsewhere: [..].</summary>
    public static Tensor Where(Tensor condition, Tensor x, Tensor z) => condition.Select(x, z);

    /// <summary>A fixed value where the mask is true: [..].</summary>
    public Tensor MaskedFill(Tensor mask, double value) => ComparisonOps.MaskedFill.Call([this, mask], value);

    /// <summary>1 above the edge, 0 below: [..].</summary>
    public Tensor Heaviside(double edge = 0, double height = 0.5) =>
        ComparisonOps.Heaviside.Call([this], edge, height);
}
