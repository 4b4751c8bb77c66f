using System.Globalization;
using Xunit;

namespace Adjoint.Tests;

// Every op and its reverse, compiled, against the interpreter. The small sizes hold for all axes at once; the large
// ones for one axis in turn, so that each meets vectors, their ends and more than one turn.

public sealed class CpuCatalogueTests
{
    static readonly int[] Small = [0, 1, 2];
    static readonly int[] Large = [7, 8, 9, 17, 64];

    public static TheoryData<string> Names => [.. Catalogue.Ops.Select(op => op.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_op_and_its_reverse_equal_the_reference_in_double(string name) =>
        Compare(name, DType.Float64, Tolerance.CpuDouble, 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_op_and_its_reverse_equal_the_reference_in_single(string name) =>
        Compare(name, DType.Float32, Tolerance.CpuSingle, 2);

    static void Compare(string name, DType type, double tolerance, ulong seed)
    {
        var op = Catalogue.Find(name)!;
        var random = new SplitMix64(seed);
        var program = Reverse.Of(op.Program)?.Combined ?? op.Program;
        var axes = op.Program.Operands.SelectMany(o =>
            o.Dims).SelectMany(d => d.Axes).Distinct().Where(a => !op.Inputs.Sizes.ContainsKey(a)).ToList();
        var runs = 0;
        foreach (var size in Small)
            if (Draw(program, op, random, op.Inputs with { MinSize = size, MaxSize = size }, type) is { } inputs)
            {
                Check(program, op, inputs, type, tolerance, $"all axes {size}");
                runs++;
            }
        for (var i = 0; i < Large.Length && axes.Count > 0; i++)
        {
            var axis = axes[i % axes.Count];
            var sizes = new Dictionary<string, int>(op.Inputs.Sizes) { [axis] = Large[i] };
            if (Draw(program, op, random, op.Inputs with { MinSize = 2, MaxSize = 3, Sizes = sizes },
                type) is not { } inputs) continue;
            Check(program, op, inputs, type, tolerance, $"{axis} = {Large[i]}");
            runs++;
        }
        if (runs > 0) return;
        // Sizes that must fit together in a way of their own.
        Check(program, op, Rounded(RandomInputs.Draw(program, random, op.Inputs), type), type, tolerance, "any sizes");
    }

    static Dictionary<string,
        NdArray>? Draw(LoopProgram program, Op op, SplitMix64 random, InputOptions options, DType type)
    {
        try
        {
            return Rounded(RandomInputs.Draw(program, random, options), type);
        }
        catch (AdjointException)
        {
            return null;
        }
    }

    static Dictionary<string, NdArray> Rounded(Dictionary<string, NdArray> inputs, DType type) =>
        type is DType.Float64 ? inputs
        : inputs.ToDictionary(i => i.Key, i => NdArray.Generate(i.Value.ShapeToArray(), n => (float)i.Value.Values[n]));

    static void Check(LoopProgram program, Op op, Dictionary<string, NdArray> inputs, DType type, double tolerance,
        string sizes)
    {
        var expected = Reference.Run(program, inputs, op.Inputs.Attributes);
        // In double every sum of products goes to the contraction engine, in single none of these small ones does.
        var options = type is DType.Float64
            ? new CpuOptions { ContractsFrom = 0, Blocks = new(1, 0, 1, 2) } // every tensor in blocks of two rows
            : new CpuOptions { ContractsFrom = double.PositiveInfinity };
        var compiled = CpuRun.Compile(program, inputs, type, op.Inputs.Attributes, options);
        var actual = CpuRun.Run(compiled, program, inputs, type);
        foreach (var (output, values) in expected.Outputs)
        {
            var distance = actual[output].DistanceTo(values).ToString(CultureInfo.InvariantCulture);
            Assert.True(actual[output].IsNear(values, tolerance),
                $"{output}, {sizes}: off by {distance}\nexpected {values}\nactual   {actual[output]}\n"
                + $"{program}\n{compiled.Print()}");
        }
    }
}
