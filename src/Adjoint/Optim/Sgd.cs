namespace Adjoint;

/// <summary>Stochastic gradient descent: w -= rate * g.</summary>
public sealed class Sgd(IEnumerable<Parameter> parameters, double rate = 0.01, double weightDecay = 0)
    : Optimizer(OptimizerOps.Sgd, parameters, rate, weightDecay);

/// <summary>Steps by a running sum of gradients.</summary>
public sealed class Momentum(IEnumerable<Parameter> parameters, double rate = 0.01, double mu = 0.9, double weightDecay = 0)
    : Optimizer(OptimizerOps.Momentum, parameters, rate, weightDecay, ("mu", mu));

/// <summary>Momentum that looks one step ahead.</summary>
public sealed class Nesterov(IEnumerable<Parameter> parameters, double rate = 0.01, double mu = 0.9, double weightDecay = 0)
    : Optimizer(OptimizerOps.Nesterov, parameters, rate, weightDecay, ("mu", mu));

/// <summary>SGD that does not depend on the units of inputs: the gradient of a matrix [i, j] is divided by the variance
/// of input j; vectors move as in SGD.</summary>
public sealed class UnitInvariantSgd(IEnumerable<Parameter> parameters, double rate = 0.01)
    : Optimizer(CourseOptimizerOps.UnitInvariantGradient, parameters, rate)
{
    /// <summary>Sets the variances of the inputs of a weight, over the training set; before it they are 1.</summary>
    /// <param name="variance">[j]</param>
    public void SetVariance(Parameter weight, Tensor variance) =>
        Tensor.Assign((StateOf(weight)["variance"], variance));

    protected override Op RuleOf(Parameter parameter) =>
        parameter.Shape.Length == 2 ? base.RuleOf(parameter) : OptimizerOps.Sgd;

    protected override Tensor NewState(string name, Parameter parameter) =>
        Tensor.Ones(parameter.Value.Type, parameter.Shape[1]);
}
