using System.Numerics;
using Xunit;

namespace Adjoint.Tests;

public sealed class RandomCostTests
{
    static readonly int Count = RandomRun.Count(1_000, 10_000);

    [Fact]
    public void The_normal_form_gives_the_same_outputs() => RandomRun.Check(Count, NormalFormOf);

    static void NormalFormOf(RandomCase made)
    {
        if (made.HasEmptyFold || !PointwiseEvaluator.IsSteady(made)) return;
        if (Reverse.Of(made.Program) is not { } reverse)
        {
            Same(made.Program, made.Inputs);
            return;
        }
        Same(reverse.Combined, new GradientCase(made.Program, reverse, made.Inputs, made.Seed).Combined);
    }

    static void Same(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs)
    {
        var counted = NormalForm.Of(program);
        Checker.Check(counted);
        var (expected, actual) = (Reference.Run(program, inputs).Outputs, Reference.Run(counted, inputs).Outputs);
        // A factor that leaves a sum without points meets a 0; an extreme over nothing is infinite.
        var mayBeInfinite = program.Lines.Any(l => l.Op is LineOp.Max or LineOp.Min);
        foreach (var (name, output) in expected)
            Assert.True(actual[name].IsNear(output, Tolerance.Simplified) || mayBeInfinite && actual[name].Values.ToArray().Any(double.IsNaN),
                $"{name} is {actual[name]} and {output} in\n{counted}\nof\n{program}");
    }

    [Fact]
    public void Costs_are_the_operations_counted_or_an_upper_bound_that_says_so() => RandomRun.Check(Count, CostOf);

    static void CostOf(RandomCase made)
    {
        Counted(made.Program, made.Inputs);
        if (Reverse.Of(made.Program) is { } reverse)
            Counted(reverse.Combined, new GradientCase(made.Program, reverse, made.Inputs, made.Seed).Combined);
    }

    static void Counted(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs)
    {
        var extents = Extents.Bind(program, inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray()));
        var axes = program.Lines.SelectMany(l => l.Axes()).Concat(program.Operands.SelectMany(o => o.Dims).SelectMany(d => d.Axes)).Distinct();
        var cost = Cost.Of(program).At(axes.ToDictionary(a => a, a => extents[a]));
        var result = Reference.Run(cost.Counted, inputs, options: new() { CountOperations = true });
        var counted = result.Operations.Values.Sum();
        Assert.True(cost.Operations.IsConstant, $"{cost.Operations} is no number for\n{cost.Counted}");
        var expected = cost.Operations.Value;
        Assert.True(cost.IsExact ? expected == (Rational)new BigInteger(counted) : (expected - new BigInteger(counted)).Sign >= 0,
            $"{counted} operations counted, {expected} {(cost.IsExact ? "exactly" : "at most")} expected for\n{cost.Counted}\n"
            + string.Join('\n', cost.Lines.Zip(result.Points, (line, points) => $"{line.Points} {(line.IsExact ? "=" : ">=")} {points}: {line.Line}")));
    }
}
