namespace Adjoint;

/// <summary>How positions read other positions; it has no parameters.</summary>
public abstract class AttentionRule
{
    /// <summary>What every query reads.</summary>
    /// <param name="q">[b, h, t, c]</param> <param name="k">[b, h, u, c]</param> <param name="v">[b, h, u, d]</param>
    /// <param name="lengths">Integers [b]: only the first keys of each example count; null for all. Without a key what is read is 0.</param>
    /// <returns>[b, h, t, d]</returns>
    public abstract Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? lengths = null);

    /// <summary>What one new position reads of itself and of those in the cache, which it enters.</summary>
    /// <param name="q">[b, h, c]</param> <param name="k">[b, h, c]</param> <param name="v">[b, h, d]</param>
    /// <param name="owner">The layer whose memory it is.</param>
    /// <returns>[b, h, d]</returns>
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
        if (isFading) return q.AttentionAlibi(k, v);
        Tensor query = Folded(q), key = Folded(k), value = Folded(v);
        // A causal position within the length reads only positions within it: nothing is left to mask.
        var y = window > 0 ? query.AttentionWindowed(key, value, window)
            : isCausal ? query.AttentionCausal(key, value)
            : lengths is null ? query.Attention(key, value)
            : query.AttentionPadded(key, value, lengths.Repeat(q.Shape[1], 0));
        return y.Reshape([.. q.Shape[..^1], v.Shape[^1]]);
    }

    public override Tensor Step(Tensor q, Tensor k, Tensor v, KvCache cache, Module owner)
    {
        if (!isCausal) throw NotCausal();
        var (n, room) = (q.Shape[0] * q.Shape[1], cache.Capacity);
        var memory = cache.MemoryOf(owner, q.Type, [n, room, k.Shape[2]], [n, room, v.Shape[2]]);
        var keys = GenerationOps.CacheAppend.Call([memory[0], Folded(k), cache.At]);
        var values = GenerationOps.CacheAppend.Call([memory[1], Folded(v), cache.At]);
        Tensor.Assign((memory[0], keys), (memory[1], values));
        if (isFading)
            return GenerationOps.AttentionStepAlibi.Call([q, Heads(keys), Heads(values), cache.At]);
        var y = window > 0 ? GenerationOps.AttentionStepWindowed.Call([Folded(q), keys, values, cache.At], window)
            : GenerationOps.AttentionStep.Call([Folded(q), keys, values, cache.At]);
        return y.Reshape([.. v.Shape]);

        Tensor Heads(Tensor x) => x.Reshape(q.Shape[0], q.Shape[1], room, x.Shape[2]);
    }

    public override string ToString() => "softmax" + (isFading ? ", fading" : window > 0 ? $", window {window}" : isCausal ? ", causal" : "");
}
