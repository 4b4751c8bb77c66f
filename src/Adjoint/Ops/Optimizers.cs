namespace Adjoint;

// Updates are elementwise in the weight w and its gradient g, and in place: w' starts at w. Formulas are PyTorch's,
// eps outside the root. The debiasing of Adam is one number a step, so it stands on lines of its own.

/// <summary>Optimizer updates: w, g and the states [..]; step counts from 0.</summary>
public static class OptimizerOps
{
    /// <summary>w moves against the gradient; decay pulls w to 0 through the gradient.</summary>
    public static readonly Op Sgd = Op.Define("""
        sgd(w[..], g[..]; rate = 0.01, decay = 0) -> w'
          w'[..] -= rate * (g[..] + decay * w[..])
        """).Tried("decay", 0.1);

    /// <summary>The step is a running sum of gradients.</summary>
    public static readonly Op Momentum = Op.Define("""
        momentum(w[..], g[..], m[..]; rate = 0.01, mu = 0.9) -> w', m'
          m'[..] = mu * m[..] + g[..]
          w'[..] -= rate * m'[..]
        """);

    /// <summary>momentum that looks one step ahead.</summary>
    public static readonly Op Nesterov = Op.Define("""
        nesterov(w[..], g[..], m[..]; rate = 0.01, mu = 0.9) -> w', m'
          m'[..] = mu * m[..] + g[..]
          w'[..] -= rate * (g[..] + mu * m'[..])
        """);

    /// <summary>Divides by a running root mean square.</summary>
    public static readonly Op RmsProp = Op.Define("""
        rmsprop(w[..], g[..], v[..]; rate = 0.01, rho = 0.99, eps = 1e-8) -> w', v'
          v'[..] = rho * v[..] + (1 - rho) * square(g[..])
          sd[..] = sqrt(v'[..])
          w'[..] -= rate * g[..] / (sd[..] + eps)
        """).Within("v", 0.2, 1);

    /// <summary>Divides by the root of the sum of all squares (Duchi, Hazan and Singer, 2011).</summary>
    public static readonly Op Adagrad = Op.Define("""
        adagrad(w[..], g[..], v[..]; rate = 0.01, eps = 1e-10) -> w', v'
          v'[..] += square(g[..])
          sd[..] = sqrt(v'[..])
          w'[..] -= rate * g[..] / (sd[..] + eps)
        """).Within("v", 0.2, 1);

    /// <summary>Steps in the unit of the weight (arXiv:1212.5701).</summary>
    public static readonly Op Adadelta = Op.Define("""
        adadelta(w[..], g[..], v[..], s[..]; rate = 1, rho = 0.9, eps = 1e-6) -> w', v', s'
          v'[..] = rho * v[..] + (1 - rho) * square(g[..])
          d[..]  = sqrt(s[..] + eps) / sqrt(v'[..] + eps) * g[..]
          s'[..] = rho * s[..] + (1 - rho) * square(d[..])
          w'[..] -= rate * d[..]
        """).Within("v", 0.2, 1).Within("s", 0.2, 1);

    /// <summary>Running mean over running root mean square, both debiased (arXiv:1412.6980).</summary>
    public static readonly Op Adam = Op.Define("""
        adam(w[..], g[..], m[..], v[..], int step; rate = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) -> w', m', v', step'
          step'  = step + 1
          c1     = 1 - pow(beta1, step')
          c2     = 1 - pow(beta2, step')
          m'[..] = beta1 * m[..] + (1 - beta1) * g[..]
          v'[..] = beta2 * v[..] + (1 - beta2) * square(g[..])
          sd[..] = sqrt(v'[..] / c2)
          w'[..] -= rate * m'[..] / c1 / (sd[..] + eps)
        """).Within("v", 0.2, 1).Within("step", 0, 5);

    /// <summary>adam whose gradient contains the decay (coupled L2).</summary>
    public static readonly Op AdamL2 = Op.Define("""
        adam_l2(w[..], g[..], m[..], v[..], int step; rate = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, decay = 0.01) -> w', m', v', step'
          step'  = step + 1
          c1     = 1 - pow(beta1, step')
          c2     = 1 - pow(beta2, step')
          gd[..] = g[..] + decay * w[..]
          m'[..] = beta1 * m[..] + (1 - beta1) * gd[..]
          v'[..] = beta2 * v[..] + (1 - beta2) * square(gd[..])
          sd[..] = sqrt(v'[..] / c2)
          w'[..] -= rate * m'[..] / c1 / (sd[..] + eps)
        """).Within("v", 0.2, 1).Within("step", 0, 5);

