namespace Adjoint;

/// <summary>In training zeroes elements with probability rate and scales the others up; in evaluation hands them on. Its
/// numbers follow from the seed, its path and the number of the step.</summary>
public sealed class Dropout(double rate = 0.5) : Layer
{
    protected override Tensor Run(Tensor x) => IsTraining && rate > 0
        ? RandomOps.Dropout.Call([x, Tensor.Draw(OperandKind.Uniform, x.Type, [.. x.Shape], Path)], rate) : x;

    public override string ToString() => FormattableString.Invariant($"Dropout {rate}");
}
