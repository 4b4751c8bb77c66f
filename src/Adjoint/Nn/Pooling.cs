namespace Adjoint;

/// <summary>The largest of each window: x [b, c, m, n], or [b, c, m].</summary>
/// <param name="stride">The size of the window if none is given.</param>
public sealed class MaxPool(int size = 2, int? stride = null, int pad = 0) : Layer
{
    protected override Tensor Run(Tensor x) =>
        x.Rank == 3 ? x.MaxPool1d(size, stride, pad) : x.MaxPool2d(size, stride, pad);

    public override string ToString() => $"MaxPool {size}";
}

/// <summary>The mean of each window, padding as zeros: x [b, c, m, n], or [b, c, m].</summary>
/// <param name="stride">The size of the window if none is given.</param>
public sealed class AveragePool(int size = 2, int? stride = null, int pad = 0) : Layer
{
    protected override Tensor Run(Tensor x) =>
        x.Rank == 3 ? x.AveragePool1d(size, stride, pad) : x.AveragePool2d(size, stride, pad);

    public override string ToString() => $"AveragePool {size}";
}

/// <summary>As many means as wanted from an image of any size: x [b, c, m, n] to [b, c, height, width].</summary>
public sealed class AdaptiveAveragePool(int height = 1, int width = 1) : Layer
{
    protected override Tensor Run(Tensor x) => x.AdaptiveAveragePool2d(height, width);

    public override string ToString() => $"AdaptiveAveragePool {height}×{width}";
}

/// <summary>The mean over all positions: x [b, c, ..] to [b, c].</summary>
public sealed class GlobalAveragePool : Layer
{
    protected override Tensor Run(Tensor x) => x.GlobalAveragePool();
}
