namespace Adjoint;

/// <summary>A sequence that was written, and the logarithm of its probability.</summary>
/// <param name="Tokens">Without the token that ends it.</param>
public sealed record WrittenSequence(IReadOnlyList<int> Tokens, double LogProbability);

/// <summary>Writes sequences with a trained model: the best token always, the best of several, or drawn.</summary>
public sealed class SequenceWriter
{
    readonly Step read, write;
    readonly Seq2Seq model;
    readonly int sourceLength;

    /// <param name="sourceLength">The most tokens the model reads.</param>
    public SequenceWriter(Seq2Seq model, int sourceLength)
    {
        (this.model, this.sourceLength) = (model, sourceLength);
        model.Evaluate();
        read = Step.Capture(inputs => model.Read(inputs[0]) is var (memory, lengths, state) ? [memory, lengths, .. state] : []);
        write = Step.Capture(inputs => model.Write(inputs[0], inputs[1], inputs[2], inputs[3..]) is var (scores, state) ? [scores, .. state] : []);
    }

    /// <summary>The likeliest token at each place.</summary>
    public WrittenSequence Greedy(ReadOnlySpan<int> source, int longest) => Beam(source, longest, width: 1)[0];

    /// <summary>Goes on with the likeliest so many beginnings; the likeliest sequence comes first.</summary>
    /// <param name="longest">Tokens after which a sequence ends.</param>
    /// <param name="width">How many beginnings; 1 or more.</param>
    /// <exception cref="ShapeException">The source is empty, too long, or has a token that does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1.</exception>
    public IReadOnlyList<WrittenSequence> Beam(ReadOnlySpan<int> source, int longest, int width)
    {
        if (width < 1) throw new ArgumentOutOfRangeException(nameof(width), width, "SequenceWriter: a beam is 1 or wider.");
        var (memory, first) = Begin(source);
        List<Hypothesis> alive = [first], done = [];
        for (var n = 0; n < longest && alive.Count > 0; n++)
        {
            var next = alive.SelectMany(h => Extended(h, memory, width)).OrderByDescending(h => h.LogProbability).Take(width).ToList();
            done.AddRange(next.Where(h => h.IsOver));
            alive = [.. next.Where(h => !h.IsOver)];
            // What has begun can only become less likely.
            if (done.Count >= width && alive.All(a => a.LogProbability < done.Max(d => d.LogProbability))) break;
        }
        return [.. done.Concat(alive).OrderByDescending(h => h.LogProbability).Take(width)
            .Select(h => new WrittenSequence([.. h.Tokens.Where(t => t != 0)], h.LogProbability))];
    }

    /// <summary>Each token drawn.</summary>
    public WrittenSequence Sample(ReadOnlySpan<int> source, int longest, Sampling sampling, ulong seed)
    {
        var (memory, now) = Begin(source);
        var random = new Philox(seed, Philox.StreamOf("write"), 0);
        for (var n = 0; n < longest && !now.IsOver; n++)
        {
            var (scores, state) = Scores(now, memory);
            var token = sampling.Draw(scores, random.Uniform(n));
            now = now.With(token, LogProbabilities(scores)[token], state);
        }
        return new([.. now.Tokens.Where(t => t != 0)], now.LogProbability);
    }

    /// <summary>How much of each source token is read for each written one: [t, n]; null where the model has no attention.</summary>
    internal HostArray? Weights(ReadOnlySpan<int> source, ReadOnlySpan<int> written)
    {
        if (!model.HasAttention) return null;
        var (memory, first) = Begin(source);
        int[] before = [0, .. written[..^1]]; // what is known when each token is said
        return model.Weights(Tensor.Of(before, 1, before.Length), memory[0], memory[1], first.State)[0, .., ..source.Length].ToHost();
    }

    (Tensor[] Memory, Hypothesis First) Begin(ReadOnlySpan<int> source)
    {
        if (source.Length == 0 || source.Length > sourceLength)
            throw new ShapeException($"SequenceWriter: a source has 1 to {sourceLength} tokens, not {source.Length}.", "source", [source.Length]);
        var last = model.Tokens - 1;
        for (var n = 0; n < source.Length; n++)
            if (source[n] < 1 || source[n] > last)
                throw new ShapeException(FormattableString.Invariant(
                    $"SequenceWriter: there is no token {source[n]} (number {n} of the source).\n  possible  1 to {last}; 0 ends a sequence"), "source", source.Length);
        int[] padded = [.. source, .. new int[sourceLength - source.Length]];
        var made = Kept(read.Run(Tensor.Of(padded, 1, sourceLength)));
        return (made[..2], new([], 0, made[2..]));
    }

    IEnumerable<Hypothesis> Extended(Hypothesis from, Tensor[] memory, int width)
    {
        var (scores, state) = Scores(from, memory);
        var logs = LogProbabilities(scores);
        return Enumerable.Range(0, logs.Length).OrderByDescending(t => logs[t]).Take(width).Select(t => from.With(t, logs[t], state)).ToList();
    }

    (float[] Scores, Tensor[] State) Scores(Hypothesis from, Tensor[] memory)
    {
        var token = Tensor.Of([from.Tokens.Count == 0 ? 0 : from.Tokens[^1]], 1, 1);
        var made = Kept(write.Run([token, .. memory, .. from.State]));
        return (made[0].To(DType.Float32).ToArray<float>(), made[1..]);
    }

    // The next run of a step writes over its results.
    static Tensor[] Kept(Tensor[] results) => Array.ConvertAll(results, r => Tensor.Of(r.ToHost()));

    static double[] LogProbabilities(float[] scores)
    {
        var largest = scores.Max();
        var sum = scores.Sum(s => Math.Exp(s - largest));
        return Array.ConvertAll(scores, s => s - largest - Math.Log(sum));
    }

    sealed record Hypothesis(IReadOnlyList<int> Tokens, double LogProbability, Tensor[] State)
    {
        public bool IsOver => Tokens.Count > 0 && Tokens[^1] == 0;

        public Hypothesis With(int token, double log, Tensor[] state) => new([.. Tokens, token], LogProbability + log, state);
    }
}
