namespace Adjoint;

// An attribute that is only computed with is an argument of kernels. A plain number is merged with equal ones and
// stays what it was at the capture; one that a dial gives is an argument of its own, read anew at each run.

/// <summary>A number that changes between the runs of a step without a new plan: a learning rate.</summary>
sealed class Dial(double value)
{
    public double Value { get; set; } = value;
}
