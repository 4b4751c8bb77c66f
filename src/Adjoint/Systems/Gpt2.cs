namespace Adjoint;

/// <summary>GPT-2 (Radford et al., 2019): tokens and learned positions, blocks with the norm before each part and gelu by tanh, a last
/// norm, and the table of tokens as the last layer: tokens [b, t] to logits [b, t, v].</summary>
public sealed class Gpt2 : LanguageModel
{
    const int UsualHeadWidth = 64;

    readonly TransformerLanguageModel model;
    readonly int layers;

    /// <param name="tokens">v, in the vocabulary.</param>
    /// <param name="width">Numbers of a position; the heads divide it.</param>
    /// <param name="context">The most tokens it looks at.</param>
    /// <param name="hidden">Units between the two layers of a feed-forward part; four times the width if it is not given.</param>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public Gpt2(int tokens, int width, int heads, int layers, int context, int? hidden = null, double dropout = 0)
        : this(tokens, context, layers, new(width, heads)
        {
            Hidden = hidden ?? 4 * width, Dropout = dropout, Init = Init.Normal(TransformerLanguageModel.Deviation),
            // What is added 2 layers times keeps its variance.
            OutInit = Init.Normal(TransformerLanguageModel.Deviation / Math.Sqrt(2 * layers)),
        })
    {
    }

    Gpt2(int tokens, int context, int layers, TransformerOptions options)
    {
        (Tokens, Context, this.layers) = (tokens, context, layers);
        model = Child("model", new TransformerLanguageModel(tokens, context, layers,
            options with { Rule = new ScaledDotProduct(isCausal: true), Activation = x => x.Gelu(tanh: true) }));
    }

    /// <summary>How many tokens it gives scores to.</summary>
    public int Tokens { get; }

    /// <summary>The most tokens it looks at.</summary>
    public int Context { get; }

    /// <summary>Reads a checkpoint of Hugging Face's names, with or without "transformer." before them; the sizes are those of the file.
    /// The model is in float32, whatever the file is in, and ready to write.</summary>
    /// <param name="path">A .safetensors file, or an index of several (.index.json) beside it.</param>
    /// <param name="heads">Of which the file says nothing; one for 64 numbers of the width if it is not given.</param>
    /// <exception cref="StateException">Tensors are missing, unexpected or of another shape: all are named.</exception>
    /// <exception cref="SettingException">The heads do not divide the width.</exception>
    /// <exception cref="FileFormatException">The file is damaged.</exception>
    public static Gpt2 Read(string path, int? heads = null)
    {
        using var file = SafetensorsFile.Open(path);
        var found = new Gpt2Checkpoint(file, path);
        var made = new Gpt2(found.Size("v"), found.Size("t"), found.Blocks, new(found.Size("d"), Heads(found.Size("d"), heads, path))
        {
            Hidden = found.Size("m"), Init = Init.Zeros, // drawn numbers would be thrown away
        });
        var parameters = made.Parameters.ToDictionary(p => p.Path);
        // One after the other, since all fit: what a parameter held before is gone when the next one is read.
        foreach (var tensor in found.Tensors) Tensor.Assign((parameters[tensor.Model].Value, found.Value(tensor)));
        made.Evaluate();
        return made;
    }

    /// <summary>Writes a checkpoint of Hugging Face's names, which <see cref="Read"/> reads; the file is written whole or not at all.</summary>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public void Write(string path)
    {
        var state = State();
        // Hugging Face wants to know which library's order of axes it is.
        Safetensors.Write(path, Gpt2Names.All(layers).Select(t => KeyValuePair.Create(t.File, Array(t))), new Dictionary<string, string> { ["format"] = "pt" });

        HostArray Array(Gpt2Tensor tensor) => (tensor.IsTransposed ? state[tensor.Model].T : state[tensor.Model]).ToHost();
    }

    protected override Tensor Run(Tensor tokens) => model.Forward(tokens);

    internal override Continuation Continue() => model.Continue();

    static int Heads(int width, int? heads, string path)
    {
        var count = heads ?? Math.Max(1, width / UsualHeadWidth);
        if (heads is null && width % UsualHeadWidth != 0 || count < 1 || width % count != 0)
            throw new SettingException($"Gpt2.Read: {(heads is null ? $"heads of {UsualHeadWidth}" : $"{heads} heads")} do not divide "
                + $"the width {width} of '{path}'.\nHint: n_head in config.json, or the argument heads, says how many there are.");
        return count;
    }
}
