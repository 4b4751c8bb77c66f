using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Runs the step as compiled kernels, from any number of threads.</summary>
sealed unsafe class CpuPlan : Plan
{
    readonly CpuProgram program;

    public CpuPlan(StepProgram step)
    {
        var names = step.Program.Operands.Zip(step.Leaves, (operand, leaf) => (operand.Name, Leaf: leaf)).ToList();
        var types = new Dictionary<string, DType>(step.Types);
        foreach (var (name, leaf) in names) types[name] = leaf.Type;
        program = CpuProgram.Compile(step.Program, names.ToDictionary(n => n.Name, n => n.Leaf.Shape.ToArray()), types,
            options: new() { TakesKeys = true }, results: step.Results.Length);
    }

    /// <summary>Whether kernels can be made here, and nobody asked for the reference.</summary>
    public static bool IsOn { get; } = RuntimeFeature.IsDynamicCodeSupported
        && Environment.GetEnvironmentVariable("ADJOINT_BACKEND") != "reference";

    public override void Run(ReadOnlySpan<Storage> operands, ReadOnlySpan<Storage> outputs)
    {
        Span<nint> operandCells = stackalloc nint[operands.Length], outputCells = stackalloc nint[outputs.Length];
        for (var i = 0; i < operands.Length; i++) operandCells[i] = (nint)operands[i].Pointer;
        for (var i = 0; i < outputs.Length; i++) outputCells[i] = (nint)outputs[i].Pointer;
        program.Run(operandCells, outputCells);
        foreach (var storage in operands) GC.KeepAlive(storage);
        foreach (var storage in outputs) GC.KeepAlive(storage);
    }
}
