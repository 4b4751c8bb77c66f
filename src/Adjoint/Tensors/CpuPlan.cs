using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Runs the step as compiled kernels, from any number of threads.</summary>
sealed unsafe class CpuPlan : Plan
{
    readonly CpuProgram program;

    public CpuPlan(StepProgram step, Phases? phases = null, CpuOptions? options = null)
    {
        var names = step.Program.Operands.Zip(step.Leaves, (operand, leaf) => (operand.Name, Leaf: leaf)).ToList();
        var types = new Dictionary<string, DType>(step.Types);
        foreach (var (name, leaf) in names) types[name] = leaf.Type;
        program = CpuProgram.Compile(step.Program, names.ToDictionary(n => n.Name, n => n.Leaf.Shape.ToArray()), types,
            options: (options ?? new()) with { TakesKeys = true, TakesNumbers = true, ChecksFinite = Debugging.ChecksFinite },
            results: step.Results.Length, phases: phases);
    }

    /// <summary>Whether kernels can be made here, and nobody asked for the reference.</summary>
    public static bool IsOn { get; } = RuntimeFeature.IsDynamicCodeSupported
        && Environment.GetEnvironmentVariable("ADJOINT_BACKEND") != "reference";

    public override long ArenaBytes => program.ArenaBytes;

    /// <summary>What lives at one time of the arena, at most.</summary>
    public long PeakBytes => program.PeakBytes;

    public override bool MayOverwrite(int output, IReadOnlyList<int> operands) =>
        program.MayOverwrite(output, operands);

    public override void Run(ReadOnlySpan<Storage> operands, ReadOnlySpan<Storage> outputs,
        ReadOnlySpan<double> numbers)
    {
        Span<nint> operandCells = stackalloc nint[operands.Length], outputCells = stackalloc nint[outputs.Length];
        for (var i = 0; i < operands.Length; i++) operandCells[i] = (nint)operands[i].Pointer;
        for (var i = 0; i < outputs.Length; i++) outputCells[i] = (nint)outputs[i].Pointer;
        program.Run(operandCells, outputCells, numbers);
        foreach (var storage in operands) GC.KeepAlive(storage);
        foreach (var storage in outputs) GC.KeepAlive(storage);
    }
}
