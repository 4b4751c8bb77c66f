namespace Adjoint;

/// <summary>Weights are pulled towards where they began, as strongly as a Gaussian prior around it asks for: at each step by
/// batch * rate / (memory * examples * variance) of the way.</summary>
/// <param name="Variance">Of the prior.</param>
/// <param name="Examples">In the training set.</param>
/// <param name="Batch">Examples in a batch.</param>
/// <param name="Memory">How many steps the optimizer averages gradients over.</param>
public sealed record Shrinkage(double Variance, double Examples, double Batch = 1, double Memory = 1);
