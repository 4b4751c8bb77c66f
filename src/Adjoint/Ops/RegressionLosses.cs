namespace Adjoint;

/// <summary>Losses on numbers: x, target [..] to the mean over all elements, one number, unless stated.</summary>
public static class RegressionLossOps
{
    /// <summary>The mean squared difference.</summary>
    public static readonly Op Mse = Op.Define("""
        mse(x[..], target[..]) -> loss
          loss += square(x[..] - target[..]) / #..
        """);

    /// <summary>The mean absolute difference.</summary>
    public static readonly Op L1 = Op.Define("""
        l1(x[..], target[..]) -> loss
          loss += abs(x[..] - target[..]) / #..
        """);

    /// <summary>Half the square up to delta, straight beyond.</summary>
    public static readonly Op Huber = Op.Define("""
        huber(x[..], target[..]; delta = 1) -> loss
          r[..] = x[..] - target[..]
          loss  += where(abs(r[..]) <= delta, 0.5 * square(r[..]), delta * (abs(r[..]) - 0.5 * delta)) / #..
        """).Tried("delta", 0.5);

    /// <summary>huber divided by its width: slope 1 far out for every beta.</summary>
    public static readonly Op SmoothL1 = Op.Define("""
        smooth_l1(x[..], target[..]; beta = 1) -> loss
          r[..] = x[..] - target[..]
          loss  += where(abs(r[..]) < beta, 0.5 * square(r[..]) / beta, abs(r[..]) - 0.5 * beta) / #..
        """).Tried("beta", 0.5);

    /// <summary>The mean of log cosh of the difference: square inside, straight outside, smooth everywhere.</summary>
    public static readonly Op LogCosh = Op.Define("""
        log_cosh(x[..], target[..]) -> loss
          r[..] = x[..] - target[..]
          loss  += (r[..] + softplus(-2 * r[..]) - 0.6931471805599453) / #..
        """);

    /// <summary>The pinball loss, whose best answer is a quantile.</summary>
    public static readonly Op Quantile = Op.Define("""
        quantile(x[..], target[..]; q = 0.5) -> loss
          r[..] = target[..] - x[..]
          loss  += max(q * r[..], (q - 1) * r[..]) / #..
        """).Tried("q", 0.9);

    /// <summary>The negative log density of targets under normal distributions with mean x and logarithm of the
    /// variance logvar.</summary>
    public static readonly Op GaussianNll = Op.Define("""
        gaussian_nll(x[..], logvar[..], target[..]) -> loss
          loss += 0.5 * (1.8378770664093453 + logvar[..] + square(x[..] - target[..]) * exp(-logvar[..])) / #..
        """);

    /// <summary>The negative log probability of counts under Poisson distributions with log rate x, without the
    /// constant.</summary>
    public static readonly Op PoissonNll = Op.Define("""
        poisson_nll(x[..], target[..]) -> loss
          loss += (exp(x[..]) - target[..] * x[..]) / #..
        """);

    /// <summary>A positive example must be nearer to the anchor than a negative one, by a margin: all [b, c].</summary>
    public static readonly Op TripletMargin = Op.Define("""
        triplet_margin(anchor[b,c], positive[b,c], negative[b,c]; margin = 1, eps = 1e-12) -> loss
          near[b] += square(anchor[b,c] - positive[b,c])
          far[b]  += square(anchor[b,c] - negative[b,c])
          loss    += max(0, sqrt(near[b] + eps) - sqrt(far[b] + eps) + margin) / #b
        """);

    /// <summary>One minus the cosine of the angle, mean over rows: x, target [b, c].</summary>
    public static readonly Op CosineLoss = Op.Define("""
        cosine_loss(x[b,c], target[b,c]; eps = 1e-12) -> loss
          xz[b] += x[b,c] * target[b,c]
          xx[b] += square(x[b,c])
          zz[b] += square(target[b,c])
          loss  += (1 - xz[b] / sqrt(xx[b] * zz[b] + eps)) / #b
        """);

    internal static Op[] All =>
        [Mse, L1, Huber, SmoothL1, LogCosh, Quantile, GaussianNll, PoissonNll, TripletMargin, CosineLoss];
}

public sealed partial class Tensor
{
    /// <summary>The mean squared difference: [..] to one number.</summary>
    public Tensor Mse(Tensor target) => RegressionLossOps.Mse.Call([this, target]);

    /// <summary>The mean absolute difference: [..] to one number.</summary>
    public Tensor L1Loss(Tensor target) => RegressionLossOps.L1.Call([this, target]);

    /// <summary>Quadratic up to delta, linear beyond: [..] to one number.</summary>
    public Tensor Huber(Tensor target, double delta = 1) => RegressionLossOps.Huber.Call([this, target], delta);

    /// <summary>huber divided by beta: [..] to one number.</summary>
    public Tensor SmoothL1(Tensor target, double beta = 1) => RegressionLossOps.SmoothL1.Call([this, target], beta);

    /// <summary>The mean of log(cosh(difference)): [..] to one number.</summary>
    public Tensor LogCosh(Tensor target) => RegressionLossOps.LogCosh.Call([this, target]);

    /// <summary>The pinball loss of a quantile: [..] to one number.</summary>
    public Tensor Quantile(Tensor target, double q = 0.5) => RegressionLossOps.Quantile.Call([this, target], q);

    /// <summary>The negative log likelihood of normal distributions: [..] to one number.</summary>
    public Tensor GaussianNll(Tensor logvar, Tensor target) =>
        RegressionLossOps.GaussianNll.Call([this, logvar, target]);

    /// <summary>The negative log likelihood of counts: [..] to one number.</summary>
    public Tensor PoissonNll(Tensor target) => RegressionLossOps.PoissonNll.Call([this, target]);

    /// <summary>The positive example must be nearer than the negative: [b, c] to one number.</summary>
    public Tensor TripletMargin(Tensor positive, Tensor negative, double margin = 1) =>
        RegressionLossOps.TripletMargin.Call([this, positive, negative], margin);

    /// <summary>1 minus the cosine of the angle between rows: [b, c] to one number.</summary>
    public Tensor CosineLoss(Tensor target) => RegressionLossOps.CosineLoss.Call([this, target]);
}
