namespace Adjoint;

// Elementwise arithmetic. Broadcasting of size 1 belongs to the call: here both operands have the same shape.

/// <summary>Elementwise arithmetic on one, two or three operands of one shape [..].</summary>
public static class ArithmeticOps
{
    /// <summary>x + z.</summary>
    public static readonly Op Add = Op.Define("""
        add(x[..], z[..]) -> y
          y[..] = x[..] + z[..]
        """);

    /// <summary>x - z.</summary>
    public static readonly Op Subtract = Op.Define("""
        subtract(x[..], z[..]) -> y
          y[..] = x[..] - z[..]
        """);

    /// <summary>x times z.</summary>
    public static readonly Op Multiply = Op.Define("""
        multiply(x[..], z[..]) -> y
          y[..] = x[..] * z[..]
        """);

    /// <summary>x / z.</summary>
    public static readonly Op Divide = Op.Define("""
        divide(x[..], z[..]) -> y
          y[..] = x[..] / z[..]
        """).Within("z", 0.3, 2);

    /// <summary>The quotient rounded down.</summary>
    public static readonly Op FloorDivide = Op.Define("""
        floor_divide(x[..], z[..]) -> y
          y[..] = floor(x[..] / z[..])
        """).Within("z", 0.3, 2);

    /// <summary>What is left of x after whole multiples of z; it has the sign of z.</summary>
    public static readonly Op Remainder = Op.Define("""
        remainder(x[..], z[..]) -> y
          y[..] = x[..] - z[..] * floor(x[..] / z[..])
        """).Within("z", 0.3, 2);

    /// <summary>What is left of x after whole multiples of z; it has the sign of x, as C's fmod.</summary>
    public static readonly Op TruncatedRemainder = Op.Define("""
        truncated_remainder(x[..], z[..]) -> y
          n[..] = floor(abs(x[..] / z[..]))
          y[..] = x[..] - z[..] * sign(x[..]) * sign(z[..]) * n[..]
        """).Within("z", 0.3, 2);

    /// <summary>-x.</summary>
    public static readonly Op Negative = Op.Define("""
        negative(x[..]) -> y
          y[..] = -x[..]
        """);

    /// <summary>1 / x.</summary>
    public static readonly Op Reciprocal = Op.Define("""
        reciprocal(x[..]) -> y
          y[..] = 1 / x[..]
        """).Within("x", 0.3, 2);

    /// <summary>scale * x + shift, with two numbers.</summary>
    public static readonly Op ScaleAndShift = Op.Define("""
        scale_and_shift(x[..]; scale = 1, shift = 0) -> y
          y[..] = scale * x[..] + shift
        """).Tried("scale", -2).Tried("shift", 0.5);

    /// <summary>A vector added to every row.</summary>
    public static readonly Op BiasAdd = Op.Define("""
        bias_add(x[..,j], bias[j]) -> y
          y[..,j] = x[..,j] + bias[j]
        """);

    /// <summary>A gain and a bias for every channel (axis 1).</summary>
    public static readonly Op ChannelAffine = Op.Define("""
        channel_affine(x[b,c,..], gain[c], bias[c]) -> y
          y[b,c,..] = gain[c] * x[b,c,..] + bias[c]
        """);

    /// <summary>x², with the gradient 2x.</summary>
    public static readonly Op Square = Op.Define("""
        square(x[..]) -> y
          y[..] = square(x[..])
        """);

    /// <summary>The square root.</summary>
    public static readonly Op Sqrt = Op.Define("""
        sqrt(x[..]) -> y
          y[..] = sqrt(x[..])
        """).Within("x", 0.1, 3);

    /// <summary>1 / sqrt(x).</summary>
    public static readonly Op ReciprocalSqrt = Op.Define("""
        reciprocal_sqrt(x[..]) -> y
          y[..] = 1 / sqrt(x[..])
        """).Within("x", 0.1, 3);

    /// <summary>The real cube root, of negative numbers too.</summary>
    public static readonly Op CubeRoot = Op.Define("""
        cube_root(x[..]) -> y
          y[..] = sign(x[..]) * pow(abs(x[..]), 0.3333333333333333)
        """).Within("x", 0.1, 3);

    /// <summary>x to a power that is one number.</summary>
    public static readonly Op Power = Op.Define("""
        power(x[..]; p = 2) -> y
          y[..] = pow(x[..], p)
        """).Tried("p", 2.5).Within("x", 0.1, 2);

    /// <summary>x to the power z, element by element; x at least 0 where z is no integer.</summary>
    public static readonly Op PowerOf = Op.Define("""
        power_of(x[..], z[..]) -> y
          y[..] = pow(x[..], z[..])
        """).Within("x", 0.2, 2);

    /// <summary>|x|, with slope 0 at 0.</summary>
    public static readonly Op Abs = Op.Define("""
        abs(x[..]) -> y
          y[..] = abs(x[..])
        """);

    /// <summary>-1, 0 or 1.</summary>
    public static readonly Op Sign = Op.Define("""
        sign(x[..]) -> y
          y[..] = sign(x[..])
        """);

