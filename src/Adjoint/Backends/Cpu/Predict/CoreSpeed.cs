namespace Adjoint;

/// <summary>What one core needs for the instructions of kernels, measured: seconds each, where many are under way.</summary>
/// <param name="Instruction">Of a kernel of loads, stores and arithmetic in mixture.</param>
/// <param name="Product">Multiplying, or multiplying and adding, the lanes of a vector.</param>
/// <param name="Step">From a product to the next that needs it.</param>
/// <param name="Division">What a quotient or a root takes on top of an instruction.</param>
/// <param name="Window">Instructions that are in flight at the same time.</param>
readonly record struct CoreSpeed(double Instruction, double Product, double Step, double Division, double Window);
