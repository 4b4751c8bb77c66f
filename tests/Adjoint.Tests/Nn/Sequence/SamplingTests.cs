using Xunit;

namespace Adjoint.Tests;

public sealed class SamplingTests
{
    static readonly float[] Scores = [.. new[] { 0.1, 0.4, 0.3, 0.2 }.Select(p => (float)Math.Log(p))];

    static double[] Shares(Sampling sampling)
    {
        const int Draws = 1000;
        var counts = new double[Scores.Length];
        for (var n = 0; n < Draws; n++) counts[sampling.Draw(Scores, (n + 0.5) / Draws)] += 1.0 / Draws;
        return [.. counts.Select(c => Math.Round(c, 2))];
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_they_are_likely()
    {
        Assert.Equal([0.1, 0.4, 0.3, 0.2], Shares(new()));
        Assert.Equal([0, 1, 0, 0], Shares(new(Temperature: 0)));
        Assert.Equal([0, 1, 0, 0], Shares(new(TopK: 1)));
        Assert.Equal([0, 0.57, 0.43, 0], Shares(new(TopK: 2)));
        Assert.Equal([0, 0.44, 0.33, 0.22], Shares(new(TopP: 0.8)));
        Assert.Equal([0.03, 0.53, 0.3, 0.13], Shares(new(Temperature: 0.5)));
        Assert.Equal([0.25, 0.25, 0.25, 0.25], Shares(new(Temperature: 1e6)));
    }

    [Fact]
    public void Scores_of_any_size_are_drawn_from()
    {
        Assert.Equal(1, new Sampling().Draw([-1e30f, 1e30f, 0], 0.999999));
        Assert.Equal(1, new Sampling().Draw([float.NegativeInfinity, 3], 0));
        Assert.Equal(0, new Sampling(TopK: 9).Draw([5], 0.5));
        // Of equals the first.
        Assert.Equal(1, new Sampling(Temperature: 0, TopK: 9).Draw([1, 2, 2], 0.9));
        Assert.Equal("Sampling: there are no scores to draw from. (Parameter 'scores')",
            Assert.Throws<ArgumentException>(() => new Sampling().Draw([], 0.5)).Message);
    }

    [Theory]
    [InlineData(-1, 0, 1, "the temperature is 0 or above")]
    [InlineData(double.NaN, 0, 1, "the temperature is 0 or above")]
    [InlineData(1, -1, 1, "top-k is 0 or above")]
    [InlineData(1, 0, 0, "top-p is above 0 and at most 1")]
    [InlineData(1, 0, 1.5, "top-p is above 0 and at most 1")]
    public void What_cannot_be_meant_is_refused(double temperature, int topK, double topP, string told) => Assert.StartsWith($"Sampling: {told}. (",
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampling(temperature, topK, topP)).Message, StringComparison.Ordinal);
}
