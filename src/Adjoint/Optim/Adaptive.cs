namespace Adjoint;

/// <summary>Divides by a running root mean square.</summary>
public sealed class RmsProp(IEnumerable<Parameter> parameters, double rate = 0.01, double rho = 0.99, double eps = 1e-8,
    double weightDecay = 0)
    : Optimizer(OptimizerOps.RmsProp, parameters, rate, weightDecay, ("rho", rho), ("eps", eps));

/// <summary>Divides by the root of the sum of all squares (Duchi, Hazan and Singer, 2011).</summary>
public sealed class Adagrad(IEnumerable<Parameter> parameters, double rate = 0.01, double eps = 1e-10, double weightDecay = 0)
    : Optimizer(OptimizerOps.Adagrad, parameters, rate, weightDecay, ("eps", eps));

/// <summary>Steps in the unit of the weight (arXiv:1212.5701).</summary>
public sealed class Adadelta(IEnumerable<Parameter> parameters, double rate = 1, double rho = 0.9, double eps = 1e-6,
    double weightDecay = 0)
    : Optimizer(OptimizerOps.Adadelta, parameters, rate, weightDecay, ("rho", rho), ("eps", eps));

/// <summary>Running mean over running root mean square, both debiased (arXiv:1412.6980); weight decay through the
/// gradient.</summary>
public sealed class Adam(IEnumerable<Parameter> parameters, double rate = 0.001, double beta1 = 0.9, double beta2 = 0.999,
    double eps = 1e-8, double weightDecay = 0)
    : Optimizer(OptimizerOps.Adam, parameters, rate, weightDecay, ("beta1", beta1), ("beta2", beta2), ("eps", eps));

/// <summary>Adam with the weight decay beside the step (arXiv:1711.05101).</summary>
public sealed class AdamW : Optimizer
{
    public AdamW(IEnumerable<Parameter> parameters, double rate = 0.001, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1e-8, double weightDecay = 0.01)
        : base(OptimizerOps.Adam, parameters, rate, weightDecay, ("beta1", beta1), ("beta2", beta2), ("eps", eps)) =>
        DecaysWeights = true;
}

/// <summary>Adam by the largest gradient instead of the root mean square (arXiv:1412.6980, section 7).</summary>
public sealed class Adamax(IEnumerable<Parameter> parameters, double rate = 0.002, double beta1 = 0.9, double beta2 = 0.999,
    double eps = 1e-8, double weightDecay = 0)
    : Optimizer(OptimizerOps.Adamax, parameters, rate, weightDecay, ("beta1", beta1), ("beta2", beta2), ("eps", eps));

/// <summary>Steps of one size, by the sign of a running mean (arXiv:2302.06675).</summary>
public sealed class Lion : Optimizer
{
    public Lion(IEnumerable<Parameter> parameters, double rate = 1e-4, double beta1 = 0.9, double beta2 = 0.99,
        double weightDecay = 0)
        : base(OptimizerOps.Lion, parameters, rate, weightDecay, ("beta1", beta1), ("beta2", beta2)) =>
        DecaysWeights = true;
}
