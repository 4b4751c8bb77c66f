using Xunit;

namespace Adjoint.Tests;

// Kernels of random programs against the interpreter: each program draws a width, one or two threads, chunks of all
// sizes and whether products go to the contraction engine. The sizes are those where vectors end and turns begin;
// operands lie at the end of their memory, behind which nothing may be touched.

public sealed class RandomCpuTests
{
    static readonly Team[] Teams = [new(1), new(2)];

    [Fact]
    public void Kernels_equal_the_reference() =>
        RandomRun.Check(RandomRun.Count(1_000, 10_000), made => Compare(made.Program, made.Inputs, made.Seed),
            ProgramGenerator.Wide);

    [Fact]
    public void Kernels_of_gradients_equal_the_reference() => RandomRun.Check(RandomRun.Count(300, 3_000), made =>
    {
        if (Reverse.Of(made.Program) is not { } reverse) return;
        var gradient = new GradientCase(made.Program, reverse, made.Inputs, made.Seed);
        Compare(reverse.Combined, gradient.Combined, made.Seed);
    }, ProgramGenerator.Wide);

    [Fact]
    public void Kernels_of_gradients_of_gradients_equal_the_reference() =>
        RandomRun.Check(RandomRun.Count(100, 1_000), made =>
        {
            if (Reverse.Of(made.Program) is not { } reverse || Reverse.Of(reverse.Combined) is not { } second) return;
            var first = new GradientCase(made.Program, reverse, made.Inputs, made.Seed);
            var gradient = new GradientCase(reverse.Combined, second, first.Combined, made.Seed + 1);
            Compare(second.Combined, gradient.Combined, made.Seed);
        });

    [Fact]
    public void Kernels_of_special_values_equal_the_reference() =>
        RandomRun.Check(RandomRun.Count(300, 3_000), made =>
        {
            var random = new System.Random(made.Seed);
            double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0];
            var inputs = made.Inputs.ToDictionary(i => i.Key, i => !made.Floating.Contains(i.Key) ? i.Value
                : NdArray.Generate(i.Value.ShapeToArray(), n =>
                    random.Next(8) == 0 ? special[random.Next(special.Length)] : i.Value.Values[n]));
            Compare(made.Program, inputs, made.Seed);
        }, ProgramGenerator.Wide);

    static void Compare(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs, int seed)
    {
        var random = new System.Random(seed);
        var options = new CpuOptions
        {
            Target = CodeTarget.Of(KernelRun.Widths[random.Next(KernelRun.Widths.Length)]),
            Team = Teams[random.Next(Teams.Length)],
            OperationsPerChunk = 1 << random.Next(4, 18),
            ContractsFrom = random.Next(2) == 0 ? 0 : double.PositiveInfinity,
            Blocks = random.Next(2) == 0 ? new() : new(1, 0, 1, random.Next(1, 4)),
        };
        var expected = Reference.Run(program, inputs).Outputs;
        var compiled = CpuRun.Compile(program, inputs, DType.Float64, null, options);
        var actual = CpuRun.Run(compiled, program, inputs, DType.Float64);
        foreach (var (output, values) in expected)
            Assert.True(actual[output].IsNear(values, Tolerance.CpuDouble),
                $"{output}: {actual[output]} instead of {values} with {options.Target}, {options.Team.Threads} threads, "
                + $"{options.OperationsPerChunk} operations a chunk, products from {options.ContractsFrom}, {options.Blocks}\n{program}\n"
                + compiled.Print());
    }
}
