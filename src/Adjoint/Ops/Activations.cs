namespace Adjoint;

/// <summary>Activation functions; x [..] unless stated. Slopes at kinks are those of PyTorch.</summary>
public static class ActivationOps
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    public static readonly Op Sigmoid = Op.Define("""
        sigmoid(x[..]) -> y
          y[..] = sigmoid(x[..])
        """);

    /// <summary>The logarithm of the sigmoid, without underflow.</summary>
    public static readonly Op LogSigmoid = Op.Define("""
        log_sigmoid(x[..]) -> y
          y[..] = -softplus(-x[..])
        """);

    /// <summary>max(0, x), with slope 0 at 0.</summary>
    public static readonly Op Relu = Op.Define("""
        relu(x[..]) -> y
          y[..] = max(0, x[..])
        """);

    /// <summary>relu that stops at 6.</summary>
    public static readonly Op Relu6 = Op.Define("""
        relu6(x[..]) -> y
          y[..] = min(6, max(0, x[..]))
        """).Within("x", -2, 8);

    /// <summary>x above 0, slope * x below.</summary>
    public static readonly Op LeakyRelu = Op.Define("""
        leaky_relu(x[..]; slope = 0.01) -> y
          y[..] = where(x[..] > 0, x[..], slope * x[..])
        """);

    /// <summary>leaky_relu with a learned slope for every channel (axis 1).</summary>
    public static readonly Op PRelu = Op.Define("""
        prelu(x[b,c,..], slope[c]) -> y
          y[b,c,..] = where(x[b,c,..] > 0, x[b,c,..], slope[c] * x[b,c,..])
        """);

    /// <summary>x above 0, alpha * (exp(x) - 1) below (arXiv:1511.07289).</summary>
    public static readonly Op Elu = Op.Define("""
        elu(x[..]; alpha = 1) -> y
          y[..] = where(x[..] > 0, x[..], alpha * (exp(x[..]) - 1))
        """).Tried("alpha", 0.7);

    /// <summary>elu with the constants that keep mean 0 and variance 1 from layer to layer
    /// (arXiv:1706.02515).</summary>
    public static readonly Op Selu = Op.Define("""
        selu(x[..]; alpha = 1.6732632423543772, scale = 1.0507009873554805) -> y
          y[..] = scale * where(x[..] > 0, x[..], alpha * (exp(x[..]) - 1))
        """);

    /// <summary>elu with a slope that is continuous for every alpha (arXiv:1704.07483).</summary>
    public static readonly Op Celu = Op.Define("""
        celu(x[..]; alpha = 1) -> y
          y[..] = where(x[..] > 0, x[..], alpha * (exp(x[..] / alpha) - 1))
        """).Tried("alpha", 0.7);

    /// <summary>x times the probability that a standard normal number is below x, exact form
    /// (arXiv:1606.08415).</summary>
    public static readonly Op Gelu = Op.Define("""
        gelu(x[..]) -> y
          y[..] = 0.5 * x[..] * (1 + erf(0.7071067811865476 * x[..]))
        """);

    /// <summary>gelu by the tanh approximation of GPT-2.</summary>
    public static readonly Op GeluTanh = Op.Define("""
        gelu_tanh(x[..]) -> y
          t[..] = tanh(0.7978845608028654 * x[..] * (1 + 0.044715 * square(x[..])))
          y[..] = 0.5 * x[..] * (1 + t[..])
        """);

    /// <summary>gelu by a sigmoid: x * sigmoid(1.702 x).</summary>
    public static readonly Op GeluSigmoid = Op.Define("""
        gelu_sigmoid(x[..]) -> y
          g[..] = sigmoid(1.702 * x[..])
          y[..] = x[..] * g[..]
        """);

    /// <summary>x * sigmoid(x), also called swish.</summary>
    public static readonly Op Silu = Op.Define("""
        silu(x[..]) -> y
          g[..] = sigmoid(x[..])
          y[..] = x[..] * g[..]
        """);

    /// <summary>x * tanh(softplus(x)) (arXiv:1908.08681).</summary>
    public static readonly Op Mish = Op.Define("""
        mish(x[..]) -> y
          t[..] = tanh(softplus(x[..]))
          y[..] = x[..] * t[..]
        """);

    /// <summary>log(1 + exp(x)), without overflow.</summary>
    public static readonly Op Softplus = Op.Define("""
        softplus(x[..]) -> y
          y[..] = softplus(x[..])
        """);

    /// <summary>softplus with a sharper bend: log(1 + exp(beta x)) / beta.</summary>
    public static readonly Op SoftplusScaled = Op.Define("""
        softplus_scaled(x[..]; beta = 1) -> y
          y[..] = softplus(beta * x[..]) / beta
        """).Tried("beta", 2);

    /// <summary>softplus(2x + 2) / 2 - 1, near the identity around 0 (used by WGAN-GP critics without
    /// normalisation).</summary>
    public static readonly Op SoftplusAdjusted = Op.Define("""
        softplus_adjusted(x[..]) -> y
          y[..] = softplus(2 * x[..] + 2) / 2 - 1
        """);

    /// <summary>x / (1 + |x|).</summary>
    public static readonly Op Softsign = Op.Define("""
        softsign(x[..]) -> y
          y[..] = x[..] / (1 + abs(x[..]))
        """);

    /// <summary>A straight line cut at 0 and 1.</summary>
    public static readonly Op HardSigmoid = Op.Define("""
        hard_sigmoid(x[..]; alpha = 0.16666666666666666, beta = 0.5) -> y
          y[..] = min(1, max(0, alpha * x[..] + beta))
        """).Within("x", -5, 5);

    /// <summary>x times hard_sigmoid(x).</summary>
    public static readonly Op HardSwish = Op.Define("""
        hard_swish(x[..]) -> y
          g[..] = min(1, max(0, x[..] / 6 + 0.5))
          y[..] = x[..] * g[..]
        """).Within("x", -5, 5);

    /// <summary>x cut at low and high, with slope 0 at both.</summary>
    public static readonly Op HardTanh = Op.Define("""
        hard_tanh(x[..]; low = -1, high = 1) -> y
          y[..] = min(high, max(low, x[..]))
        """).Within("x", -2, 2);

    /// <summary>x above the limit, a fixed value below.</summary>
    public static readonly Op Threshold = Op.Define("""
        threshold(x[..]; limit = 0, value = 0) -> y
          y[..] = where(x[..] > limit, x[..], value)
        """).Tried("limit", 0.1).Tried("value", -2);

    /// <summary>x moved towards 0 by the limit, and 0 within it.</summary>
    public static readonly Op Softshrink = Op.Define("""
        softshrink(x[..]; limit = 0.5) -> y
          y[..] = where(x[..] > limit, x[..] - limit, where(x[..] < -limit, x[..] + limit, 0))
        """).Within("x", -2, 2);

    /// <summary>x outside the limit, and 0 within it.</summary>
    public static readonly Op Hardshrink = Op.Define("""
        hardshrink(x[..]; limit = 0.5) -> y
          y[..] = where(abs(x[..]) > limit, x[..], 0)
        """).Within("x", -2, 2);

    /// <summary>x - tanh(x).</summary>
    public static readonly Op Tanhshrink = Op.Define("""
        tanhshrink(x[..]) -> y
          y[..] = x[..] - tanh(x[..])
        """);

    /// <summary>x held between low and high; the slope is 1 at both.</summary>
    public static readonly Op Clamp = Op.Define("""
        clamp(x[..]; low = 0, high = 1) -> y
          y[..] = max(min(x[..], high), low)
        """).Within("x", -1, 2);

    /// <summary>The first half of the last axis, gated by the sigmoid of the second: x [.., 2j] to y [.., j]
    /// (arXiv:1612.08083).</summary>
    public static readonly Op Glu = Op.Define("""
        glu(x[..,(h,j)]) -> y[..,j]
          axis h < 2
          g[..,j] = sigmoid(x[..,(1,j)])
          y[..,j] = x[..,(0,j)] * g[..,j]
        """);

    /// <summary>A value gated by silu of another (arXiv:2002.05202).</summary>
    public static readonly Op SwiGlu = Op.Define("""
        swiglu(x[..], gate[..]) -> y
          g[..] = sigmoid(gate[..])
          y[..] = x[..] * gate[..] * g[..]
        """);

    internal static Op[] All =>
    [
        Sigmoid, LogSigmoid, Relu, Relu6, LeakyRelu, PRelu, Elu, Selu, Celu, Gelu, GeluTanh, GeluSigmoid, Silu, Mish,
        Softplus, SoftplusScaled, SoftplusAdjusted, Softsign, HardSigmoid, HardSwish, HardTanh, Threshold, Softshrink,
        Hardshrink, Tanhshrink, Clamp, Glu, SwiGlu,
    ];
}

