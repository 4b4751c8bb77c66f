namespace Adjoint;

/// <summary>Attention and a feed-forward part, each added to what it got (arXiv:1706.03762, with gelu); one that reads a source has
/// attention to that between them. Names are PyTorch's.</summary>
public sealed class TransformerBlock : Layer
{
    readonly bool isPreNorm;
    readonly Func<Tensor, Tensor> activation;
    readonly MultiHeadAttention self;
    readonly MultiHeadAttention? cross;
    readonly Linear linear1, linear2;
    readonly LayerNorm[] norms;
    readonly Dropout[] drops;

    /// <param name="readsSource">Whether it reads another sequence, too.</param>
    public TransformerBlock(TransformerOptions options, bool readsSource = false)
    {
        var (width, bias, init, outInit) = (options.Width, options.Bias, options.Init, options.OutInit ?? options.Init);
        (isPreNorm, activation) = (options.IsPreNorm, options.Activation);
        self = Child("self_attn", new MultiHeadAttention(width, options.Heads, options.Rule, bias, null, options.IsRotary, init, outInit));
        if (readsSource) cross = Child("multihead_attn", new MultiHeadAttention(width, options.Heads, bias: bias, init: init, outInit: outInit));
        linear1 = Child("linear1", new Linear(width, options.Hidden, bias, init));
        linear2 = Child("linear2", new Linear(options.Hidden, width, bias, outInit));
        var parts = readsSource ? 3 : 2;
        norms = [.. Enumerable.Range(1, parts).Select(n => Child(FormattableString.Invariant($"norm{n}"), new LayerNorm(width)))];
        drops = [.. Enumerable.Range(1, parts).Select(n => Child(FormattableString.Invariant($"dropout{n}"), new Dropout(options.Dropout)))];
    }

    /// <summary>What it makes of whole sequences.</summary>
    /// <param name="x">[b, t, d]</param>
    /// <param name="lengths">Integers [b]: how many positions of x hold; null for all.</param>
    /// <param name="source">[b, u, d], for a block that reads one.</param>
    /// <param name="sourceLengths">The same for the source.</param>
    /// <returns>[b, t, d]</returns>
    public Tensor Transform(Tensor x, Tensor? lengths = null, Tensor? source = null, Tensor? sourceLengths = null)
    {
        x = Added(x, 0, y => lengths is null ? self.Forward(y) : self.Attend(y, null, lengths));
        if (cross is not null) x = Added(x, 1, y => cross.Attend(y, Wanted(source), sourceLengths));
        return Added(x, norms.Length - 1, FeedForward);
    }

    /// <summary>Reads a source once, for all positions that come one by one; the cache keeps it.</summary>
    /// <param name="source">[b, u, d]</param>
    /// <param name="sourceLengths">Integers [b]: how many positions of the source hold; null for all.</param>
    /// <exception cref="InvalidOperationException">It reads no source.</exception>
    /// <exception cref="ShapeException">The cache keeps a source of another size.</exception>
    public void Read(Tensor source, KvCache cache, Tensor? sourceLengths = null)
    {
        if (cross is null)
            throw new InvalidOperationException($"'{Path}' reads no source.\nHint: new TransformerBlock(options, readsSource: true).");
        cross.Read(source, cache, sourceLengths);
    }

    /// <summary>What it makes of a new position or of a run of them, and of a source that was <see cref="Read"/> before.</summary>
    /// <param name="x">[b, d], or [b, t, d]</param> <returns>As x.</returns>
    /// <exception cref="InvalidOperationException">It reads a source, and the cache keeps none.</exception>
    public Tensor Step(Tensor x, KvCache cache)
    {
        x = Added(x, 0, y => self.Step(y, cache));
        if (cross is not null) x = Added(x, 1, y => cross.StepOverSource(y, cache));
        return Added(x, norms.Length - 1, FeedForward);
    }

    protected override Tensor Run(Tensor x) => Transform(x);

    Tensor FeedForward(Tensor x) => linear2.Forward(activation(linear1.Forward(x)));

    Tensor Added(Tensor x, int part, Func<Tensor, Tensor> make) => isPreNorm
        ? x + drops[part].Forward(make(norms[part].Forward(x))) : norms[part].Forward(x + drops[part].Forward(make(x)));

    Tensor Wanted(Tensor? source) => source
        ?? throw new InvalidOperationException($"'{Path}' reads a source, and none is given.\nHint: call Transform(x, source: …).");
}
