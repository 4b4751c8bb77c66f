namespace Adjoint;

// f at x + s*h*d for s = -2, -1, 1, 2. Two central differences tell how far the slope is known: a kink (abs, max,
// where) or a jump between the four points makes them, or the second differences, disagree, and then the direction says
// nothing.

/// <summary>Slopes of a linear functional of a program's outputs, with every <c>stop</c> held.</summary>
sealed class DifferenceQuotient
{
    static readonly double[] Steps = [1e-4, 1e-5, 1e-6, 1e-3];

    // The relative distance of neighbouring doubles.
    const double Epsilon = 1.0 / (1L << 52);

    readonly ReferenceProgram program;
    readonly StopTape stops = new();
    readonly Dictionary<string, NdArray> point;
    readonly IReadOnlyDictionary<string, NdArray> weights;
    readonly RunOptions options;
    readonly RunResult atPoint;
    readonly double rounding; // of one value of f

    /// <param name="weights">By output; cells where the output is not finite must have weight 0.</param>
    public DifferenceQuotient(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs,
        IReadOnlyDictionary<string, double>? attributes, IReadOnlyDictionary<string, NdArray> weights,
        RunOptions options)
    {
        (this.weights, this.options) = (weights, options);
        point = inputs.ToDictionary(i => i.Key, i => i.Value.Copy());
        this.program = new(program, inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray()), attributes, stops);
        stops.Record();
        atPoint = this.program.Run(point, options);
        foreach (var (name, weight) in weights)
            for (var i = 0; i < weight.Count; i++)
                if (weight.Values[i] != 0) rounding += Epsilon * Math.Abs(weight.Values[i] * atPoint[name].Values[i]);
    }

    /// <summary>The slope along a direction; null where it is not known.</summary>
    /// <param name="tolerance">How well, as a part of max(1, |slope|).</param>
    public double? Along(IReadOnlyDictionary<string, NdArray> direction, double tolerance)
    {
        foreach (var h in Steps)
        {
            var up = Value(direction, h);
            var down = Value(direction, -h);
            var up2 = Value(direction, 2 * h);
            var down2 = Value(direction, -2 * h);
            var near = (up - down) / (2 * h);
            var far = (up2 - down2) / (4 * h);
            var slope = near + (near - far) / 3;
            // a smooth f bends twice as much over twice the step
            var bend = (up2 + down2) / (2 * h) - 2 * (up + down) / h;
            var limit = tolerance / 2 * Math.Max(1, Math.Abs(slope));
            double[] doubts = [Math.Abs(near - far), Math.Abs(bend), rounding / h];
            if (doubts.All(d => d <= limit)) return slope; // never for NaN
        }
        return null;
    }

    // Less its value at the point, cell by cell, so that large outputs do not hide small differences.
    double Value(IReadOnlyDictionary<string, NdArray> direction, double step)
    {
        var moved = new Dictionary<string, NdArray>(point);
        foreach (var (name, d) in direction)
            moved[name] = NdArray.Generate(d.ShapeToArray(), i => point[name].Values[i] + step * d.Values[i]);
        stops.Rewind();
        var result = program.Run(moved, options);
        if (!stops.IsInStep) return double.NaN;
        var sum = 0.0;
        foreach (var (name, weight) in weights)
            for (var i = 0; i < weight.Count; i++)
                if (weight.Values[i] != 0) sum += weight.Values[i] * (result[name].Values[i] - atPoint[name].Values[i]);
        return sum;
    }
}
