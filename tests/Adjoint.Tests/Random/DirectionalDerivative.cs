namespace Adjoint.Tests;

/// <summary>The slope of a weighted sum of a program's outputs along a direction of one operand, by differences.</summary>
/// <param name="Value">Extrapolated from two step widths: the error is of fourth order in the step.</param>
/// <param name="IsSmooth">False at a kink, a jump, or where the curvature drowns the slope.</param>
readonly record struct Slope(double Value, bool IsSmooth);

sealed class DirectionalDerivative
{
    // The truncation of the extrapolated quotient is about Step^4, the rounding 1e-16 / Step: both far below any tolerance.
    const double Step = 1e-4;

    readonly ReferenceProgram program;
    readonly StopTape stops = new();
    readonly Dictionary<string, NdArray> inputs;
    readonly IReadOnlyDictionary<string, NdArray> weights;
    readonly double here;

    public DirectionalDerivative(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs, IReadOnlyDictionary<string, NdArray> weights)
    {
        this.program = new(program, inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray()), null, stops);
        (this.inputs, this.weights) = (inputs.ToDictionary(), weights);
        stops.Record();
        here = Value();
    }

    /// <summary>What `stop` holds stays what it is here.</summary>
    public Slope Along(string operand, double[] direction)
    {
        var (far, near) = (Quotients(Step), Quotients(Step / 2));
        var value = (4 * near.Central - far.Central) / 3;
        var scale = Math.Max(1, Math.Abs(value));
        // Smooth: central quotients agree, and the one-sided ones approach each other in proportion to the step.
        var isSmooth = Math.Abs(near.Central - far.Central) < Tolerance.RandomSmooth * scale
            && (Math.Abs(near.Jump) < Tolerance.RandomSmooth * scale || Math.Abs(near.Jump) < 0.7 * Math.Abs(far.Jump));
        return new(value, isSmooth);

        (double Central, double Jump) Quotients(double step)
        {
            var (up, down) = (ValueAt(step), ValueAt(-step));
            return ((up - down) / (2 * step), (up - 2 * here + down) / step);
        }

        double ValueAt(double step)
        {
            var point = inputs[operand];
            inputs[operand] = NdArray.Generate(point.ShapeToArray(), i => point.Values[i] + step * direction[i]);
            stops.Rewind();
            var value = Value();
            inputs[operand] = point;
            return stops.IsInStep ? value : double.NaN;
        }
    }

    double Value()
    {
        var outputs = program.Run(inputs).Outputs;
        var sum = 0.0;
        foreach (var (name, weight) in weights)
            for (var i = 0; i < weight.Count; i++) sum += weight.Values[i] * outputs[name].Values[i];
        return sum;
    }
}
