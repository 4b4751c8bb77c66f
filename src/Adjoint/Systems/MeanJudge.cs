namespace Adjoint;

/// <summary>Means over a data set of what a captured step measures on each batch.</summary>
/// <param name="measures">From the fields of a batch to its means, one number each.</param>
sealed class MeanJudge(Module model, Dataset data, int batchSize, Func<Tensor[], Tensor[]> measures)
{
    readonly Step step = Step.Capture(measures);

    public double[] Means(CancellationToken cancellation)
    {
        model.Evaluate();
        using var loader = new Loader(data, Math.Min(batchSize, data.Count)) { IsShuffled = false };
        double[] sums = [];
        foreach (var batch in loader.Epoch(0, 0, cancellation))
        {
            var made = step.Run(batch.Tensors);
            if (sums.Length == 0) sums = new double[made.Length];
            for (var m = 0; m < sums.Length; m++) sums[m] += made[m].Item() * batch.Count;
        }
        return Array.ConvertAll(sums, sum => sum / data.Count);
    }

    /// <summary>The training of a language model that is chosen and judged by this judge on the held-out text.</summary>
    public TrainingJob TextJob(Optimizer optimizer, Loader loader, ulong seed) => new()
    {
        Model = model,
        Optimizer = optimizer,
        Loader = loader,
        Seed = seed,
        Loss = fields => measures(fields)[0],
        Validate = TextMetrics,
        Test = TextMetrics,
    };

    /// <summary>Where the one measure is the loss of a language model in nats a character.</summary>
    public Metrics TextMetrics(CancellationToken cancellation)
    {
        var loss = Means(cancellation)[0];
        return new() { ["loss"] = loss, ["perplexity"] = Math.Exp(loss), ["bits a character"] = loss / Math.Log(2) };
    }
}
