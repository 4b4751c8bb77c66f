using System.Globalization;

namespace Adjoint;

/// <summary>One tensor in a checkpoint and in the model.</summary>
/// <param name="File">Its name in the file.</param>
/// <param name="Shape">Its shape in the file, in letters.</param>
/// <param name="Model">Its name in the model.</param>
/// <param name="IsTransposed">Whether it lies [in, out] in the file; linear layers here are [out, in].</param>
readonly record struct Gpt2Tensor(string File, string Shape, string Model, bool IsTransposed = false)
{
    public IReadOnlyList<string> Axes => Shape.Split(' ');

    /// <summary>The same tensor of one block.</summary>
    public Gpt2Tensor Of(int block)
    {
        var number = block.ToString(CultureInfo.InvariantCulture);
        return this with { File = File.Replace("#", number, StringComparison.Ordinal), Model = Model.Replace("#", number, StringComparison.Ordinal) };
    }
}

/// <summary>The names of GPT-2's tensors, as Hugging Face writes them.</summary>
static class Gpt2Names
{
    /// <summary>What names may begin with; all or some of them.</summary>
    public const string Prefix = "transformer.";

    /// <summary>The last layer, where a file repeats the table of tokens for it.</summary>
    public const string Head = "lm_head.weight";

    public const string Tokens = "wte.weight";

    const string BlockPrefix = "h.", Block = "model.transformer.layers.#.";

    // v tokens, t positions, d width, m units between the layers of a feed-forward part; # is the number of a block.
    static readonly Gpt2Tensor[] Tables = [new(Tokens, "v d", "model.embedding.weight"), new("wpe.weight", "t d", "model.positions.weight")];

    static readonly Gpt2Tensor[] BlockTensors =
    [
        new("h.#.ln_1.weight", "d", Block + "norm1.weight"),
        new("h.#.ln_1.bias", "d", Block + "norm1.bias"),
        new("h.#.attn.c_attn.weight", "d 3d", Block + "self_attn.in_proj_weight", IsTransposed: true),
        new("h.#.attn.c_attn.bias", "3d", Block + "self_attn.in_proj_bias"),
        new("h.#.attn.c_proj.weight", "d d", Block + "self_attn.out_proj.weight", IsTransposed: true),
        new("h.#.attn.c_proj.bias", "d", Block + "self_attn.out_proj.bias"),
        new("h.#.ln_2.weight", "d", Block + "norm2.weight"),
        new("h.#.ln_2.bias", "d", Block + "norm2.bias"),
        new("h.#.mlp.c_fc.weight", "d m", Block + "linear1.weight", IsTransposed: true),
        new("h.#.mlp.c_fc.bias", "m", Block + "linear1.bias"),
        new("h.#.mlp.c_proj.weight", "m d", Block + "linear2.weight", IsTransposed: true),
        new("h.#.mlp.c_proj.bias", "d", Block + "linear2.bias"),
    ];

    static readonly Gpt2Tensor[] LastNorm =
        [new("ln_f.weight", "d", "model.transformer.norm.weight"), new("ln_f.bias", "d", "model.transformer.norm.bias")];

    // The causal mask, which older files keep as if it were learned.
    static readonly string[] Masks = [".attn.bias", ".attn.masked_bias"];

    /// <summary>All tensors of a model with so many blocks.</summary>
    public static IEnumerable<Gpt2Tensor> All(int blocks) =>
        [.. Tables, .. Enumerable.Range(0, blocks).SelectMany(n => BlockTensors.Select(t => t.Of(n))), .. LastNorm];

    /// <summary>How many blocks a file with these names means: the largest number counts, as long as so many could be there.</summary>
    public static int Blocks(IReadOnlyCollection<string> names) =>
        1 + names.Select(BlockOf).Where(n => n < names.Count).Append(0).Max();

    /// <summary>Whether a tensor holds nothing that the model learns.</summary>
    public static bool IsMask(string name) => BlockOf(name) >= 0 && Masks.Any(m => name == $"{BlockPrefix}{BlockOf(name)}{m}");

    // -1 for a tensor of no block.
    static int BlockOf(string name) => name.StartsWith(BlockPrefix, StringComparison.Ordinal) && name.IndexOf('.', BlockPrefix.Length) is > 0 and var end
        && int.TryParse(name.AsSpan(BlockPrefix.Length..end), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
