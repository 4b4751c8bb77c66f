namespace Adjoint;

/// <summary>How positions read other positions; it has no parameters.</summary>
public abstract class AttentionRule
{
    /// <summary>What every query reads.</summary>
    /// <param name="q">[b, h, t, c]</param> <param name="k">[b, h, u, c]</param> <param name="v">[b, h, u, d]</param>
    /// <param name="lengths">Integers [b]: only the first keys of each example count; null for all. Without a key what is read is 0.</param>
    /// <returns>[b, h, t, d]</returns>
    public abstract Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? lengths = null);

    /// <summary>What new positions, one behind the other, read of themselves and of those in the cache, which they enter.</summary>
    /// <param name="q">[b, h, t, c]</param> <param name="k">[b, h, t, c]</param> <param name="v">[b, h, t, d]</param>
    /// <param name="owner">The layer whose memory it is.</param>
    /// <returns>[b, h, t, d]</returns>
    /// <exception cref="InvalidOperationException">Positions read later ones by this rule: they can't come one by one.</exception>
    public abstract Tensor Step(Tensor q, Tensor k, Tensor v, KvCache cache, Module owner);

    /// <summary>Whether each position reads only itself and earlier ones.</summary>
    internal virtual bool IsCausal => false;

    /// <summary>Heads as examples: [b, h, ..] to [b h, ..].</summary>
    private protected static Tensor Folded(Tensor x) => x.Reshape([x.Shape[0] * x.Shape[1], .. x.Shape[2..]]);

    private protected InvalidOperationException NotCausal() => new(
        $"{this}: a position reads later ones, so that they can't be made one by one.\nHint: make the rule causal.");
}

/// <summary>softmax(q k / sqrt(c)) v (arXiv:1706.03762).</summary>
/// <param name="isCausal">Whether each position reads only itself and earlier ones.</param>
/// <param name="window">Only so many of the last positions, the present one included; 0 for all. It must be causal.</param>
/// <param name="isFading">Whether scores fall with the distance, in each head at its own rate (ALiBi, arXiv:2108.12409). It must be
/// causal.</param>
public sealed class ScaledDotProduct(bool isCausal = false, int window = 0, bool isFading = false) : AttentionRule
{
    readonly int window = window == 0 || isCausal ? window
        : throw new ArgumentException("ScaledDotProduct: a window looks back; the rule must be causal.", nameof(window));

    readonly bool isFading = !isFading || isCausal && window == 0 ? isFading
        : throw new ArgumentException("ScaledDotProduct: fading scores are causal and have no window.", nameof(isFading));

    internal override bool IsCausal => isCausal;

    public override Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? lengths = null)
    {
        if (isFading) return lengths is null ? q.AttentionAlibi(k, v) : AttentionOps.AttentionAlibiPadded.Call([q, k, v, lengths]);
        Tensor query = Folded(q), key = Folded(k), value = Folded(v);
        var y = lengths is null
            ? window > 0 ? query.AttentionWindowed(key, value, window) : isCausal ? query.AttentionCausal(key, value) : query.Attention(key, value)
            : Padded(lengths.Repeat(q.Shape[1], 0));
        return y.Reshape([.. q.Shape[..^1], v.Shape[^1]]);

        Tensor Padded(Tensor length) => window > 0 ? AttentionOps.AttentionWindowedPadded.Call([query, key, value, length], window)
            : (isCausal ? AttentionOps.AttentionCausalPadded : AttentionOps.AttentionPadded).Call([query, key, value, length]);
    }

    public override Tensor Step(Tensor q, Tensor k, Tensor v, KvCache cache, Module owner)
    {
        if (!isCausal) throw NotCausal();
        var (n, room) = (q.Shape[0] * q.Shape[1], cache.Capacity);
        var memory = cache.MemoryOf(owner, q.Type, [n, room, k.Shape[3]], [n, room, v.Shape[3]]);
        var isOne = q.Shape[2] == 1;
        var (append, read, readNear, readFading) = isOne
            ? (GenerationOps.CacheAppend, GenerationOps.AttentionStep, GenerationOps.AttentionStepWindowed, GenerationOps.AttentionStepAlibi)
            : (GenerationOps.CacheAppendRun, GenerationOps.AttentionRun, GenerationOps.AttentionRunWindowed, GenerationOps.AttentionRunAlibi);
        Tensor keys = append.Call([memory[0], Rows(Folded(k)), cache.At]), values = append.Call([memory[1], Rows(Folded(v)), cache.At]);
        Tensor.Assign((memory[0], keys), (memory[1], values));
        var y = isFading ? readFading.Call([Rows(q), Heads(keys), Heads(values), cache.At])
            : window > 0 ? readNear.Call([Rows(Folded(q)), keys, values, cache.At], window)
            : read.Call([Rows(Folded(q)), keys, values, cache.At]);
        return y.Reshape([.. v.Shape]);

        Tensor Rows(Tensor x) => isOne ? x.Squeeze(-2) : x;

        Tensor Heads(Tensor x) => x.Reshape(q.Shape[0], q.Shape[1], room, x.Shape[2]);
    }

    public override string ToString() => "softmax" + (isFading ? ", fading" : window > 0 ? $", window {window}" : isCausal ? ", causal" : "");
}
