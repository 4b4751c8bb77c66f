namespace Adjoint;

// Fans are PyTorch's: [outputs, inputs, taps ..]. A number follows from the seed, the path of its parameter and its
// place alone (Philox), so that a layer more or less changes no other one.

/// <summary>How a parameter starts.</summary>
public sealed class Init
{
    readonly Func<int[], Philox, double[]> values;

    Init(Func<int[], Philox, double[]> values) => this.values = values;

    public static Init Zeros { get; } = Constant(0);

    public static Init Ones { get; } = Constant(1);

    public static Init Constant(double value) => Each((_, _) => value);

    public static Init Uniform(double low, double high) => Each((philox, i) => low + (high - low) * philox.Uniform(i));

    /// <param name="deviation">The standard deviation.</param>
    public static Init Normal(double deviation = 1, double mean = 0) =>
        Each((philox, i) => mean + deviation * philox.Normal(i));

    /// <summary>Uniform with the variance 2 gain² / (inputs + outputs): forward and backward keep theirs alike (Glorot and
    /// Bengio, 2010).</summary>
    public static Init XavierUniform(double gain = 1) => Scaled(fan => gain * gain * 2 / (fan.In + fan.Out), isUniform: true);

    public static Init XavierNormal(double gain = 1) => Scaled(fan => gain * gain * 2 / (fan.In + fan.Out), isUniform: false);

    /// <summary>Uniform with the variance 2 / inputs: the second moment is kept through relu (arXiv:1502.01852).</summary>
    /// <param name="slope">Of a leaky relu below 0.</param>
    public static Init HeUniform(double slope = 0) => Scaled(fan => 2 / (1 + slope * slope) / fan.In, isUniform: true);

    public static Init HeNormal(double slope = 0) => Scaled(fan => 2 / (1 + slope * slope) / fan.In, isUniform: false);

    /// <summary>Uniform with the variance 1 / (3 inputs), between ±1/√inputs: what PyTorch gives linear layers and
    /// convolutions.</summary>
    public static Init Standard { get; } = Scaled(fan => 1.0 / 3 / fan.In, isUniform: true);

    /// <summary>Normal with the variance for which the activation of this layer has the moment that its inputs
    /// have.</summary>
    /// <param name="activation">What follows the layer, as <c>x => Math.Max(x, 0)</c>.</param>
    /// <param name="value">The moment of the inputs; bounded activations keep a small one only.</param>
    public static Init Keeping(Moment moment, Func<double, double> activation, double value = 1)
    {
        var kept = GaussianMoments.Keeping(moment, activation, value);
        return Scaled(fan => kept.Input / value / fan.In, isUniform: false);
    }

    /// <summary>Rows (or columns, if there are more rows) of length gain, at right angles (arXiv:1312.6120).</summary>
    public static Init Orthogonal(double gain = 1) => new((shape, philox) => OrthogonalRows.Draw(shape, philox, gain));

    /// <summary>As <paramref name="others"/>, but some rows in another way.</summary>
    public static Init Rows(Init others, int from, int count, Init of) => new((shape, philox) =>
    {
        var (all, own) = (others.values(shape, philox), of.values(shape, philox));
        var row = all.Length / shape[0];
        own.AsSpan(from * row, count * row).CopyTo(all.AsSpan(from * row));
        return all;
    });

    internal double[] Values(int[] shape, Philox philox) => values(shape, philox);

    static Init Scaled(Func<(double In, double Out), double> variance, bool isUniform) => new((shape, philox) =>
    {
        if (shape.Length < 2)
            throw new ShapeException("Init: a parameter of one axis has no inputs and outputs to count.\n"
                + $"  parameter : [{string.Join(", ", shape)}]\nHint: use Init.Uniform or Init.Normal.", "parameter", shape);
        var taps = shape.Skip(2).Aggregate(1.0, (count, size) => count * size);
        var deviation = Math.Sqrt(variance((shape[1] * taps, shape[0] * taps)));
        var limit = Math.Sqrt(3) * deviation;
        return (isUniform ? Uniform(-limit, limit) : Normal(deviation)).values(shape, philox);
    });

    static Init Each(Func<Philox, long, double> value) => new((shape, philox) =>
    {
        var numbers = new double[shape.Aggregate(1, (count, size) => checked(count * size))];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = value(philox, i);
        return numbers;
    });
}

/// <summary>A random matrix whose rows are at right angles.</summary>
static class OrthogonalRows
{
    public static double[] Draw(int[] shape, Philox philox, double gain)
    {
        var outputs = shape[0];
        var inputs = shape.Skip(1).Aggregate(1, (count, size) => checked(count * size));
        var (rows, columns) = (Math.Min(outputs, inputs), Math.Max(outputs, inputs));
        var matrix = new double[rows][];
        for (var r = 0; r < rows; r++)
        {
            matrix[r] = [.. Enumerable.Range(0, columns).Select(c => philox.Normal((long)r * columns + c))];
            // Twice: what rounding leaves of the first time is as large as the row that remains.
            for (var time = 0; time < 2; time++)
                for (var before = 0; before < r; before++) Subtract(matrix[r], matrix[before]);
            var length = Math.Sqrt(matrix[r].Sum(v => v * v));
            for (var c = 0; c < columns; c++) matrix[r][c] /= length;
        }
        var values = new double[rows * columns];
        for (var i = 0; i < values.Length; i++)
            values[i] = gain * (outputs <= inputs ? matrix[i / inputs][i % inputs] : matrix[i % inputs][i / inputs]);
        return values;
    }

    // Takes from x its part along a row of length 1.
    static void Subtract(double[] x, double[] row)
    {
        var along = 0.0;
        for (var c = 0; c < x.Length; c++) along += x[c] * row[c];
        for (var c = 0; c < x.Length; c++) x[c] -= along * row[c];
    }
}
