namespace Adjoint;

/// <summary>How a token is drawn from the scores of all.</summary>
/// <param name="Temperature">Scores are divided by it; 0 takes the best token always.</param>
/// <param name="TopK">Only the best so many; 0 for all, and more than there are is all.</param>
/// <param name="TopP">Only the best whose probabilities add up to this (arXiv:1904.09751).</param>
public sealed record Sampling(double Temperature = 1, int TopK = 0, double TopP = 1)
{
    public double Temperature { get; } = Temperature >= 0 && double.IsFinite(Temperature) ? Temperature
        : throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "Sampling: the temperature is 0 or above.");

    public int TopK { get; } = TopK >= 0 ? TopK
        : throw new ArgumentOutOfRangeException(nameof(TopK), TopK, "Sampling: top-k is 0 or above.");

    public double TopP { get; } = TopP is > 0 and <= 1 ? TopP
        : throw new ArgumentOutOfRangeException(nameof(TopP), TopP, "Sampling: top-p is above 0 and at most 1.");

    /// <summary>A token by a number from 0 to 1.</summary>
    /// <param name="scores">Logits, one a token; at least one.</param>
    /// <exception cref="ArgumentException">There are no scores.</exception>
    public int Draw(ReadOnlySpan<float> scores, double uniform)
    {
        if (scores.Length == 0) throw new ArgumentException("Sampling: there are no scores to draw from.", nameof(scores));
        var all = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, all.Length).OrderByDescending(v => all[v])]; // stable: of equals the first
        if (Temperature == 0) return order[0];
        var kept = TopK == 0 ? order.Length : Math.Min(TopK, order.Length);
        // Relative to the best, so that no exponential is too large.
        var weights = Array.ConvertAll(order[..kept], v => Math.Exp((all[v] - all[order[0]]) / Temperature));
        var (total, sum) = (weights.Sum(), 0.0);
        for (var n = 0; n < kept; n++)
        {
            sum += weights[n];
            if (sum >= TopP * total) kept = n + 1;
        }
        var (wanted, at) = (uniform * sum, 0);
        for (wanted -= weights[0]; wanted >= 0 && at + 1 < kept; wanted -= weights[at]) at++;
        return order[at];
    }
}
