using Xunit;

namespace Adjoint.Tests;

public sealed class RandomGradientTests
{
    // At a kink there is no slope; a larger share would mean that the programs, or the differences, are no good.
    const double MostSkipped = 0.02;

    [Fact]
    public void Gradients_equal_differences()
    {
        var (directions, skipped) = (0, 0);
        RandomRun.Check(RandomRun.Count(1_000, 10_000), made =>
        {
            var gradient = new GradientCase(made.Program, Reverse.Of(made.Program), made.Inputs, made.Seed);
            var counts = gradient.Compare(Tolerance.RandomFirstOrder);
            (directions, skipped) = (directions + counts.Directions, skipped + counts.Skipped);
        });
        RandomRun.Print($"{directions} directions, {skipped} at a kink");
        Assert.True(skipped <= MostSkipped * directions, $"{skipped} of {directions} directions have no slope.");
    }
}
