using Xunit;

namespace Adjoint.Tests;

public sealed class RandomReverseTests
{
    static readonly int Count = RandomRun.Count(1_000, 10_000);

    [Fact]
    public void Simplified_and_unsimplified_gradients_are_equal() => RandomRun.Check(Count, made =>
    {
        if (Reverse.Of(made.Program, simplify: false) is not { } plain) return;
        var expected = new GradientCase(made.Program, plain, made.Inputs, made.Seed);
        var actual = new GradientCase(made.Program, Reverse.Of(made.Program), made.Inputs, made.Seed);
        foreach (var (name, gradient) in actual.Gradients)
            Assert.True(gradient.IsNear(expected.Gradients[name], Tolerance.Simplified),
                $"The gradients of {name} are {gradient} and {expected.Gradients[name]} in\n{actual.Reverse}\n{plain}");
    });

    [Fact]
    public void Every_reverse_passes_the_checker_and_prints_back_equal() => RandomRun.Check(Count, made =>
    {
        foreach (var simplify in new[] { false, true })
        {
            if (Reverse.Of(made.Program, simplify) is not { } reverse) continue;
            foreach (var program in new[] { reverse.Forward, reverse.Program, reverse.Combined })
            {
                Checker.Check(program);
                Assert.Equal(program, Parser.Parse(Printer.Print(program)));
            }
        }
    });

    [Fact]
    public void The_reverse_alone_gives_the_bits_of_forward_and_reverse_in_one() => RandomRun.Check(Count, made =>
    {
        if (made.HasEmptyFold || Reverse.Of(made.Program) is not { } reverse) return;
        var combined = new GradientCase(made.Program, reverse, made.Inputs, made.Seed);
        var options = new RunOptions { Keep = reverse.Kept };
        var kept = Reference.Run(reverse.Forward, made.Inputs, options: options).Kept;
        var operands = reverse.Program.Operands.ToDictionary(o => o.Name, o => kept.GetValueOrDefault(o.Name) ?? combined.Input(o.Name));
        var outputs = Reference.Run(reverse.Program, operands).Outputs;
        foreach (var (name, gradient) in reverse.Gradients) Assert.Equal(combined.Gradients[name].Values, outputs[gradient].Values);
    });
}
