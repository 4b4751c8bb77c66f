namespace Adjoint;

/// <summary>Adds to every position of x [b, t, d] a row that tells which it is.</summary>
public abstract class PositionEncoding : Layer
{
    /// <summary>The same for a new position, or a run of them.</summary>
    /// <param name="x">[b, d], or [b, t, d]</param> <returns>As x.</returns>
    public Tensor Step(Tensor x, KvCache cache) =>
        x + Rows(cache.Capacity, x.Type).Embedding(x.Rank == 3 ? cache.Places(x.Shape[1]) : cache.At);

    /// <summary>[p, d], p at least so many.</summary>
    private protected abstract Tensor Rows(int positions, DType type);
}

/// <summary>A learned row for each position.</summary>
public sealed class LearnedPositions : PositionEncoding
{
    readonly (int Length, int Width) size;

    /// <param name="length">The most positions there may be.</param>
    /// <param name="init">Standard normal numbers if none is given.</param>
    public LearnedPositions(int length, int width, Init? init = null)
    {
        size = (length, width);
        Weight = Parameter("weight", [length, width], init ?? Init.Normal());
    }

    /// <summary>[p, d]</summary>
    public Parameter Weight { get; }

    protected override Tensor Run(Tensor x) => x.Shape[1] <= size.Length ? x.LearnedPositions(Weight)
        : throw new ShapeException($"{this}: there are {x.Shape[1]} positions.\n  x : {x.Described}", "x", [.. x.Shape]);

    public override string ToString() => $"LearnedPositions {size.Length} × {size.Width}";

    private protected override Tensor Rows(int positions, DType type) => positions <= size.Length ? Weight
        : throw new ShapeException($"{this}: the cache has room for {positions} positions.", "cache", [positions]);
}

/// <summary>Sines in the first half of the features, cosines in the second, wavelengths from 2 pi to 2 pi 10,000
/// (arXiv:1706.03762).</summary>
public sealed class SinusoidalPositions : PositionEncoding
{
    readonly int width;

    /// <param name="width">Even, at least 4.</param>
    public SinusoidalPositions(int width) => this.width = width >= 4 && width % 2 == 0 ? width
        : throw new ArgumentException($"SinusoidalPositions: the width is even and at least 4, not {width}.", nameof(width));

    protected override Tensor Run(Tensor x) => x + Rows(x.Shape[1], x.Type);

    public override string ToString() => $"SinusoidalPositions {width}";

    private protected override Tensor Rows(int positions, DType type) => PositionOps.Sinusoids.CallAs(type, [], positions, width / 2);
}
