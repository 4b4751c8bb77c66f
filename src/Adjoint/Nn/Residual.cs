namespace Adjoint;

/// <summary>x + inner(x), or shortcut(x) + inner(x) where the shapes differ (arXiv:1512.03385).</summary>
public sealed class Residual : Layer
{
    readonly Layer inner;
    readonly Layer? shortcut;

    public Residual(Layer inner, Layer? shortcut = null)
    {
        this.inner = Child("inner", inner);
        if (shortcut is not null) this.shortcut = Child("shortcut", shortcut);
    }

    protected override Tensor Run(Tensor x) => (shortcut?.Forward(x) ?? x) + inner.Forward(x);
}
