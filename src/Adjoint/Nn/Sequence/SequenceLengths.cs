namespace Adjoint;

// Rows are found by their number among all of [t b]: then one gather serves reversing and the last step, and its reverse adds
// gradients where they came from. Nothing depends on the values of the lengths but what is gathered, so one plan serves all.

/// <summary>Sequences of different lengths side by side: [t, b, ..], the first length[b] steps of each hold.</summary>
sealed class SequenceLengths
{
    readonly Tensor length, inside; // [b]; [t, b]
    readonly int steps, batch;
    readonly Tensor time, sequence; // [t, 1]; [b]

    public SequenceLengths(Tensor length, int steps)
    {
        if (length.Rank != 1 || length.Type.IsFloating)
            throw new ShapeException($"Lengths are integers [b].\n  lengths : {length.Described}", "lengths", [.. length.Shape]);
        (this.length, this.steps, batch) = (length, steps, length.Shape[0]);
        time = Tensor.Arange(steps, length.Type).Reshape(steps, 1);
        sequence = Tensor.Arange(batch, length.Type);
        inside = time.Less(length);
    }

    /// <summary>Each sequence from its last step to its first; what comes after its end stays: x [t, b, i].</summary>
    public Tensor Reversed(Tensor x)
    {
        var source = Tensor.Where(inside, length - 1 - time, time + 0 * length);
        return Rows(x).GatherRows((source * batch + sequence).Reshape(-1)).Reshape([.. x.Shape]);
    }

    /// <summary>The last step of each: h [t, b, j] to [b, j].</summary>
    public Tensor Last(Tensor h) => Rows(h).GatherRows((length - 1) * batch + sequence);

    /// <summary>0 after the end of each.</summary>
    public Tensor Cleared(Tensor h) => h.MaskedFill(inside.Not().Unsqueeze(-1), 0);

    Tensor Rows(Tensor x) => x.Reshape(steps * batch, -1);
}
