namespace Adjoint.Tests;

/// <summary>A program run with its derived reverse on the reference.</summary>
static class Gradient
{
    /// <summary>Results, gradients of operands (<c>dx</c>), and the named temporaries of forward and reverse.</summary>
    /// <param name="given">Gradients of outputs by output; an output left out has gradient 0.</param>
    public static RunResult Of(LoopProgram program, Dictionary<string, NdArray> operands,
        Dictionary<string, NdArray> given,
        Dictionary<string, double>? attributes = null, params Kept[] keep)
    {
        var reverse = Reverse.Of(program)!;
        var all = new Dictionary<string, NdArray>(operands);
        var outputs = GoldenBackend.Run(program, operands, attributes).Outputs;
        foreach (var (output, name) in reverse.Given)
            all[name] = given.TryGetValue(output, out var gradient) ? gradient
                : NdArray.Zeros(outputs[output].ShapeToArray());
        return GoldenBackend.Run(reverse.Combined, all, attributes, new() { Keep = keep });
    }

    public static RunResult Of(Op op, Dictionary<string, NdArray> operands, Dictionary<string, NdArray> given,
        Dictionary<string, double>? attributes = null, params Kept[] keep) =>
        Of(op.Program, operands, given, attributes, keep);

    /// <summary>The gradient of a loss of one number, by operand.</summary>
    public static RunResult OfLoss(LoopProgram program, Dictionary<string, NdArray> operands, string loss = "loss",
        Dictionary<string, double>? attributes = null) =>
        Of(program, operands, new() { [loss] = NdArray.Scalar(1) }, attributes);

    public static RunResult OfLoss(Op op, Dictionary<string, NdArray> operands, string loss = "loss",
        Dictionary<string, double>? attributes = null) => OfLoss(op.Program, operands, loss, attributes);
}
