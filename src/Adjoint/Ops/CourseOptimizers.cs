namespace Adjoint;

// The decoupled forms: each hyperparameter keeps its meaning when another changes. g is the mean gradient of a batch
// of B examples; rate0 is a rate per example, so B * rate0 * g is what B single steps would add up to.

/// <summary>Optimizer updates with decoupled hyperparameters, and the update that does not depend on units.</summary>
public static class CourseOptimizerOps
{
    /// <summary>The rate grows with the batch: rate = batch * rate0.</summary>
    public static readonly Op SgdDecoupled = Op.Define("""
        sgd_decoupled(w[..], g[..]; rate0 = 1e-4, batch = 1) -> w'
          w'[..] -= batch * rate0 * g[..]
        """).Tried("rate0", 0.1).Tried("batch", 4);

    /// <summary>The rate does not grow with the memory of the momentum: rate = (1 - mu) * batch * rate0.</summary>
    public static readonly Op MomentumDecoupled = Op.Define("""
        momentum_decoupled(w[..], g[..], m[..]; rate0 = 1e-4, batch = 1, mu = 0.9) -> w', m'
          m'[..] = mu * m[..] + g[..]
          w'[..] -= (1 - mu) * batch * rate0 * m'[..]
        """).Tried("rate0", 0.1).Tried("batch", 4);

    /// <summary>For a large eps RMSprop is SGD with rate / eps: rate = eps * rate0 keeps rate0 in charge. ns steps are
    /// averaged, fewer at the start.</summary>
    public static readonly Op RmsPropDecoupled = Op.Define("""
        rmsprop_decoupled(w[..], g[..], v[..], int step; rate0 = 0.1, ns = 100, eps = 1) -> w', v', step'
          step'  = step + 1
          bs     = 1 / min(step', ns)
          v'[..] = (1 - bs) * v[..] + bs * square(g[..])
          sd[..] = sqrt(v'[..])
          w'[..] -= eps * rate0 * g[..] / (sd[..] + eps)
        """).Within("v", 0.2, 1).Within("step", 0, 5);

    /// <summary>Adam with means over ng and ns steps, over all steps while there are fewer: no bias to
    /// correct.</summary>
    public static readonly Op AdamCourse = Op.Define("""
        adam_course(w[..], g[..], m[..], v[..], int step; rate = 0.001, ng = 10, ns = 1000, eps = 1e-8) -> w', m', v', step'
          step'  = step + 1
          bg     = 1 / min(step', ng)
          bs     = 1 / min(step', ns)
          m'[..] = (1 - bg) * m[..] + bg * g[..]
          v'[..] = (1 - bs) * v[..] + bs * square(g[..])
          sd[..] = sqrt(v'[..])
          w'[..] -= rate * m'[..] / (sd[..] + eps)
        """).Within("v", 0.2, 1).Within("step", 1, 5);

    /// <summary>adam_course with rate = eps * rate0, for a large eps.</summary>
    public static readonly Op AdamDecoupled = Op.Define("""
        adam_decoupled(w[..], g[..], m[..], v[..], int step; rate0 = 0.1, ng = 10, ns = 1000, eps = 1) -> w', m', v', step'
          step'  = step + 1
          bg     = 1 / min(step', ng)
          bs     = 1 / min(step', ns)
          m'[..] = (1 - bg) * m[..] + bg * g[..]
          v'[..] = (1 - bs) * v[..] + bs * square(g[..])
          sd[..] = sqrt(v'[..])
          w'[..] -= eps * rate0 * m'[..] / (sd[..] + eps)
        """).Within("v", 0.2, 1).Within("step", 1, 5);

    /// <summary>Pulls weights towards their start with the strength of a Gaussian prior: gamma = batch * rate0 / (ng *
    /// examples * variance).</summary>
    public static readonly Op Shrinkage = Op.Define("""
        shrinkage(w[..], start[..]; rate0 = 0.1, batch = 1, ng = 1, examples = 1000, variance = 1) -> w'
          w'[..] -= batch * rate0 / (ng * examples * variance) * (w[..] - start[..])
        """).Tried("examples", 2);

    /// <summary>SGD whose result does not depend on the unit of an input: each column is divided by the variance of its
    /// input (w [i, j], gu [b, i] at the output, x [b, j]).</summary>
    public static readonly Op UnitInvariant = Op.Define("""
        unit_invariant(w[i,j], gu[b,i], x[b,j]; rate = 0.1) -> w'
          mean[j] += x[b,j] / #b
          var[j]  += square(x[b,j] - mean[j]) / #b
          g[i,j]  += gu[b,i] * x[b,j]
          w'[i,j] -= rate * g[i,j] / var[j]
        """).Sized("b", 3);

    /// <summary>unit_invariant with variances known beforehand, of the training set: variance [j].</summary>
    public static readonly Op UnitInvariantGiven = Op.Define("""
        unit_invariant_given(w[i,j], gu[b,i], x[b,j], variance[j]; rate = 0.1) -> w'
          g[i,j]  += gu[b,i] * x[b,j]
          w'[i,j] -= rate * g[i,j] / variance[j]
        """).Within("variance", 0.3, 2);

    /// <summary>unit_invariant_given from the gradient of the weight.</summary>
    public static readonly Op UnitInvariantGradient = Op.Define("""
        unit_invariant_gradient(w[i,j], g[i,j], variance[j]; rate = 0.1) -> w'
          w'[i,j] -= rate * g[i,j] / variance[j]
        """).Within("variance", 0.3, 2);

    internal static Op[] All =>
    [
        SgdDecoupled, MomentumDecoupled, RmsPropDecoupled, AdamCourse, AdamDecoupled, Shrinkage, UnitInvariant,
        UnitInvariantGiven, UnitInvariantGradient,
    ];
}
