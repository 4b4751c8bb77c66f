namespace Adjoint;

/// <summary>A function of each number.</summary>
/// <param name="name">As printed.</param>
public sealed class Activation(string name, Func<Tensor, Tensor> function) : Layer
{
    public static Activation Relu() => new("Relu", x => x.Relu());

    public static Activation LeakyRelu(double slope = 0.01) =>
        new(FormattableString.Invariant($"LeakyRelu {slope}"), x => x.LeakyRelu(slope));

    public static Activation Elu(double alpha = 1) => new("Elu", x => x.Elu(alpha));

    public static Activation Gelu(bool tanh = false) => new("Gelu", x => x.Gelu(tanh));

    public static Activation Silu() => new("Silu", x => x.Silu());

    public static Activation Mish() => new("Mish", x => x.Mish());

    public static Activation Tanh() => new("Tanh", x => x.Tanh());

    public static Activation Sigmoid() => new("Sigmoid", x => x.Sigmoid());

    public static Activation Softplus(double beta = 1) => new("Softplus", x => x.Softplus(beta));

    /// <summary>Along the last axis.</summary>
    public static Activation Softmax() => new("Softmax", x => x.Softmax());

    public static Activation LogSoftmax() => new("LogSoftmax", x => x.LogSoftmax());

    protected override Tensor Run(Tensor x) => function(x);

    public override string ToString() => name;
}
