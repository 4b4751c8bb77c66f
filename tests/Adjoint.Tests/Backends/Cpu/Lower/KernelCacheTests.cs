using Xunit;

namespace Adjoint.Tests;

[Collection(nameof(TrainingStepTests))]
public sealed class KernelCacheTests
{
    static readonly int Kernels = RandomRun.IsSlow ? 20_000 : 500;

    public static TheoryData<string> Names => [.. Catalogue.Ops.Select(op => op.Name)];

    // Nothing looks at names: neither that of an op nor those of its tensors, axes and attributes.
    [Theory]
    [MemberData(nameof(Names))]
    public void A_renamed_copy_of_an_op_is_the_same_kernels(string name)
    {
        var op = Catalogue.Find(name)!;
        var program = Reverse.Of(op.Program)?.Combined ?? op.Program;
        var renamed = Renamed(program);
        var inputs = RandomInputs.Draw(program, new(1), op.Inputs);
        var attributes = op.Inputs.Attributes;
        Assert.Equal(
            Keys(program, inputs, attributes),
            Keys(renamed, inputs.ToDictionary(i => New(i.Key), i => i.Value),
                attributes?.ToDictionary(a => New(a.Key), a => a.Value)));
    }

    [Fact]
    public void Kernels_that_are_dropped_leave_no_memory_behind()
    {
        for (var n = 0; n < 100; n++) Compile(n);
        var before = Settled();
        for (var n = 0; n < Kernels; n++) Compile(n + 100);
        // A kernel is about 10 KB of code and tables: those still in the cache, and not one for each that ever was.
        Assert.InRange(Settled() - before, long.MinValue, Math.Min(Kernels, 4096) * 20_000L + (16 << 20));

        static void Compile(int n)
        {
            var program = Parser.Parse($"scale(x[i]) -> y\n  y[i] = x[i] * {n + 2}");
            var compiled = CpuProgram.Compile(program, new Dictionary<string, int[]> { ["x"] = [16] },
                new Dictionary<string, DType> { ["x"] = DType.Float32 });
            using var memory = Storage.AllocateZeroed(256);
            unsafe
            {
                compiled.Run([(nint)memory.Pointer], [(nint)memory.Pointer + 128]);
            }
        }

        static long Settled()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    static string[] Keys(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs,
        IReadOnlyDictionary<string, double>? attributes) =>
        [.. CpuRun.Compile(program, inputs, DType.Float32, attributes).KernelKeys];

    static string New(string name) => name.EndsWith('\'') ? New(name[..^1]) + "'"
        : name.StartsWith("..", StringComparison.Ordinal) ? name : name + "zz";

    static LoopProgram Renamed(LoopProgram program)
    {
        return new("renamed",
            program.Operands.Map(o => o with { Name = New(o.Name), Dims = Dims(o.Dims) }),
            program.Attributes.Map(a => a with { Name = New(a.Name) }),
            program.Outputs.Map(o => o with { Name = New(o.Name), Dims = Dims(o.Dims) }),
            program.Axes.Map(a => a with { Axis = New(a.Axis), Bound = a.Bound.Map(Expression) }),
            Body(program.Body));

        EquatableArray<Statement> Body(EquatableArray<Statement> body) => body.Map(s => s is TimeLoop loop
            ? loop with { Axis = New(loop.Axis), Body = Body(loop.Body) } : ((Line)s).Map(Expression));

        static EquatableArray<Dim> Dims(EquatableArray<Dim> dims) => dims.Map(d => d with { Axes = d.Axes.Map(New) });

        static Expr Expression(Expr expr) => expr switch
        {
            Access access => access with { Tensor = New(access.Tensor) },
            AxisValue axis => new AxisValue(New(axis.Axis)),
            ExtentValue extent => new ExtentValue(New(extent.Axis)),
            AttributeValue attribute => new AttributeValue(New(attribute.Name)),
            _ => expr,
        };
    }
}
