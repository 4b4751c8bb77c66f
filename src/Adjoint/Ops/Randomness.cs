namespace Adjoint;

// Random operands are functions of key and position: no mask is stored, and the reverse draws the same numbers again.

/// <summary>Ops with random operands, x [..].</summary>
public static class RandomOps
{
    /// <summary>Zeroes elements with probability rate and scales the others up.</summary>
    public static readonly Op Dropout = Op.Define("""
        dropout(x[..], uniform u[..]; rate = 0.5) -> y
          y[..] = where(u[..] < rate, 0, x[..] / (1 - rate))
        """);

    /// <summary>Zeroes whole channels: x [b, c, ..].</summary>
    public static readonly Op DropoutChannels = Op.Define("""
        dropout_channels(x[b,c,..], uniform u[b,c]; rate = 0.5) -> y
          y[b,c,..] = where(u[b,c] < rate, 0, x[b,c,..] / (1 - rate))
        """);

    /// <summary>Zeroes whole examples, for the branches of residual networks (arXiv:1603.09382): x [b, ..].</summary>
    public static readonly Op DropPath = Op.Define("""
        drop_path(x[b,..], uniform u[b]; rate = 0.5) -> y
          y[b,..] = where(u[b] < rate, 0, x[b,..] / (1 - rate))
        """);

    /// <summary>Adds normal noise.</summary>
    public static readonly Op GaussianNoise = Op.Define("""
        gaussian_noise(x[..], normal noise[..]; scale = 1) -> y
          y[..] = x[..] + scale * noise[..]
        """).Tried("scale", 0.1);

    /// <summary>1 with probability p, else 0; no gradient.</summary>
    public static readonly Op Bernoulli = Op.Define("""
        bernoulli(p[..], uniform u[..]) -> y
          y[..] = u[..] < p[..]
        """).Within("p", 0, 1);

    /// <summary>A random point between x and z for each example: x, z [b, ..].</summary>
    public static readonly Op Interpolate = Op.Define("""
        interpolate(x[b,..], z[b,..], uniform u[b]) -> y
          y[b,..] = u[b] * x[b,..] + (1 - u[b]) * z[b,..]
        """);

    internal static Op[] All => [Dropout, DropoutChannels, DropPath, GaussianNoise, Bernoulli, Interpolate];
}

public sealed partial class Tensor
{
    /// <summary>Zeroes elements with probability rate and scales the others up: [..].</summary>
    public Tensor Dropout(double rate = 0.5) => RandomOps.Dropout.Call([this], rate);

    /// <summary>Zeroes whole channels: [b, c, ..].</summary>
    public Tensor DropoutChannels(double rate = 0.5) => RandomOps.DropoutChannels.Call([this], rate);

    /// <summary>Zeroes whole examples: [b, ..].</summary>
    public Tensor DropPath(double rate = 0.5) => RandomOps.DropPath.Call([this], rate);

    /// <summary>Adds normal noise: [..].</summary>
    public Tensor GaussianNoise(double scale = 1) => RandomOps.GaussianNoise.Call([this], scale);

    /// <summary>1 with this probability, else 0: [..].</summary>
    public Tensor Bernoulli() => RandomOps.Bernoulli.Call([this]);

    /// <summary>A random point between x and z for each example: [b, ..].</summary>
    public Tensor Interpolate(Tensor z) => RandomOps.Interpolate.Call([this, z]);
}
