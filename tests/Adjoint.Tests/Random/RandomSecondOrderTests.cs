using Xunit;

namespace Adjoint.Tests;

public sealed class RandomSecondOrderTests
{
    // Each kink of a program is one of its gradient too, and where a gradient is large, so is the error of a difference.
    const double MostSkipped = 0.04;

    [Fact]
    public void Gradients_of_gradients_equal_differences()
    {
        var (directions, skipped) = (0, 0);
        RandomRun.Check(RandomRun.Count(300, 3_000), made =>
        {
            if (made.HasEmptyFold || Reverse.Of(made.Program) is not { } reverse) return;
            var first = new GradientCase(made.Program, reverse, made.Inputs, made.Seed);
            var second = new GradientCase(reverse.Combined, Reverse.Of(reverse.Combined), first.Combined, made.Seed + 1);
            var counts = second.Compare(Tolerance.RandomSecondOrder);
            (directions, skipped) = (directions + counts.Directions, skipped + counts.Skipped);
        });
        RandomRun.Print($"{directions} directions, {skipped} at a kink");
        Assert.True(skipped <= MostSkipped * directions, $"{skipped} of {directions} directions have no slope.");
    }
}
