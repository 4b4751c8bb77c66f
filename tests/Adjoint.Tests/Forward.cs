namespace Adjoint.Tests;

/// <summary>A program run on the reference, without its reverse.</summary>
static class Forward
{
    /// <summary>Results, and the named temporaries.</summary>
    public static RunResult Of(LoopProgram program, Dictionary<string, NdArray> operands,
        Dictionary<string, double>? attributes = null, params Kept[] keep) =>
        GoldenBackend.Run(program, operands, attributes, new() { Keep = keep });

    public static RunResult Of(Op op, Dictionary<string, NdArray> operands,
        Dictionary<string, double>? attributes = null,
        params Kept[] keep) => Of(op.Program, operands, attributes, keep);

    /// <summary>The only output of an op on operands in the order of its signature.</summary>
    public static NdArray Of(string op, params NdArray[] operands) => Of(op, [], operands);

    /// <summary>The same with numbers for attributes.</summary>
    public static NdArray Of(string op, (string Name, double Value)[] attributes, params NdArray[] operands)
    {
        var program = Catalogue.Find(op)!.Program;
        var named = program.Operands.Zip(operands).ToDictionary(o => o.First.Name, o => o.Second);
        return GoldenBackend.Run(program, named,
            attributes.ToDictionary(a => a.Name, a => a.Value)).Outputs.Values.Single();
    }
}
