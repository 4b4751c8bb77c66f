namespace Adjoint;

/// <summary>Scales each row to mean 0 and variance 1, then stretches and shifts it (arXiv:1607.06450): x [..,
/// j].</summary>
public sealed class LayerNorm : Layer
{
    readonly int width;
    readonly double eps;

    public LayerNorm(int width, double eps = 1e-5)
    {
        (this.width, this.eps) = (width, eps);
        Weight = Parameter("weight", [width], Init.Ones);
        Bias = Parameter("bias", [width], Init.Zeros);
    }

    /// <summary>[j]</summary>
    public Parameter Weight { get; }

    /// <summary>[j]</summary>
    public Parameter Bias { get; }

    protected override Tensor Run(Tensor x) => x.LayerNorm(Weight, Bias, eps);

    public override string ToString() => $"LayerNorm {width}";
}

/// <summary>Scales each row to mean square 1 (arXiv:1910.07467): x [.., j].</summary>
public sealed class RmsNorm : Layer
{
    readonly int width;
    readonly double eps;

    public RmsNorm(int width, double eps = 1e-6)
    {
        (this.width, this.eps) = (width, eps);
        Weight = Parameter("weight", [width], Init.Ones);
    }

    /// <summary>[j]</summary>
    public Parameter Weight { get; }

    protected override Tensor Run(Tensor x) => x.RmsNorm(Weight, eps);

    public override string ToString() => $"RmsNorm {width}";
}

/// <summary>Scales groups of channels of each example (arXiv:1803.08494): x [b, c, ..].</summary>
public sealed class GroupNorm : Layer
{
    readonly (int Groups, int Channels) size;
    readonly double eps;

    public GroupNorm(int groups, int channels, double eps = 1e-5)
    {
        (size, this.eps) = ((groups, channels), eps);
        Weight = Parameter("weight", [channels], Init.Ones);
        Bias = Parameter("bias", [channels], Init.Zeros);
    }

    /// <summary>[c]</summary>
    public Parameter Weight { get; }

    /// <summary>[c]</summary>
    public Parameter Bias { get; }

    protected override Tensor Run(Tensor x) => x.GroupNorm(size.Groups, Weight, Bias, eps);

    public override string ToString() => $"GroupNorm {size.Channels} in {size.Groups}";
}
