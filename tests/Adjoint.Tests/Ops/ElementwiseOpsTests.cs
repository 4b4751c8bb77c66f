using Xunit;

namespace Adjoint.Tests;

// Each op against the function of .NET or the formula of PyTorch's documentation, on both sides of every bend.

public sealed class ElementwiseOpsTests
{
    static readonly double[] Everywhere = [-40, -3, -1, -0.5, -1e-9, 0, 1e-9, 0.3, 1, 2.5, 40];
    static readonly double[] Positive = [1e-12, 0.2, 1, 2.5, 1e6];
    static readonly double[] Unit = [-1, -0.7, -1e-9, 0, 1e-9, 0.3, 1];
    static readonly double[] Halves = [-2.5, -1.5, -1.2, -0.5, 0, 0.49999999999999994, 0.5, 0.7, 1.5, 2.5, 3];

    static readonly Dictionary<string, (Func<double, double> Function, double[] Points)> OfOne = new()
    {
        ["negative"] = (x => -x, Everywhere),
        ["reciprocal"] = (x => 1 / x, Positive),
        ["square"] = (x => x * x, Everywhere),
        ["sqrt"] = (Math.Sqrt, Positive),
        ["reciprocal_sqrt"] = (x => 1 / Math.Sqrt(x), Positive),
        ["cube_root"] = (Math.Cbrt, [-27, -0.3, 0, 8]),
        ["abs"] = (Math.Abs, Everywhere),
        ["sign"] = (x => Math.Sign(x), Everywhere),
        ["floor"] = (Math.Floor, Halves),
        ["ceil"] = (Math.Ceiling, Halves),
        ["truncate"] = (Math.Truncate, Halves),
        ["round"] = (x => Math.Round(x, MidpointRounding.ToEven), Halves),
        ["fraction"] = (x => x - Math.Truncate(x), Halves),
        ["exp"] = (Math.Exp, [-3, 0, 2]),
        ["exp2"] = (x => Math.Pow(2, x), [-3, 0, 2.5]),
        ["log"] = (Math.Log, Positive),
        ["log2"] = (Math.Log2, Positive),
        ["log10"] = (Math.Log10, Positive),
        ["log1p"] = (x => Math.Log(1 + x), [-0.5, 0, 2]),
        ["expm1"] = (x => Math.Exp(x) - 1, [-3, -1, -0.5, 0.5, 1, 3]),
        ["logit"] = (x => Math.Log(x / (1 - x)), [0.1, 0.5, 0.9]),
        ["x_log_x"] = (x => x == 0 ? 0 : x * Math.Log(x), [0, 0.3, 2]),
        ["sin"] = (Math.Sin, Everywhere),
        ["cos"] = (Math.Cos, Everywhere),
        ["tan"] = (Math.Tan, Unit),
        ["asin"] = (Math.Asin, Unit),
        ["acos"] = (Math.Acos, Unit),
        ["atan"] = (Math.Atan, Everywhere),
        ["sinh"] = (Math.Sinh, Unit),
        ["cosh"] = (Math.Cosh, Unit),
        ["tanh"] = (Math.Tanh, Everywhere),
        ["asinh"] = (Math.Asinh, [.. Everywhere, -1e9, 1e9]),
        ["acosh"] = (Math.Acosh, [1, 1.5, 1e6]),
        ["atanh"] = (Math.Atanh, [-0.9, 0, 0.5]),
        ["erfc"] = (x => x == 0 ? 1 : 0.15729920705028513, [0, 1]),
        ["normal_cdf"] = (x => x == 0 ? 0.5 : 0.8413447460685429, [0, 1]),
        ["is_nan"] = (x => double.IsNaN(x) ? 1 : 0, [0, double.NaN, double.PositiveInfinity]),
        ["is_infinite"] = (x => double.IsInfinity(x) ? 1 : 0,
            [0, double.NaN, double.PositiveInfinity, double.NegativeInfinity]),
        ["is_finite"] = (x => double.IsFinite(x) ? 1 : 0,
            [0, double.NaN, double.PositiveInfinity, double.NegativeInfinity]),
        ["heaviside"] = (x => x > 0 ? 1 : x == 0 ? 0.5 : 0, Everywhere),
        ["logical_not"] = (x => x == 0 ? 1 : 0, [0, 1, 2]),
        ["clamp"] = (x => Math.Clamp(x, 0, 1), Everywhere),
        ["sigmoid"] = (Sigmoid, Everywhere),
        ["log_sigmoid"] = (x => -Softplus(-x), Everywhere),
        ["softplus"] = (Softplus, Everywhere),
        ["relu"] = (x => Math.Max(0, x), Everywhere),
        ["relu6"] = (x => Math.Clamp(x, 0, 6), Everywhere),
        ["leaky_relu"] = (x => x > 0 ? x : 0.01 * x, Everywhere),
        ["elu"] = (x => x > 0 ? x : Math.Exp(x) - 1, Everywhere),
        ["selu"] = (x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)), Everywhere),
        ["celu"] = (x => Math.Max(0, x) + Math.Min(0, Math.Exp(x) - 1), Everywhere),
        ["silu"] = (x => x * Sigmoid(x), Everywhere),
        ["gelu_sigmoid"] = (x => x * Sigmoid(1.702 * x), Everywhere),
        ["mish"] = (x => x * Math.Tanh(Softplus(x)), Everywhere),
        ["softsign"] = (x => x / (1 + Math.Abs(x)), Everywhere),
        ["hard_sigmoid"] = (x => Math.Clamp(x / 6 + 0.5, 0, 1), Everywhere),
        ["hard_swish"] = (x => x * Math.Clamp(x + 3, 0, 6) / 6, Everywhere),
        ["hard_tanh"] = (x => Math.Clamp(x, -1, 1), Everywhere),
        ["threshold"] = (x => x > 0 ? x : 0, Everywhere),
        ["tanhshrink"] = (x => x - Math.Tanh(x), Everywhere),
        ["softshrink"] = (x => Math.Sign(x) * Math.Max(Math.Abs(x) - 0.5, 0), Everywhere),
        ["hardshrink"] = (x => Math.Abs(x) > 0.5 ? x : 0, Everywhere),
    };

    static readonly (double, double)[] Truth = [(0, 0), (0, 1), (2, 0), (1, 3)];
    static readonly (double, double)[] Pairs = [(-3, 2), (-0.5, 0.3), (0, 1), (1, 1), (2.5, -0.7), (7, 2), (-7, -2),
        (3, 0.25)];

    static readonly Dictionary<string, (Func<double, double, double> Function, (double, double)[] Points)> OfTwo = new()
    {
        ["add"] = ((x, z) => x + z, Pairs),
        ["subtract"] = ((x, z) => x - z, Pairs),
        ["multiply"] = ((x, z) => x * z, Pairs),
        ["divide"] = ((x, z) => x / z, Pairs),
        ["floor_divide"] = ((x, z) => Math.Floor(x / z), Pairs),
        ["remainder"] = ((x, z) => x - z * Math.Floor(x / z), Pairs),
        ["truncated_remainder"] = ((x, z) => x % z, Pairs),
        ["power_of"] = (Math.Pow, [(2, 3), (0.5, -1.5), (9, 0.5), (-2, 3)]),
        ["maximum"] = (Math.Max, Pairs),
        ["minimum"] = (Math.Min, Pairs),
        ["average"] = ((x, z) => (x + z) / 2, Pairs),
        ["hypot"] = (double.Hypot, Pairs),
        ["lerp"] = ((x, z) => (x + z) / 2, Pairs),
        ["log_add_exp"] = ((x, z) => Math.Log(Math.Exp(x) + Math.Exp(z)), Pairs),
        ["equal"] = ((x, z) => x == z ? 1 : 0, Pairs),
        ["not_equal"] = ((x, z) => x != z ? 1 : 0, Pairs),
        ["less"] = ((x, z) => x < z ? 1 : 0, Pairs),
        ["less_or_equal"] = ((x, z) => x <= z ? 1 : 0, Pairs),
        ["greater"] = ((x, z) => x > z ? 1 : 0, Pairs),
        ["greater_or_equal"] = ((x, z) => x >= z ? 1 : 0, Pairs),
        ["logical_and"] = ((x, z) => x != 0 && z != 0 ? 1 : 0, Truth),
        ["logical_or"] = ((x, z) => x != 0 || z != 0 ? 1 : 0, Truth),
        ["logical_xor"] = ((x, z) => x != 0 ^ z != 0 ? 1 : 0, Truth),
        ["masked_fill"] = ((x, mask) => mask != 0 ? 0 : x, [(3, 0), (3, 1)]),
        ["atan2"] = (Math.Atan2,
            [(1, 2), (1, -2), (-1, -2), (-1, 2), (3, 0), (-3, 0), (0, 3), (0, -3), (0, 0), (1e-300, 1), (5, 0.1),
                (-5, -0.1)]),
        ["swiglu"] = ((x, gate) => x * gate * Sigmoid(gate), Pairs),
        ["hinge"] = ((x, target) => Math.Max(0, 1 - x * target), [(0.3, 1), (2, 1), (2, -1)]),
        ["squared_hinge"] = ((x, target) => Math.Pow(Math.Max(0, 1 - x * target), 2), [(0.3, 1), (2, 1), (2, -1)]),
        ["mse"] = ((x, target) => (x - target) * (x - target), Pairs),
        ["l1"] = ((x, target) => Math.Abs(x - target), Pairs),
        ["huber"] = ((x, t) => Math.Abs(x - t) < 1 ? 0.5 * (x - t) * (x - t) : Math.Abs(x - t) - 0.5, Pairs),
        ["smooth_l1"] = ((x, t) => Math.Abs(x - t) < 1 ? 0.5 * (x - t) * (x - t) : Math.Abs(x - t) - 0.5, Pairs),
        ["log_cosh"] = ((x, t) => Math.Log(Math.Cosh(x - t)), Pairs),
        ["quantile"] = ((x, t) => Math.Abs(x - t) / 2, Pairs),
        ["poisson_nll"] = ((x, t) => Math.Exp(x) - t * x, Pairs),
        ["bce"] = ((p, t) => -t * Math.Log(p) - (1 - t) * Math.Log(1 - p), [(0.3, 0), (0.3, 1), (0.9, 0.4)]),
        ["bce_with_logits"] = ((x, t) => -t * Math.Log(Sigmoid(x)) - (1 - t) * Math.Log(Sigmoid(-x)),
            [(-2, 0), (3, 1), (0.9, 0.4)]),
        ["bce_with_logits_weighted"] = ((x, t) => -t * Math.Log(Sigmoid(x)) - (1 - t) * Math.Log(Sigmoid(-x)),
            [(-2, 0), (3, 1), (0.9, 0.4)]),
    };

    public static TheoryData<string> OneOperand => [.. OfOne.Keys];

    public static TheoryData<string> TwoOperands => [.. OfTwo.Keys];

    [Theory]
    [MemberData(nameof(OneOperand))]
    public void A_function_of_one_number(string op)
    {
        var (function, points) = OfOne[op];
        foreach (var x in points) Numbers.Equal(function(x), Forward.Of(op, NdArray.Vector(x)).Reshape(), $"{op}({x})");
    }

    // A loss of one element is a function of it and its target.
    [Theory]
    [MemberData(nameof(TwoOperands))]
    public void A_function_of_two_numbers(string op)
    {
        var (function, points) = OfTwo[op];
        foreach (var (x, z) in points)
            Numbers.Equal(function(x, z), Forward.Of(op, NdArray.Vector(x), NdArray.Vector(z)).Reshape(),
                $"{op}({x}, {z})");
    }

    [Theory]
    [InlineData("expm1", 1e-10)]
    [InlineData("log1p", 1e-10)]
    [InlineData("asinh", 1e-10)]
    [InlineData("asinh", -1e-10)]
    [InlineData("atanh", 1e-10)]
    public void Low_bits_of_small_numbers_are_kept(string op, double x)
    {
        // All of them are x to first order, with a second order below 1e-20.
        var y = Forward.Of(op, NdArray.Vector(x)).Values[0];
        Assert.Equal(0, (y - x) / x, Tolerance.FirstOrder);
        Assert.NotEqual(Math.Exp(x) - 1, y);
    }

    [Fact]
    public void Attributes_move_and_scale()
    {
        var x = NdArray.Vector(-2, 0.3, 4);
        Check("scale_and_shift", [("scale", -2), ("shift", 0.5)], v => 0.5 - 2 * v);
        Check("power", [("p", 3)], v => v * v * v);
        Check("softplus_scaled", [("beta", 2)], v => Softplus(2 * v) / 2);
        Check("celu", [("alpha", 0.5)], v => Math.Max(0, v) + Math.Min(0, 0.5 * (Math.Exp(v / 0.5) - 1)));
        Check("elu", [("alpha", 0.5)], v => v > 0 ? v : 0.5 * (Math.Exp(v) - 1));
        Check("threshold", [("limit", 1), ("value", -7)], v => v > 1 ? v : -7);
        Check("clamp", [("low", -1), ("high", 3)], v => Math.Clamp(v, -1, 3));
        Check("heaviside", [("edge", 0.3), ("height", 9)], v => v > 0.3 ? 1 : v == 0.3 ? 9 : 0);

        void Check(string op, (string, double)[] attributes, Func<double, double> function) =>
            Numbers.Equal(NdArray.Generate([3], i => function(x.Values[i])), Forward.Of(op, attributes, x), op);
    }

    [Fact]
    public void Three_operands_and_channels()
    {
        NdArray x = NdArray.Vector(1, 2), u = NdArray.Vector(3, -4), v = NdArray.Vector(2, 0.5);
        Numbers.Equal(NdArray.Vector(7, 0), Forward.Of("add_product", x, u, v));
        Numbers.Equal(NdArray.Vector(2.5, -6), Forward.Of("add_quotient", x, u, v));
        Numbers.Equal(NdArray.Vector(5, -1), Forward.Of("lerp_each", x, u, v));
        Numbers.Equal(NdArray.Vector(3, 0.5), Forward.Of("select", NdArray.Vector(1, 0), u, v));
        Numbers.Equal(NdArray.Vector(-3, 2.5), Forward.Of("gated_mix", v, NdArray.Vector(-1, 2), NdArray.Vector(1, 3)));
        var image = Numbers.Count(1, 2, 3);
        Numbers.Equal(Numbers.Of([1, 2, 3], 3, 4, 5, -2, -2.5, -3),
            Forward.Of("channel_affine", image, NdArray.Vector(1, -0.5), NdArray.Vector(3, -0.5)));
        Numbers.Equal(Numbers.Of([1, 2, 3], 10, 21, 32, 13, 24, 35),
            Forward.Of("bias_add", image, NdArray.Vector(10, 20, 30)));
        Numbers.Equal(Numbers.Of([1, 2, 1], -1, 4),
            Forward.Of("prelu", Numbers.Of([1, 2, 1], -2, 4), NdArray.Vector(0.5, 3)));
        Numbers.Equal(NdArray.Vector(0.5, 2 * Sigmoid(-4)), Forward.Of("glu", NdArray.Vector(1, 2, 0, -4)));
    }

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
