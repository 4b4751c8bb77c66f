namespace Adjoint;

/// <summary>Attention in heads between linear layers (arXiv:1706.03762), with PyTorch's names: x [b, t, i] reads itself, or another
/// sequence.</summary>
public sealed class MultiHeadAttention : Layer
{
    readonly (int Width, int Heads) size;
    readonly AttentionRule rule;
    readonly bool isRotary;
    readonly Parameter? joint, bias;
    readonly Parameter[] apart = []; // weights of q, k, v where the source has another width
    readonly Linear output;

    /// <param name="rule">Softmax over all positions if none is given.</param>
    /// <param name="sourceWidth">Of the sequence that is read, where it differs from the width.</param>
    /// <param name="isRotary">Whether queries and keys are turned by their position (arXiv:2104.09864).</param>
    /// <param name="init">Of the three weights; Xavier's if none is given.</param>
    /// <param name="outInit">Of the weight behind the heads.</param>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public MultiHeadAttention(int width, int heads, AttentionRule? rule = null, bool bias = true, int? sourceWidth = null,
        bool isRotary = false, Init? init = null, Init? outInit = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (width % heads != 0) throw new ArgumentException($"MultiHeadAttention: {heads} heads do not divide the width {width}.", nameof(heads));
        (size, this.rule, this.isRotary) = ((width, heads), rule ?? new ScaledDotProduct(), isRotary);
        init ??= Init.XavierUniform();
        if (sourceWidth is { } other && other != width)
            apart = [Parameter("q_proj_weight", [width, width], init), Parameter("k_proj_weight", [width, other], init),
                Parameter("v_proj_weight", [width, other], init)];
        else joint = Parameter("in_proj_weight", [3 * width, width], init);
        if (bias) this.bias = Parameter("in_proj_bias", [3 * width], Init.Zeros);
        output = Child("out_proj", new Linear(width, width, bias, outInit));
    }

    /// <summary>What each position of x reads.</summary>
    /// <param name="x">[b, t, i]</param>
    /// <param name="source">[b, u, r]; x itself if none is given.</param>
    /// <param name="lengths">Integers [b]: how many positions of the source hold; null for all. Where none holds, what is read is 0.</param>
    /// <returns>[b, t, i]</returns>
    /// <exception cref="ShapeException">A length is none.</exception>
    public Tensor Attend(Tensor x, Tensor? source = null, Tensor? lengths = null)
    {
        if (lengths is not null) SequenceLengths.Check(this, lengths, x.Shape[0], (source ?? x).Shape[1]);
        var (q, k, v) = Projected(x, source);
        (q, k, v) = (q.SplitHeads(size.Heads), k.SplitHeads(size.Heads), v.SplitHeads(size.Heads));
        if (isRotary) (q, k) = (Turned(q), Turned(k));
        return output.Forward(rule.Attend(q, k, v, lengths).MergeHeads());
    }

    /// <summary>Reads a source once, for all positions that come after; the cache keeps its keys and values.</summary>
    /// <param name="source">[b, u, r]</param>
    /// <param name="lengths">Integers [b]: how many positions of the source hold; null for all.</param>
    /// <exception cref="ShapeException">The cache keeps a source of another size, or a length is none.</exception>
    /// <exception cref="InvalidOperationException">By this rule, what is read of the source depends on the position.</exception>
    public void Read(Tensor source, KvCache cache, Tensor? lengths = null)
    {
        if (rule.IsCausal)
            throw new InvalidOperationException($"{this}: a source is read whole, and a causal rule hides what is later.\nHint: a rule that is not causal.");
        if (lengths is not null) SequenceLengths.Check(this, lengths, source.Shape[0], source.Shape[1]);
        var parts = Parts();
        Tensor k = parts[1](source).SplitHeads(size.Heads), v = parts[2](source).SplitHeads(size.Heads);
        lengths = lengths?.To(DType.Int64) ?? Tensor.Full(DType.Int64, source.Shape[1], source.Shape[0]);
        cache.Keep(this, isRotary ? Turned(k) : k, v, lengths);
    }

    /// <summary>What a new position, or a run of them, reads of the source that the cache keeps.</summary>
    /// <param name="x">[b, i], or [b, t, i]</param> <returns>As x.</returns>
    /// <exception cref="InvalidOperationException">No source was read.</exception>
    public Tensor StepOverSource(Tensor x, KvCache cache)
    {
        var kept = cache.SourceOf(this) ?? throw new InvalidOperationException($"'{Path}' reads a source, and the cache keeps none.\n"
            + "Hint: call Read(source, cache) before the first step.");
        var q = Heads(Parts()[0](x), cache, isTurned: isRotary);
        return output.Forward(Merged(rule.Attend(q, kept.Keys, kept.Values, kept.Lengths), x));
    }

    /// <summary>What a new position, or a run of them, reads of itself and of the earlier ones, which the cache holds.</summary>
    /// <param name="x">[b, i], or [b, t, i]</param> <returns>As x.</returns>
    public Tensor Step(Tensor x, KvCache cache)
    {
        var (q, k, v) = Projected(x, null);
        return output.Forward(Merged(rule.Step(Heads(q, cache, isRotary), Heads(k, cache, isRotary), Heads(v, cache, false), cache, this), x));
    }

    protected override Tensor Run(Tensor x) => Attend(x);

    public override string ToString() => $"MultiHeadAttention {size.Width}, {size.Heads} heads, {rule}";

    (Tensor Q, Tensor K, Tensor V) Projected(Tensor x, Tensor? source)
    {
        if (joint is not null && source is null)
        {
            // One product for all three.
            var all = (bias is null ? x.Linear(joint) : x.Linear(joint, bias)).Split(size.Width);
            return (all[0], all[1], all[2]);
        }
        var parts = Parts();
        source ??= x;
        return (parts[0](x), parts[1](source), parts[2](source));
    }

    // What makes queries, keys and values.
    Func<Tensor, Tensor>[] Parts()
    {
        Tensor[] weights = joint is null ? [apart[0], apart[1], apart[2]] : ((Tensor)joint).Split(size.Width, 0);
        var biases = bias is null ? null : ((Tensor)bias).Split(size.Width, 0);
        return [.. Enumerable.Range(0, weights.Length).Select<int, Func<Tensor, Tensor>>(n => x => x.Linear(weights[n], biases?[n]))];
    }

    // New positions in heads: [b, h, t, c].
    Tensor Heads(Tensor y, KvCache cache, bool isTurned)
    {
        var heads = y.Rank == 3 ? y.SplitHeads(size.Heads) : y.Reshape(y.Shape[0], size.Heads, 1, size.Width / size.Heads);
        return isTurned ? heads.Rotary(cache.Places(heads.Shape[2])) : heads;
    }

    static Tensor Merged(Tensor y, Tensor x) => x.Rank == 3 ? y.MergeHeads() : y.Reshape([.. x.Shape]);

    static Tensor Turned(Tensor y) => y.Rotary(Tensor.Arange(y.Shape[2], DType.Int64));
}
