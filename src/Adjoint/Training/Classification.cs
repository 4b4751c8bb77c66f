namespace Adjoint;

/// <summary>What a classifier gets right, gathered from batch to batch.</summary>
public sealed class Classification
{
    readonly int classes;
    readonly long[,] confusion;
    readonly List<float>[] scores; // of each class, one an example
    readonly List<int> labels = [], predictions = [];
    double loss;

    public Classification(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        (this.classes, confusion) = (classes, new long[classes, classes]);
        scores = [.. Enumerable.Range(0, classes).Select(_ => new List<float>())];
    }

    public int Count => labels.Count;

    public int Classes => classes;

    /// <summary>The class each example was given, in the order in which they came.</summary>
    public IReadOnlyList<int> Predictions => predictions;

    public IReadOnlyList<int> Labels => labels;

    /// <summary>Examples by class (row) and by the class they were given (column).</summary>
    public long this[int label, int predicted] => confusion[label, predicted];

    /// <summary>Adds a batch.</summary>
    /// <param name="logits">[n, classes]</param>
    /// <param name="labels">[n]</param>
    /// <param name="loss">Mean over the batch, in nats.</param>
    public void Add(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, double loss)
    {
        this.loss += loss * labels.Length;
        for (var n = 0; n < labels.Length; n++)
        {
            var row = logits.Slice(n * classes, classes);
            var best = 0;
            var (largest, sum) = (row[0], 0.0);
            for (var c = 1; c < classes; c++)
                if (row[c] > largest) (best, largest) = (c, row[c]);
            foreach (var logit in row) sum += Math.Exp(logit - largest);
            for (var c = 0; c < classes; c++) scores[c].Add((float)(Math.Exp(row[c] - largest) / sum));
            this.labels.Add(labels[n]);
            predictions.Add(best);
            confusion[labels[n], best]++;
        }
    }

    /// <summary>loss (nats an example), accuracy, balanced accuracy (mean over the classes that occur) and AUC (mean of one class
    /// against the rest).</summary>
    public Metrics Metrics()
    {
        var right = Enumerable.Range(0, classes).Sum(c => confusion[c, c]);
        var recalls = Enumerable.Range(0, classes).Where(c => Of(c) > 0).Select(Recall).ToList();
        var areas = Enumerable.Range(0, classes).Where(c => Of(c) > 0 && Of(c) < Count).Select(Auc).ToList();
        var metrics = new Metrics { ["loss"] = loss / Count, ["accuracy"] = (double)right / Count };
        if (recalls.Count > 0) metrics["balanced accuracy"] = recalls.Average();
        if (areas.Count > 0) metrics["AUC"] = areas.Average();
        return metrics;
    }

    /// <summary>The share of a class that was given to it.</summary>
    public double Recall(int label) => (double)confusion[label, label] / Of(label);

    /// <summary>How often an example of the class has a higher probability of it than one of the rest; equal ones count half.</summary>
    public double Auc(int label)
    {
        var order = Enumerable.Range(0, Count).OrderBy(n => scores[label][n]).ToArray();
        double ranks = 0;
        for (int from = 0, to; from < order.Length; from = to)
        {
            var (score, own) = (scores[label][order[from]], 0);
            for (to = from; to < order.Length && scores[label][order[to]] == score; to++) own += labels[order[to]] == label ? 1 : 0;
            ranks += own * ((from + to - 1) / 2.0 + 1);
        }
        double members = Of(label);
        return (ranks - members * (members + 1) / 2) / (members * (Count - members));
    }

    /// <summary>How many examples of the class there are.</summary>
    public long Of(int label)
    {
        var count = 0L;
        for (var c = 0; c < classes; c++) count += confusion[label, c];
        return count;
    }
}
