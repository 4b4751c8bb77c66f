namespace Adjoint;

/// <summary>A change of a field of float32 on its way into a batch.</summary>
/// <remarks>What it draws follows from seed, epoch and example, so that a resumed run sees the same bits.</remarks>
public abstract class Transform
{
    /// <summary>The field it changes.</summary>
    public string Field { get; init; } = "image";

    /// <summary>The shape it makes of a shape.</summary>
    /// <exception cref="ShapeException">It can't work on such a field.</exception>
    public abstract int[] ShapeOf(ReadOnlySpan<int> shape);

    /// <summary>Writes every number of <paramref name="to"/>.</summary>
    /// <param name="from">One example, of the shape <paramref name="shape"/></param>
    /// <param name="to">Memory of its own, of the shape <see cref="ShapeOf"/></param>
    public abstract void Apply(ReadOnlySpan<float> from, ReadOnlySpan<int> shape, Span<float> to, ref ExampleRandom random);

    /// <summary>Demands [c, h, w].</summary>
    private protected int[] ImageShape(ReadOnlySpan<int> shape) => shape.Length == 3 ? [.. shape]
        : throw new ShapeException($"{GetType().Name}: field '{Field}' is no image.\n  expected  [c, h, w]\n"
            + $"  found     [{string.Join(", ", shape.ToArray())}]", Field, [.. shape]);
}

/// <summary>(x - mean) / deviation, for each channel or for all at once.</summary>
public sealed class Normalise : Transform
{
    readonly float[] means, deviations;

    public Normalise(float mean, float deviation) : this([mean], [deviation]) { }

    /// <param name="means">[c]</param>
    /// <param name="deviations">[c], above 0</param>
    public Normalise(float[] means, float[] deviations)
    {
        if (means.Length == 0 || means.Length != deviations.Length || deviations.Any(d => !(d > 0)))
            throw new ArgumentException("Normalise: one mean and one deviation above 0 for each channel.");
        (this.means, this.deviations) = ([.. means], [.. deviations]);
    }

    public override int[] ShapeOf(ReadOnlySpan<int> shape) =>
        means.Length == 1 || (shape.Length > 0 && shape[0] == means.Length) ? [.. shape]
            : throw new ShapeException($"Normalise: {means.Length} means for a field [{string.Join(", ", shape.ToArray())}].",
                Field, [.. shape]);

    public override void Apply(ReadOnlySpan<float> from, ReadOnlySpan<int> shape, Span<float> to, ref ExampleRandom random)
    {
        var size = from.Length / means.Length;
        for (var c = 0; c < means.Length; c++)
            for (var i = c * size; i < (c + 1) * size; i++) to[i] = (from[i] - means[c]) / deviations[c];
    }
}

/// <summary>Moves an image by up to so many pixels in both directions; what comes in is 0.</summary>
public sealed class RandomShift(int pixels) : Transform
{
    public override int[] ShapeOf(ReadOnlySpan<int> shape) => ImageShape(shape);

    public override void Apply(ReadOnlySpan<float> from, ReadOnlySpan<int> shape, Span<float> to, ref ExampleRandom random)
    {
        var (height, width) = (shape[1], shape[2]);
        var (down, right) = (random.Integer(-pixels, pixels), random.Integer(-pixels, pixels));
        to.Clear();
        var count = width - Math.Abs(right);
        if (count <= 0) return;
        for (var c = 0; c < shape[0]; c++)
            for (var y = Math.Max(down, 0); y < height + Math.Min(down, 0); y++)
                from.Slice((c * height + y - down) * width + Math.Max(-right, 0), count)
                    .CopyTo(to[((c * height + y) * width + Math.Max(right, 0))..]);
    }
}

/// <summary>Every second image, on average, with left and right exchanged.</summary>
public sealed class RandomFlip : Transform
{
    public override int[] ShapeOf(ReadOnlySpan<int> shape) => ImageShape(shape);

    public override void Apply(ReadOnlySpan<float> from, ReadOnlySpan<int> shape, Span<float> to, ref ExampleRandom random)
    {
        from.CopyTo(to);
        if (random.Uniform() < 0.5) return;
        for (var row = 0; row < to.Length; row += shape[2]) to.Slice(row, shape[2]).Reverse();
    }
}

/// <summary>A part of an image at a random place.</summary>
public sealed class RandomCrop(int height, int width) : Transform
{
    public override int[] ShapeOf(ReadOnlySpan<int> shape) =>
        ImageShape(shape) is var image && height >= 1 && width >= 1 && image[1] >= height && image[2] >= width
            ? [image[0], height, width]
            : throw new ShapeException($"RandomCrop: a part of {height} x {width} does not fit into {shape[1]} x {shape[2]}.",
                Field, [.. shape]);

    public override void Apply(ReadOnlySpan<float> from, ReadOnlySpan<int> shape, Span<float> to, ref ExampleRandom random)
    {
        var (top, left) = (random.Integer(0, shape[1] - height), random.Integer(0, shape[2] - width));
        for (var c = 0; c < shape[0]; c++)
            for (var y = 0; y < height; y++)
                from.Slice((c * shape[1] + top + y) * shape[2] + left, width).CopyTo(to[((c * height + y) * width)..]);
    }
}
