namespace Adjoint;

/// <summary>Divergences between distributions, latent variables, and the losses of adversarial training.</summary>
public static class DivergenceOps
{
    /// <summary>Sum of p log(p / q); terms with p = 0 are 0: p, q [.., j] to kl [..].</summary>
    public static readonly Op KlDivergence = Op.Define("""
        kl_divergence(p[..,j], q[..,j]) -> kl
          kl[..] += where(p[..,j] > 0, p[..,j] * (log(p[..,j]) - log(q[..,j])), 0)
        """).Within("p", 0.1, 1).Within("q", 0.1, 1);

    /// <summary>The divergence of target probabilities from log probabilities x, summed over v, mean over b: x, target
    /// [b, v].</summary>
    public static readonly Op KlLoss = Op.Define("""
        kl_loss(x[b,v], target[b,v]) -> loss
          loss += where(target[b,v] > 0, target[b,v] * (log(target[b,v]) - x[b,v]), 0) / #b
        """).Within("target", 0.1, 1);

    /// <summary>The entropy in nats: p [.., j] to h [..].</summary>
    public static readonly Op Entropy = Op.Define("""
        entropy(p[..,j]) -> h
          h[..] -= where(p[..,j] > 0, p[..,j] * log(p[..,j]), 0)
        """).Within("p", 0.1, 1);

    /// <summary>The Jensen-Shannon divergence, the mean divergence from the mixture: p, q [.., j] to js [..].</summary>
    public static readonly Op JensenShannon = Op.Define("""
        jensen_shannon(p[..,j], q[..,j]) -> js
          m[..,j] = 0.5 * (p[..,j] + q[..,j])
          js[..]  += where(p[..,j] > 0, 0.5 * p[..,j] * (log(p[..,j]) - log(m[..,j])), 0)
          js[..]  += where(q[..,j] > 0, 0.5 * q[..,j] * (log(q[..,j]) - log(m[..,j])), 0)
        """).Within("p", 0.1, 1).Within("q", 0.1, 1);

    /// <summary>The divergence of normal distributions from the standard one: mu, logvar [b, j] to kl [b].</summary>
    public static readonly Op GaussianKl = Op.Define("""
        gaussian_kl(mu[b,j], logvar[b,j]) -> kl
          kl[b] -= 0.5 * (1 + logvar[b,j] - square(mu[b,j]) - exp(logvar[b,j]))
        """);

    /// <summary>A draw from normal distributions as a function of their parameters (arXiv:1312.6114): mu, logvar, noise
    /// [..].</summary>
    public static readonly Op Reparameterise = Op.Define("""
        reparameterise(mu[..], logvar[..], normal noise[..]) -> z
          sd[..] = exp(0.5 * logvar[..])
          z[..]  = mu[..] + sd[..] * noise[..]
        """);

    /// <summary>The discriminator's loss: real and fake are logits [b].</summary>
    public static readonly Op GanDiscriminator = Op.Define("""
        gan_discriminator(real[b], fake[b]) -> loss
          loss += (softplus(-real[b]) + softplus(fake[b])) / #b
        """);

    /// <summary>The generator's loss that does not saturate: fake are logits [b].</summary>
    public static readonly Op GanGenerator = Op.Define("""
        gan_generator(fake[b]) -> loss
          loss += softplus(-fake[b]) / #b
        """);

    /// <summary>The critic's loss of a Wasserstein GAN: mean of fake minus mean of real, both [b].</summary>
    public static readonly Op WassersteinCritic = Op.Define("""
        wasserstein_critic(real[b], fake[b]) -> loss
          loss += (fake[b] - real[b]) / #b
        """);

    /// <summary>Pulls the length of each gradient row towards 1 (arXiv:1704.00028): g [b, i] to one number.</summary>
    public static readonly Op GradientPenalty = Op.Define("""
        gradient_penalty(g[b,i]; weight = 10, eps = 1e-12) -> loss
          s[b] += square(g[b,i])
          l[b] = sqrt(s[b] + eps)
          loss += weight * square(l[b] - 1) / #b
        """);

    internal static Op[] All =>
    [
        KlDivergence, KlLoss, Entropy, JensenShannon, GaussianKl, Reparameterise, GanDiscriminator, GanGenerator,
        WassersteinCritic, GradientPenalty,
    ];
}

public sealed partial class Tensor
{
    /// <summary>Sum of p log(p / q): [.., j] to [..].</summary>
    public Tensor KlDivergence(Tensor q) => DivergenceOps.KlDivergence.Call([this, q]);

    /// <summary>The divergence of target probabilities from log probabilities: [b, v] to one number.</summary>
    public Tensor KlLoss(Tensor target) => DivergenceOps.KlLoss.Call([this, target]);

    /// <summary>The entropy in nats: [.., j] to [..].</summary>
    public Tensor Entropy() => DivergenceOps.Entropy.Call([this]);

    /// <summary>The Jensen-Shannon divergence: [.., j] to [..].</summary>
    public Tensor JensenShannon(Tensor q) => DivergenceOps.JensenShannon.Call([this, q]);

    /// <summary>The divergence of normal distributions from the standard one; this is mu [b, j] to [b].</summary>
    public Tensor GaussianKl(Tensor logvar) => DivergenceOps.GaussianKl.Call([this, logvar]);

    /// <summary>A draw from normal distributions as a function of their parameters; this is mu [..].</summary>
    public Tensor Reparameterise(Tensor logvar) => DivergenceOps.Reparameterise.Call([this, logvar]);

    /// <summary>Pulls the length of each gradient row towards 1: [b, i] to one number.</summary>
    public Tensor GradientPenalty(double weight = 10) => DivergenceOps.GradientPenalty.Call([this], weight);
}
