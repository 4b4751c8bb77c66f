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
        (this.length, this.steps, batch) = (length, steps, length.Shape[0]);
        time = Tensor.Arange(steps, length.Type).Reshape(steps, 1);
        sequence = Tensor.Arange(batch, length.Type);
        inside = time.Less(length);
    }

    /// <summary>Refuses lengths that are none. Their values are looked at where they are known: not while a step is captured.</summary>
    /// <param name="owner">The layer they are given to.</param> <param name="positions">The most a length may be.</param>
    /// <exception cref="ShapeException">They are no integers [b] from 0 to so many positions.</exception>
    public static void Check(Layer owner, Tensor lengths, int batch, int positions)
    {
        if (lengths.Rank != 1 || lengths.Type.IsFloating || lengths.Shape[0] != batch)
            throw new ShapeException($"{owner}: lengths are integers, one for each of {batch} sequences.\n  lengths : {lengths.Described}",
                "lengths", [.. lengths.Shape]);
        if (lengths.Values is null || lengths.Draws is not null) return;
        var numbers = lengths.ToHost().ToDoubles();
        for (var b = 0; b < numbers.Length; b++)
            if (!(numbers[b] >= 0 && numbers[b] <= positions))
                throw new ShapeException(FormattableString.Invariant(
                    $"{owner}: sequence {b} has the length {numbers[b]}.\n  possible  0 to {positions}, the positions there are"), "lengths", batch);
    }

    /// <summary>Each sequence from its last step to its first; what comes after its end stays: x [t, b, i].</summary>
    public Tensor Reversed(Tensor x)
    {
        var source = Tensor.Where(inside, length - 1 - time, time + 0 * length);
        return Rows(x).GatherRows((source * batch + sequence).Reshape(steps * batch)).Reshape([.. x.Shape]);
    }

    /// <summary>The last step of each, or the start of one without steps: h [t, b, j] and start [b, j] to [b, j].</summary>
    public Tensor Last(Tensor h, Tensor start)
    {
        if (steps == 0) return start;
        var begun = length.Greater(0);
        return Tensor.Where(begun.Unsqueeze(-1), Rows(h).GatherRows(Tensor.Where(begun, length - 1, 0 * length) * batch + sequence), start);
    }

    /// <summary>0 after the end of each.</summary>
    public Tensor Cleared(Tensor h) => h.MaskedFill(inside.Not().Unsqueeze(-1), 0);

    Tensor Rows(Tensor x) => x.Reshape(steps * batch, x.Shape[2]);
}
