namespace Adjoint;

// Names and layouts are PyTorch's, as are the gates in the rows of a weight, so that weights travel both ways. Going back in
// time is going forward over the reversed sequence; sequences of different lengths are reversed within their length each.

/// <summary>Layers of a recurrent network over whole sequences: x [t, b, i] to [t, b, directions j].</summary>
public abstract class Recurrent : Layer
{
    readonly List<RecurrentWeights> cells = []; // layer by layer, forward before backward
    readonly List<Dropout> drops = [];
    readonly int inputs;

    /// <param name="ofGate">How the bias of one gate starts.</param>
    private protected Recurrent(int gates, int inputs, int units, int layers, bool isBidirectional, double dropout, bool hasRecurrentBias,
        (int Gate, Init Init)? ofGate = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        (this.inputs, Units, Layers, Directions) = (inputs, units, layers, isBidirectional ? 2 : 1);
        var init = Init.Uniform(-1 / Math.Sqrt(units), 1 / Math.Sqrt(units));
        Init Bias(bool isRecurrent) => ofGate is { } own
            ? Init.Rows(init, own.Gate * units, units, isRecurrent ? Init.Zeros : own.Init) : init;
        for (var layer = 0; layer < layers; layer++)
        {
            for (var direction = 0; direction < Directions; direction++)
            {
                var end = FormattableString.Invariant($"_l{layer}{(direction > 0 ? "_reverse" : "")}");
                cells.Add(new(Parameter("weight_ih" + end, [gates * units, layer == 0 ? inputs : Directions * units], init),
                    Parameter("weight_hh" + end, [gates * units, units], init), Parameter("bias_ih" + end, [gates * units], Bias(false)),
                    hasRecurrentBias ? Parameter("bias_hh" + end, [gates * units], Bias(true)) : null));
            }
            if (layer > 0 && dropout > 0) drops.Add(Child(FormattableString.Invariant($"dropout{layer}"), new Dropout(dropout)));
        }
    }

    /// <summary>Numbers of a state.</summary>
    public int Units { get; }

    public int Layers { get; }

    /// <summary>2 where the sequence is also read from its end.</summary>
    public int Directions { get; }

    /// <summary>States that are carried from step to step: h, for an LSTM h and c.</summary>
    public virtual int StateCount => 1;

    /// <summary>The whole computation with its states.</summary>
    /// <param name="x">[t, b, i]</param>
    /// <param name="start">h, for an LSTM h and c: [layers directions, b, j] each; 0 if none is given.</param>
    /// <param name="lengths">Integers [b] from 0 to t: each sequence gives what it gives alone, and 0 after its end; one of length 0
    /// ends in the states it began with.</param>
    /// <exception cref="ShapeException">A state has another shape, or a length is none.</exception>
    public RecurrentResult Unroll(Tensor x, IReadOnlyList<Tensor>? start = null, Tensor? lengths = null)
    {
        if (x.Rank != 3) throw new ShapeException($"{this}: x is [t, b, i], time first.\n  x : {x.Described}", "x", [.. x.Shape]);
        var batch = x.Shape[1];
        Check(start, batch);
        if (lengths is not null) SequenceLengths.Check(this, lengths, batch, x.Shape[0]);
        var sequences = lengths is null ? null : new SequenceLengths(lengths, x.Shape[0]);
        var ends = Enumerable.Range(0, StateCount).Select(_ => new List<Tensor>()).ToArray();
        for (var layer = 0; layer < Layers; layer++)
        {
            if (layer > 0 && drops.Count > 0) x = drops[layer - 1].Forward(x);
            var made = new Tensor[Directions];
            for (var direction = 0; direction < Directions; direction++)
            {
                var cell = layer * Directions + direction;
                var first = Enumerable.Range(0, StateCount).Select(s => start?[s][cell] ?? Tensor.Zeros(x.Type, batch, Units)).ToArray();
                var states = States(direction == 0 ? x : Reversed(x), cells[cell], first);
                for (var s = 0; s < StateCount; s++) ends[s].Add(sequences?.Last(states[s], first[s]) ?? (x.Shape[0] > 0 ? states[s][^1] : first[s]));
                made[direction] = direction == 0 ? states[0] : Reversed(states[0]);
            }
            x = Directions == 1 ? made[0] : Tensor.Concat(-1, made);
        }
        return new(sequences?.Cleared(x) ?? x, [.. ends.Select(e => Tensor.Stack(0, [.. e]))]);

        Tensor Reversed(Tensor y) => sequences?.Reversed(y) ?? y.Flip(0);
    }

    /// <param name="x">[t, b, i]</param> <returns>[t, b, directions j]</returns>
    protected override Tensor Run(Tensor x) => Unroll(x).Output;

    /// <summary>All states over time, the one that is handed on first: [t, b, j] each.</summary>
    private protected abstract IReadOnlyList<Tensor> States(Tensor x, RecurrentWeights weights, IReadOnlyList<Tensor> start);

    public override string ToString() => $"{GetType().Name} {inputs} → {Units}{(Layers > 1 ? $", {Layers} layers" : "")}"
        + (Directions > 1 ? ", both directions" : "");

    void Check(IReadOnlyList<Tensor>? start, int batch)
    {
        if (start is null) return;
        if (start.Count != StateCount) throw new ShapeException($"{this}: {start.Count} states are given, it carries {StateCount}.", "start");
        foreach (var state in start)
            if (!state.Shape.SequenceEqual([Layers * Directions, batch, Units]))
                throw new ShapeException($"{this}: a state has another shape.\n  given   {state.Described}\n"
                    + $"  wanted  [{Layers * Directions}, {batch}, {Units}]", "start", [.. state.Shape]);
    }
}

/// <summary>What a recurrent network made of sequences.</summary>
/// <param name="Output">Of the last layer: [t, b, directions j].</param>
/// <param name="State">After the last step: h, for an LSTM h and c, [layers directions, b, j] each.</param>
public sealed record RecurrentResult(Tensor Output, IReadOnlyList<Tensor> State);

/// <summary>The parameters of one cell: [g j, i], [g j, k], [g j], [g j].</summary>
sealed record RecurrentWeights(Parameter Input, Parameter Recurrent, Parameter InputBias, Parameter? RecurrentBias);