    /// <summary>Rounds down.</summary>
    public static readonly Op Floor = Op.Define("""
        floor(x[..]) -> y
          y[..] = floor(x[..])
        """);

    /// <summary>Rounds up.</summary>
    public static readonly Op Ceil = Op.Define("""
        ceil(x[..]) -> y
          y[..] = -floor(-x[..])
        """);

    /// <summary>Rounds towards 0.</summary>
    public static readonly Op Truncate = Op.Define("""
        truncate(x[..]) -> y
          y[..] = sign(x[..]) * floor(abs(x[..]))
        """);

    /// <summary>Rounds to the nearest integer; halves go to the even one.</summary>
    public static readonly Op Round = Op.Define("""
        round(x[..]) -> y
          low[..]  = floor(x[..])
          half[..] = where(low[..] % 2 == 0, low[..], low[..] + 1)
          y[..]    = where(x[..] - low[..] == 0.5, half[..], low[..] + (x[..] - low[..] > 0.5))
        """);

    /// <summary>The part after the point; it has the sign of x.</summary>
    public static readonly Op Fraction = Op.Define("""
        fraction(x[..]) -> y
          y[..] = x[..] - sign(x[..]) * floor(abs(x[..]))
        """);

    /// <summary>The larger of two; of two equal ones x takes the gradient.</summary>
    public static readonly Op Maximum = Op.Define("""
        maximum(x[..], z[..]) -> y
          y[..] = max(x[..], z[..])
        """);

    /// <summary>The smaller of two; of two equal ones x takes the gradient.</summary>
    public static readonly Op Minimum = Op.Define("""
        minimum(x[..], z[..]) -> y
          y[..] = min(x[..], z[..])
        """);

    /// <summary>The mean of two.</summary>
    public static readonly Op Average = Op.Define("""
        average(x[..], z[..]) -> y
          y[..] = 0.5 * (x[..] + z[..])
        """);

    /// <summary>From x to z: x at weight 0, z at weight 1.</summary>
    public static readonly Op Lerp = Op.Define("""
        lerp(x[..], z[..]; weight = 0.5) -> y
          y[..] = x[..] + weight * (z[..] - x[..])
        """).Tried("weight", 0.3);

    /// <summary>From x to z, each element with its own weight.</summary>
    public static readonly Op LerpEach = Op.Define("""
        lerp_each(x[..], z[..], weight[..]) -> y
          y[..] = x[..] + weight[..] * (z[..] - x[..])
        """);

    /// <summary>x + scale * u * v.</summary>
    public static readonly Op AddProduct = Op.Define("""
        add_product(x[..], u[..], v[..]; scale = 1) -> y
          y[..] = x[..] + scale * u[..] * v[..]
        """).Tried("scale", 0.7);

    /// <summary>x + scale * u / v.</summary>
    public static readonly Op AddQuotient = Op.Define("""
        add_quotient(x[..], u[..], v[..]; scale = 1) -> y
          y[..] = x[..] + scale * u[..] / v[..]
        """).Tried("scale", 0.7).Within("v", 0.3, 2);

    /// <summary>The length of (x, z).</summary>
    public static readonly Op Hypot = Op.Define("""
        hypot(x[..], z[..]) -> y
          y[..] = sqrt(square(x[..]) + square(z[..]))
        """).Within("x", 0.2, 2);

    internal static Op[] All =>
    [
        Add, Subtract, Multiply, Divide, FloorDivide, Remainder, TruncatedRemainder, Negative, Reciprocal,
        ScaleAndShift,
        BiasAdd, ChannelAffine, Square, Sqrt, ReciprocalSqrt, CubeRoot, Power, PowerOf, Abs, Sign, Floor, Ceil,
        Truncate,
        Round, Fraction, Maximum, Minimum, Average, Lerp, LerpEach, AddProduct, AddQuotient, Hypot,
    ];
}

public sealed partial class Tensor
{
    /// <summary>Element by element, broadcast by NumPy's rule: x, z [..].</summary>
    public static Tensor operator +(Tensor x, Tensor z) => ArithmeticOps.Add.Call([x, z]);

    public static Tensor operator +(Tensor x, double z) => x + Like(x, z);

    public static Tensor operator +(double x, Tensor z) => Like(z, x) + z;

    /// <summary>Element by element, broadcast by NumPy's rule: x, z [..].</summary>
    public static Tensor operator -(Tensor x, Tensor z) => ArithmeticOps.Subtract.Call([x, z]);

    public static Tensor operator -(Tensor x, double z) => x - Like(x, z);

    public static Tensor operator -(double x, Tensor z) => Like(z, x) - z;

    /// <summary>Element by element; the matrix product is <see cref="MatMul"/>, broadcast by NumPy's rule: x, z
    /// [..].</summary>
    public static Tensor operator *(Tensor x, Tensor z) => ArithmeticOps.Multiply.Call([x, z]);

    public static Tensor operator *(Tensor x, double z) => x * Like(x, z);

    public static Tensor operator *(double x, Tensor z) => Like(z, x) * z;

