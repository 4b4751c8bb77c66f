namespace Adjoint;

/// <summary>Everything of an example in one row: x [b, ..] to [b, j].</summary>
public sealed class Flatten : Layer
{
    protected override Tensor Run(Tensor x) => x.Flatten(1);
}