public sealed partial class Tensor
{
    /// <summary>1 / (1 + exp(-x)): [..].</summary>
    public Tensor Sigmoid() => ActivationOps.Sigmoid.Call([this]);

    /// <summary>log of the sigmoid: [..].</summary>
    public Tensor LogSigmoid() => ActivationOps.LogSigmoid.Call([this]);

    /// <summary>max(0, x): [..].</summary>
    public Tensor Relu() => ActivationOps.Relu.Call([this]);

    /// <summary>relu that stops at 6: [..].</summary>
    public Tensor Relu6() => ActivationOps.Relu6.Call([this]);

    /// <summary>Self-normalising elu: [..].</summary>
    public Tensor Selu() => ActivationOps.Selu.Call([this]);

    /// <summary>gelu by the tanh approximation: [..].</summary>
    public Tensor GeluTanh() => ActivationOps.GeluTanh.Call([this]);

    /// <summary>gelu by a sigmoid: [..].</summary>
    public Tensor GeluSigmoid() => ActivationOps.GeluSigmoid.Call([this]);

    /// <summary>x * sigmoid(x): [..].</summary>
    public Tensor Silu() => ActivationOps.Silu.Call([this]);

    /// <summary>x * tanh(softplus(x)): [..].</summary>
    public Tensor Mish() => ActivationOps.Mish.Call([this]);