    /// <summary>Element by element, broadcast by NumPy's rule: x, z [..].</summary>
    public static Tensor operator /(Tensor x, Tensor z) => ArithmeticOps.Divide.Call([x, z]);

    public static Tensor operator /(Tensor x, double z) => x / Like(x, z);

    public static Tensor operator /(double x, Tensor z) => Like(z, x) / z;

    /// <summary>Element by element: x [..].</summary>
    public static Tensor operator -(Tensor x) => ArithmeticOps.Negative.Call([x]);

    /// <summary>What is left after whole multiples of z, with the sign of z: x, z [..].</summary>
    public static Tensor operator %(Tensor x, Tensor z) => ArithmeticOps.Remainder.Call([x, z]);

    public static Tensor operator %(Tensor x, double z) => x % Like(x, z);

    /// <summary>x²: [..].</summary>
    public Tensor Square() => ArithmeticOps.Square.Call([this]);

    /// <summary>The square root: [..].</summary>
    public Tensor Sqrt() => ArithmeticOps.Sqrt.Call([this]);

    /// <summary>1 / sqrt(x): [..].</summary>
    public Tensor ReciprocalSqrt() => ArithmeticOps.ReciprocalSqrt.Call([this]);

    /// <summary>1 / x: [..].</summary>
    public Tensor Reciprocal() => ArithmeticOps.Reciprocal.Call([this]);

    /// <summary>The real cube root: [..].</summary>
    public Tensor CubeRoot() => ArithmeticOps.CubeRoot.Call([this]);

    /// <summary>|x|: [..].</summary>
    public Tensor Abs() => ArithmeticOps.Abs.Call([this]);

    /// <summary>-1, 0 or 1: [..].</summary>
    public Tensor Sign() => ArithmeticOps.Sign.Call([this]);

    /// <summary>Rounds down: [..].</summary>
    public Tensor Floor() => ArithmeticOps.Floor.Call([this]);

    /// <summary>Rounds up: [..].</summary>
    public Tensor Ceil() => ArithmeticOps.Ceil.Call([this]);

    /// <summary>Rounds towards 0: [..].</summary>
    public Tensor Truncate() => ArithmeticOps.Truncate.Call([this]);

    /// <summary>Rounds to the nearest integer, halves to the even one: [..].</summary>
    public Tensor Round() => ArithmeticOps.Round.Call([this]);

    /// <summary>The part after the point: [..].</summary>
    public Tensor Fraction() => ArithmeticOps.Fraction.Call([this]);

    /// <summary>x to a power: [..].</summary>
    public Tensor Power(double exponent) => ArithmeticOps.Power.Call([this], exponent);

    /// <summary>x to a power, element by element: [..].</summary>
    public Tensor Power(Tensor exponent) => ArithmeticOps.PowerOf.Call([this, exponent]);

    /// <summary>The quotient rounded down: [..].</summary>
    public Tensor FloorDivide(Tensor z) => ArithmeticOps.FloorDivide.Call([this, z]);

    /// <summary>What is left after whole multiples of z, with the sign of x: [..].</summary>
    public Tensor TruncatedRemainder(Tensor z) => ArithmeticOps.TruncatedRemainder.Call([this, z]);

    /// <summary>The larger of two, element by element: [..].</summary>
    public Tensor Maximum(Tensor z) => ArithmeticOps.Maximum.Call([this, z]);

    /// <summary>The smaller of two, element by element: [..].</summary>
    public Tensor Minimum(Tensor z) => ArithmeticOps.Minimum.Call([this, z]);

    /// <summary>From this at weight 0 to the end at weight 1: [..].</summary>
    public Tensor Lerp(Tensor end, double weight) => ArithmeticOps.Lerp.Call([this, end], weight);

    /// <summary>From this to the end, each element with its own weight: [..].</summary>
    public Tensor Lerp(Tensor end, Tensor weight) => ArithmeticOps.LerpEach.Call([this, end, weight]);

    /// <summary>x + scale * u * v: [..].</summary>
    public Tensor AddProduct(Tensor u, Tensor v, double scale = 1) =>
        ArithmeticOps.AddProduct.Call([this, u, v], scale);

    /// <summary>x + scale * u / v: [..].</summary>
    public Tensor AddQuotient(Tensor u, Tensor v, double scale = 1) =>
        ArithmeticOps.AddQuotient.Call([this, u, v], scale);

    /// <summary>The length of (x, z): [..].</summary>
    public Tensor Hypot(Tensor z) => ArithmeticOps.Hypot.Call([this, z]);

    /// <summary>A gain and a bias [c] for every channel: x [b, c, ..].</summary>
    public Tensor ChannelAffine(Tensor gain, Tensor bias) => ArithmeticOps.ChannelAffine.Call([this, gain, bias]);

    // A number beside a tensor has its type; beside integers, only if it is one.
    static Tensor Like(Tensor x, double number) => Constant(number,
        x.Type.IsFloating ? x.Type : !double.IsInteger(number) ? DType.Float32 : x.Type is DType.Bool
            ? DType.Int32 : x.Type);
}
