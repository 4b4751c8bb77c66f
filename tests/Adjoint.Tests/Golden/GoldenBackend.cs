namespace Adjoint.Tests;

/// <summary>What golden cases run on: the reference, or kernels of a type while a scope is open.</summary>
static class GoldenBackend
{
    static readonly AsyncLocal<DType?> Kernels = new();

    /// <summary>The type of the kernels; null is the reference.</summary>
    public static DType? Type => Kernels.Value;

    public static IDisposable Use(DType type)
    {
        Kernels.Value = type;
        return new Scope();
    }

    /// <summary>The bound of a case: its own in double; in single what rounding of every number allows.</summary>
    public static double Bound(double own) =>
        Type is DType.Float32 ? Math.Max(own, Tolerance.GoldenSingle) : own;

    public static RunResult Run(LoopProgram program, IReadOnlyDictionary<string, NdArray> operands,
        IReadOnlyDictionary<string, double>? attributes, RunOptions? options = null)
    {
        var law = Reference.Run(program, operands, attributes, options);
        if (Type is not { } type) return law;
        var kept = options?.Keep ?? [];
        var shown = kept.Count == 0 ? program : program with
        {
            Outputs = [.. program.Outputs, .. kept.Where(k => program.Outputs.All(o => o.Name != k.Name))
                .Select(k => new Output(k.Name, k.Dims))],
        };
        var given = operands.Where(o => program.FindOperand(o.Key) is not null).ToDictionary();
        var outputs = CpuRun.Run(CpuRun.Compile(shown, given, type, attributes), shown, given, type);
        return law with
        {
            Outputs = law.Outputs.Keys.ToDictionary(n => n, n => outputs[n].Reshape(law.Outputs[n].ShapeToArray())),
            Kept = law.Kept.Keys.ToDictionary(n => n, n => outputs[n].Reshape(law.Kept[n].ShapeToArray())),
        };
    }

    sealed class Scope : IDisposable
    {
        public void Dispose() => Kernels.Value = null;
    }
}