    /// <summary>softplus(2x + 2) / 2 - 1: [..].</summary>
    public Tensor SoftplusAdjusted() => ActivationOps.SoftplusAdjusted.Call([this]);

    /// <summary>x / (1 + |x|): [..].</summary>
    public Tensor Softsign() => ActivationOps.Softsign.Call([this]);

    /// <summary>x times a cut line: [..].</summary>
    public Tensor HardSwish() => ActivationOps.HardSwish.Call([this]);

    /// <summary>A straight line cut at 0 and 1: [..].</summary>
    public Tensor HardSigmoid() => ActivationOps.HardSigmoid.Call([this]);

    /// <summary>x - tanh(x): [..].</summary>
    public Tensor Tanhshrink() => ActivationOps.Tanhshrink.Call([this]);

    /// <summary>The first half of the last axis gated by the second: [.., 2j] to [.., j].</summary>
    public Tensor Glu() => ActivationOps.Glu.Call([this]);

    /// <summary>x times the probability that a standard normal number is below x: [..].</summary>
    public Tensor Gelu(bool tanh = false) => (tanh ? ActivationOps.GeluTanh : ActivationOps.Gelu).Call([this]);

    /// <summary>x above 0, slope * x below: [..].</summary>
    public Tensor LeakyRelu(double slope = 0.01) => ActivationOps.LeakyRelu.Call([this], slope);

    /// <summary>leaky relu with a slope [c] for every channel: x [b, c, ..].</summary>
    public Tensor PRelu(Tensor slope) => ActivationOps.PRelu.Call([this, slope]);

    /// <summary>x above 0, alpha * (exp(x) - 1) below: [..].</summary>
    public Tensor Elu(double alpha = 1) => ActivationOps.Elu.Call([this], alpha);

    /// <summary>elu with a slope that is continuous for every alpha: [..].</summary>
    public Tensor Celu(double alpha = 1) => ActivationOps.Celu.Call([this], alpha);

    /// <summary>log(1 + exp(beta x)) / beta: [..].</summary>
    public Tensor Softplus(double beta = 1) =>
        beta == 1 ? ActivationOps.Softplus.Call([this]) : ActivationOps.SoftplusScaled.Call([this], beta);

    /// <summary>x cut at low and high, with slope 0 at both: [..].</summary>
    public Tensor HardTanh(double low = -1, double high = 1) => ActivationOps.HardTanh.Call([this], low, high);

    /// <summary>x above the limit, a fixed value below: [..].</summary>
    public Tensor Threshold(double limit, double value) => ActivationOps.Threshold.Call([this], limit, value);

    /// <summary>x moved towards 0 by the limit: [..].</summary>
    public Tensor Softshrink(double limit = 0.5) => ActivationOps.Softshrink.Call([this], limit);

    /// <summary>x outside the limit, 0 within: [..].</summary>
    public Tensor Hardshrink(double limit = 0.5) => ActivationOps.Hardshrink.Call([this], limit);

    /// <summary>x held between low and high: [..].</summary>
    public Tensor Clamp(double low = double.NegativeInfinity, double high = double.PositiveInfinity) =>
        ActivationOps.Clamp.Call([this], low, high);

    /// <summary>x gated by silu of another: [..].</summary>
    public Tensor SwiGlu(Tensor gate) => ActivationOps.SwiGlu.Call([this, gate]);
}
