using Xunit;

namespace Adjoint.Tests;

public sealed class ClassificationTests
{
    [Fact]
    public void Metrics_are_those_of_their_definitions()
    {
        const int Classes = 3, Count = 40;
        var random = new Random(3);
        var logits = Enumerable.Range(0, Count * Classes).Select(_ => (float)Math.Round(random.NextDouble() * 4, 1)).ToArray();
        var labels = Enumerable.Range(0, Count).Select(_ => random.Next(Classes)).ToArray();
        var found = new Classification(Classes);
        found.Add(logits.AsSpan(0, 25 * Classes), labels.AsSpan(0, 25), 0.5);
        found.Add(logits.AsSpan(25 * Classes), labels.AsSpan(25), 1.5);
        var metrics = found.Metrics();
        Assert.Equal((25 * 0.5 + 15 * 1.5) / 40, metrics["loss"], 1e-12);
        var guesses = Enumerable.Range(0, Count).Select(n => Enumerable.Range(0, Classes).MaxBy(c => logits[n * Classes + c])).ToArray();
        Assert.Equal(guesses, found.Predictions);
        Assert.Equal(guesses.Zip(labels).Count(p => p.First == p.Second) / (double)Count, metrics["accuracy"], 1e-12);
        var recalls = Enumerable.Range(0, Classes).Select(c => Of(c).Count(n => guesses[n] == c) / (double)Of(c).Count);
        Assert.Equal(recalls.Average(), metrics["balanced accuracy"], 1e-12);
        var areas = Enumerable.Range(0, Classes).Select(Area);
        Assert.Equal(areas.Average(), metrics["AUC"], 1e-6);

        List<int> Of(int label) => [.. Enumerable.Range(0, Count).Where(n => labels[n] == label)];

        double Probability(int n, int c) =>
            Math.Exp(logits[n * Classes + c]) / Enumerable.Range(0, Classes).Sum(k => Math.Exp(logits[n * Classes + k]));

        // Every pair of one of the class and one of the rest.
        double Area(int c)
        {
            var (own, rest) = (Of(c), Enumerable.Range(0, Count).Where(n => labels[n] != c).ToList());
            return own.Average(a => rest.Average(b => (Probability(a, c) - Probability(b, c)) switch { > 1e-7 => 1, < -1e-7 => 0, _ => 0.5 }));
        }
    }

    [Fact]
    public void The_first_of_equal_logits_is_the_guess()
    {
        var found = new Classification(3);
        found.Add([1, 1, 0], [1], 0);
        Assert.Equal([0], found.Predictions);
        Assert.Equal(1, found[1, 0]);
    }
}