    /// <summary>adam with the decay beside the step (arXiv:1711.05101).</summary>
    public static readonly Op AdamW = Op.Define("""
        adamw(w[..], g[..], m[..], v[..], int step; rate = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, decay = 0.01) -> w', m', v', step'
          step'  = step + 1
          c1     = 1 - pow(beta1, step')
          c2     = 1 - pow(beta2, step')
          m'[..] = beta1 * m[..] + (1 - beta1) * g[..]
          v'[..] = beta2 * v[..] + (1 - beta2) * square(g[..])
          sd[..] = sqrt(v'[..] / c2)
          w'[..] -= rate * (decay * w[..] + m'[..] / c1 / (sd[..] + eps))
        """).Within("v", 0.2, 1).Within("step", 0, 5);

    /// <summary>adam by the largest gradient instead of the root mean square (arXiv:1412.6980, section 7).</summary>
    public static readonly Op Adamax = Op.Define("""
        adamax(w[..], g[..], m[..], v[..], int step; rate = 0.002, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) -> w', m', v', step'
          step'  = step + 1
          c1     = 1 - pow(beta1, step')
          m'[..] = beta1 * m[..] + (1 - beta1) * g[..]
          v'[..] = max(beta2 * v[..], abs(g[..]) + eps)
          w'[..] -= rate * m'[..] / c1 / v'[..]
        """).Within("v", 0.2, 1).Within("step", 0, 5);

    /// <summary>Steps of one size, by the sign of a running mean (arXiv:2302.06675).</summary>
    public static readonly Op Lion = Op.Define("""
        lion(w[..], g[..], m[..]; rate = 1e-4, beta1 = 0.9, beta2 = 0.99, decay = 0) -> w', m'
          w'[..] -= rate * (sign(beta1 * m[..] + (1 - beta1) * g[..]) + decay * w[..])
          m'[..] = beta2 * m[..] + (1 - beta2) * g[..]
        """).Tried("decay", 0.1).Tried("rate", 0.1);

    /// <summary>A running average of weights, for evaluation: average moves towards w.</summary>
    public static readonly Op AverageWeights = Op.Define("""
        average_weights(average[..], w[..]; keep = 0.999) -> average'
          average'[..] = keep * average[..] + (1 - keep) * w[..]
        """).Tried("keep", 0.7);

    /// <summary>Shortens a gradient that is longer than the limit.</summary>
    public static readonly Op ClipNorm = Op.Define("""
        clip_norm(g[..]; limit = 1) -> y
          s     += square(g[..])
          scale = min(1, limit / sqrt(s))
          y[..] = scale * g[..]
        """).Tried("limit", 0.5);

    /// <summary>Shortens one of many gradients, if all together, whose squares sum to s, are longer than the
    /// limit.</summary>
    public static readonly Op ClipGlobalNorm = Op.Define("""
        clip_global_norm(g[..], s; limit = 1) -> y
          scale = min(1, limit / sqrt(s))
          y[..] = scale * g[..]
        """).Tried("limit", 0.5).Within("s", 0.3, 2);

    /// <summary>A gradient that contains the decay: coupled, L2.</summary>
    public static readonly Op DecayGradient = Op.Define("""
        decay_gradient(g[..], w[..]; decay = 0.01) -> y
          y[..] = g[..] + decay * w[..]
        """);

    /// <summary>The decay beside the step: decoupled from what the optimizer makes of gradients.</summary>
    public static readonly Op DecayWeights = Op.Define("""
        decay_weights(w[..]; rate = 0.01, decay = 0.01) -> w'
          w'[..] -= rate * decay * w[..]
        """).Tried("rate", 0.1).Tried("decay", 0.5);

    internal static Op[] All =>
    [
        Sgd, Momentum, Nesterov, RmsProp, Adagrad, Adadelta, Adam, AdamL2, AdamW, Adamax, Lion, AverageWeights,
        ClipNorm, ClipGlobalNorm, DecayGradient, DecayWeights,
    ];
}
