namespace Adjoint;

// Token 0 fills up behind the end, ends a sequence and begins the one that is written. Source and target lie side by side, so
// that the model is a layer: what is read is what is known when the next token is to be said (teacher forcing).

/// <summary>An LSTM that reads a sequence in both directions and one that writes another, with attention to what was read or with a
/// last state alone (arXiv:1409.3215, 1508.04025): tokens [b, n + m] to logits [b, m, v].</summary>
public sealed class Seq2Seq : Layer
{
    readonly int sourceLength;
    readonly Embedding embedding;
    readonly Lstm encoder, decoder;
    readonly Linear startH, startC, head;
    readonly Linear? query;

    /// <param name="sourceLength">n, the most tokens that are read.</param>
    /// <param name="hasAttention">Whether the writer looks at all that was read.</param>
    public Seq2Seq(int tokens, int sourceLength, int width, int units, bool hasAttention)
    {
        this.sourceLength = sourceLength;
        embedding = Child("embedding", new Embedding(tokens, width));
        encoder = Child("encoder", new Lstm(width, units, isBidirectional: true));
        startH = Child("start_h", new Linear(2 * units, units));
        startC = Child("start_c", new Linear(2 * units, units));
        decoder = Child("decoder", new Lstm(width, units));
        if (hasAttention) query = Child("query", new Linear(units, 2 * units, bias: false));
        head = Child("head", new Linear(hasAttention ? 3 * units : units, tokens));
    }

    /// <summary>Whether the writer looks at all that was read.</summary>
    public bool HasAttention => query is not null;

    protected override Tensor Run(Tensor tokens)
    {
        var read = Read(tokens[.., ..sourceLength]);
        return Write(tokens[.., sourceLength..], read.Memory, read.Lengths, read.State).Scores;
    }

    /// <summary>How many tokens there are.</summary>
    internal int Tokens => embedding.Weight.Shape[0];

    /// <summary>What a source means: all positions [b, n, 2 j], how many of them hold [b], and the states to begin with.</summary>
    internal (Tensor Memory, Tensor Lengths, Tensor[] State) Read(Tensor source)
    {
        var lengths = source.NotEqual(0).Sum(-1);
        var made = encoder.Unroll(embedding.Forward(source.T), null, lengths);
        return (made.Output.Transpose(0, 1), lengths, [Joined(startH, made.State[0]), Joined(startC, made.State[1])]);

        // Both directions of a state, [2, b, j] to [1, b, j].
        static Tensor Joined(Linear layer, Tensor state) => layer.Forward(Tensor.Concat(-1, state[0], state[1])).Tanh().Unsqueeze(0);
    }

    /// <summary>The scores of what follows each token that was written: [b, m] to [b, m, v], and the states after the last.</summary>
    internal (Tensor Scores, IReadOnlyList<Tensor> State) Write(Tensor written, Tensor memory, Tensor lengths, IReadOnlyList<Tensor> state)
    {
        var made = decoder.Unroll(embedding.Forward(written.T), state);
        var h = made.Output.Transpose(0, 1);
        if (query is not null) h = Tensor.Concat(-1, h, query.Forward(h).AttentionPadded(memory, memory, lengths));
        return (head.Forward(h), made.State);
    }

    /// <summary>How much is read of each position when what follows each written token is said: [b, m, n]. With attention only.</summary>
    internal Tensor Weights(Tensor written, Tensor memory, Tensor lengths, IReadOnlyList<Tensor> state)
    {
        var h = decoder.Unroll(embedding.Forward(written.T), state).Output.Transpose(0, 1);
        // Of values that are the rows of an identity the sum is the weights themselves.
        var each = Tensor.Eye(memory.Shape[1], memory.Type).Unsqueeze(0).Repeat(memory.Shape[0], 0);
        return query!.Forward(h).AttentionPadded(memory, each, lengths);
    }
}
