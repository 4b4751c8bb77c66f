using Xunit;

namespace Adjoint.Tests;

public sealed class RandomProgramTests
{
    static readonly int Count = RandomRun.Count(1_000, 10_000);

    [Fact]
    public void Random_programs_pass_the_checker_and_print_back_equal() => RandomRun.Check(Count, made =>
    {
        Checker.Check(made.Program);
        Assert.Equal(made.Program, Parser.Parse(Printer.Print(made.Program)));
    }, ProgramGenerator.Wild);

    [Fact]
    public void The_reference_gives_the_bits_of_a_pointwise_evaluation() => RandomRun.Check(Count, made =>
    {
        var expected = PointwiseEvaluator.Run(made);
        var actual = Reference.Run(made.Program, made.Inputs);
        foreach (var output in made.Program.Outputs)
        {
            Assert.Equal(made.Shape(output.Dims), actual[output.Name].Shape);
            Assert.Equal(expected[output.Name], actual[output.Name].Values);
        }
    }, ProgramGenerator.Wild);

    [Fact]
    public void Extents_are_those_the_program_was_made_for() => RandomRun.Check(Count, made =>
    {
        var extents = Extents.Bind(made.Program, made.Shapes);
        foreach (var (axis, size) in made.Sizes) Assert.Equal((axis, size), (axis, extents[axis]));
    }, ProgramGenerator.Wild);
}
