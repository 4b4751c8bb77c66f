namespace Adjoint.Tests;

/// <summary>A program run on the reference, without its reverse.</summary>
static class Forward
{
    /// <summary>Results, and the named temporaries.</summary>
    public static RunResult Of(LoopProgram program, Dictionary<string, NdArray> operands,
        Dictionary<string, double>? attributes = null, params Kept[] keep) =>
        Reference.Run(program, operands, attributes, new() { Keep = keep });

    public static RunResult Of(Op op, Dictionary<string, NdArray> operands,
        Dictionary<string, double>? attributes = null,
        params Kept[] keep) => Of(op.Program, operands, attributes, keep);
}
