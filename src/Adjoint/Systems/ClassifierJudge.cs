using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>Judges a classifier on a data set whose fields are an input and a label.</summary>
sealed class ClassifierJudge
{
    const int Batch = 250;

    readonly Layer model;
    readonly Dataset data;
    readonly int classes;
    readonly IReadOnlyList<Transform> transforms;
    readonly Step step;

    public ClassifierJudge(Layer model, Dataset data, int classes, IReadOnlyList<Transform> transforms)
    {
        (this.model, this.data, this.classes, this.transforms) = (model, data, classes, transforms);
        step = Step.Capture(fields =>
        {
            var logits = model.Forward(fields[0]);
            return [logits, logits.CrossEntropy(fields[1])];
        });
    }

    /// <summary>What was found last.</summary>
    public Classification? Found { get; private set; }

    public Metrics Metrics(CancellationToken cancellation) => Classify(cancellation).Metrics();

    /// <summary>Every example once, in the order of the data.</summary>
    public Classification Classify(CancellationToken cancellation)
    {
        model.Evaluate();
        var found = new Classification(classes);
        using var _ = Tensor.WithoutGradient();
        using var loader = new Loader(data, Math.Min(Batch, data.Count)) { IsShuffled = false, Transforms = transforms };
        foreach (var batch in loader.Epoch(0, 0, cancellation))
        {
            var results = step.Run(batch.Tensors);
            var logits = MemoryMarshal.Cast<byte, float>(results[0].ToHost().Bytes);
            found.Add(logits, MemoryMarshal.Cast<byte, int>(batch[1].ToHost().Bytes), results[1].Item());
        }
        return Found = found;
    }
}
