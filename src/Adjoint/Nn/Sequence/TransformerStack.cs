namespace Adjoint;

/// <summary>Blocks one after the other, and a last norm where norms stand before the parts: x [b, t, d].</summary>
public sealed class TransformerStack : Layer
{
    readonly Sequential layers = new();
    readonly LayerNorm? norm;

    /// <param name="readsSource">Whether its blocks read another sequence, too.</param>
    public TransformerStack(TransformerOptions options, int layers, bool readsSource = false)
    {
        Child("layers", this.layers);
        for (var n = 0; n < layers; n++) this.layers.Add(new TransformerBlock(options, readsSource));
        if (options.IsPreNorm) norm = Child("norm", new LayerNorm(options.Width));
    }

    /// <inheritdoc cref="TransformerBlock.Transform"/>
    public Tensor Transform(Tensor x, Tensor? lengths = null, Tensor? source = null, Tensor? sourceLengths = null)
    {
        foreach (var block in Blocks) x = block.Transform(x, lengths, source, sourceLengths);
        return norm?.Forward(x) ?? x;
    }

    /// <inheritdoc cref="TransformerBlock.Read"/>
    public void Read(Tensor source, KvCache cache, Tensor? sourceLengths = null)
    {
        foreach (var block in Blocks) block.Read(source, cache, sourceLengths);
    }

    /// <inheritdoc cref="TransformerBlock.Step"/>
    public Tensor Step(Tensor x, KvCache cache)
    {
        foreach (var block in Blocks) x = block.Step(x, cache);
        return norm?.Forward(x) ?? x;
    }

    protected override Tensor Run(Tensor x) => norm is null ? layers.Forward(x) : norm.Forward(layers.Forward(x));

    IEnumerable<TransformerBlock> Blocks => Enumerable.Range(0, layers.Count).Select(n => (TransformerBlock)layers[n]);
}

/// <summary>An encoder and a causal decoder that reads what the encoder made (arXiv:1706.03762), without tables of tokens.</summary>
public sealed class Transformer : Module
{
    public Transformer(TransformerOptions options, int encoderLayers, int decoderLayers)
    {
        Encoder = Child("encoder", new TransformerStack(options, encoderLayers));
        Decoder = Child("decoder", new TransformerStack(options with { Rule = new ScaledDotProduct(isCausal: true) }, decoderLayers, readsSource: true));
    }

    public TransformerStack Encoder { get; }

    public TransformerStack Decoder { get; }

    /// <param name="source">[b, u, d]</param> <param name="target">[b, t, d]</param>
    /// <param name="sourceLengths">Integers [b]: how many positions of the source hold; null for all.</param>
    /// <returns>[b, t, d]</returns>
    public Tensor Forward(Tensor source, Tensor target, Tensor? sourceLengths = null) =>
        Decoder.Transform(target, null, Encoder.Transform(source, sourceLengths), sourceLengths);
}
