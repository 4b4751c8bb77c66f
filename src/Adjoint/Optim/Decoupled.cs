namespace Adjoint;

// Each hyperparameter keeps its meaning when another changes: rates are per example, memories are counted in steps.

/// <summary>SGD whose rate grows with the batch: rate = batch * rate0.</summary>
/// <param name="rate0">Per example.</param> <param name="batch">Examples in a batch.</param>
public sealed class SgdDecoupled(IEnumerable<Parameter> parameters, double rate0 = 1e-4, double batch = 1)
    : Optimizer(CourseOptimizerOps.SgdDecoupled, parameters, rate0, 0, ("batch", batch));

/// <summary>Momentum whose rate does not grow with its memory: rate = (1 - mu) * batch * rate0.</summary>
/// <param name="rate0">Per example.</param> <param name="batch">Examples in a batch.</param>
public sealed class MomentumDecoupled(IEnumerable<Parameter> parameters, double rate0 = 1e-4, double batch = 1,
    double mu = 0.9)
    : Optimizer(CourseOptimizerOps.MomentumDecoupled, parameters, rate0, 0, ("batch", batch), ("mu", mu));

/// <summary>RMSprop with a large eps that averages ns steps: rate = eps * rate0.</summary>
public sealed class RmsPropDecoupled(IEnumerable<Parameter> parameters, double rate0 = 0.1, double ns = 100, double eps = 1)
    : Optimizer(CourseOptimizerOps.RmsPropDecoupled, parameters, rate0, 0, ("ns", ns), ("eps", eps));

/// <summary>Adam with means over ng and ns steps, over all steps while there are fewer: no bias to correct.</summary>
public sealed class AdamCourse(IEnumerable<Parameter> parameters, double rate = 0.001, double ng = 10, double ns = 1000,
    double eps = 1e-8)
    : Optimizer(CourseOptimizerOps.AdamCourse, parameters, rate, 0, ("ng", ng), ("ns", ns), ("eps", eps));

/// <summary>AdamCourse with a large eps: rate = eps * rate0.</summary>
public sealed class AdamDecoupled(IEnumerable<Parameter> parameters, double rate0 = 0.1, double ng = 10, double ns = 1000,
    double eps = 1)
    : Optimizer(CourseOptimizerOps.AdamDecoupled, parameters, rate0, 0, ("ng", ng), ("ns", ns), ("eps", eps));
