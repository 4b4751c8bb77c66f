using System.Globalization;

namespace Adjoint;

/// <summary>Row-major doubles with a shape: what goes into and comes out of the reference interpreter.</summary>
public sealed class NdArray
{
    readonly int[] shape;

    /// <summary>Takes over <paramref name="values"/> without a copy.</summary>
    public NdArray(int[] shape, double[] values)
    {
        if (values.Length != CountOf(shape))
            throw new ShapeException($"NdArray: shape [{string.Join(", ", shape)}] has {CountOf(shape)} elements, "
                + $"and {values.Length} values were given.", "values", shape);
        this.shape = shape;
        Values = values;
    }

    public double[] Values { get; }
    public IReadOnlyList<int> Shape => shape;
    public int Rank => shape.Length;
    public int Count => Values.Length;

    public static NdArray Zeros(params int[] shape) => new(shape, new double[CountOf(shape)]);

    public static NdArray Scalar(double value) => new([], [value]);

    public static NdArray Vector(params double[] values) => new([values.Length], values);

    /// <summary>Each element a function of its row-major position.</summary>
    public static NdArray Generate(int[] shape, Func<int, double> element)
    {
        var array = Zeros(shape);
        for (var i = 0; i < array.Count; i++) array.Values[i] = element(i);
        return array;
    }

    public double this[params ReadOnlySpan<int> index]
    {
        get => Values[Position(index)];
        set => Values[Position(index)] = value;
    }

    /// <summary>A copy that shares nothing.</summary>
    public NdArray Copy() => new([.. shape], [.. Values]);

    /// <summary>The same values under another shape of the same size; they are shared, not copied.</summary>
    public NdArray Reshape(params int[] other) => new(other, Values);

    public int[] ShapeToArray() => [.. shape];

    public bool HasShapeOf(NdArray other) => shape.AsSpan().SequenceEqual(other.shape);

    /// <summary>The largest |a - b| / max(1, |b|) over all elements: NaN equals NaN, an infinity only itself; infinite
    /// where the shapes differ.</summary>
    public double DistanceTo(NdArray expected)
    {
        if (!HasShapeOf(expected)) return double.PositiveInfinity;
        var worst = 0.0;
        for (var i = 0; i < Count; i++) worst = Math.Max(worst, Distance(Values[i], expected.Values[i]));
        return worst;
    }

    public bool IsNear(NdArray expected, double tolerance) => DistanceTo(expected) <= tolerance;

    /// <summary>Small arrays in full, large ones by their first elements.</summary>
    public override string ToString()
    {
        const int Shown = 20;
        var values = string.Join(", ", Values.Take(Shown).Select(v => v.ToString("G6", CultureInfo.InvariantCulture)));
        return $"[{string.Join(", ", shape)}] {{{values}{(Count > Shown ? ", …" : "")}}}";
    }

    static double Distance(double value, double expected)
    {
        if (value.Equals(expected) || value == expected) return 0; // Equals: NaN is NaN; ==: -0 is 0
        var distance = Math.Abs(value - expected) / Math.Max(1, Math.Abs(expected));
        return double.IsNaN(distance) ? double.PositiveInfinity : distance;
    }

    int Position(ReadOnlySpan<int> index)
    {
        if (index.Length != shape.Length)
            throw new ArgumentException($"NdArray: {index.Length} indices for {shape.Length} dimensions.",
                nameof(index));
        var position = 0;
        for (var d = 0; d < shape.Length; d++)
        {
            if ((uint)index[d] >= (uint)shape[d])
                throw new ArgumentOutOfRangeException(nameof(index), index[d],
                    $"NdArray: index {d} of shape [{string.Join(", ", shape)}] is out of range.");
            position = position * shape[d] + index[d];
        }
        return position;
    }

    static long CountOf(int[] shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0) throw new ShapeException($"NdArray: size {size} is negative.", "shape", shape);
            count = checked(count * size);
        }
        return count;
    }
}
