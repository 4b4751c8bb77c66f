using System.Text.Json;

namespace Adjoint;

/// <summary>A folder with a GPT-2 as Hugging Face ships it: model.safetensors, vocab.json, merges.txt and, for what the others leave open,
/// config.json.</summary>
public static class Gpt2Folder
{
    const string Weights = "model.safetensors", Vocabulary = "vocab.json", Merges = "merges.txt", Config = "config.json";
    const string WeightsInParts = Weights + ".index.json";

    // What this model computes; another value of one of these is another model.
    static readonly (string Key, string[] Values)[] Computed =
    [
        ("activation_function", ["\"gelu_new\"", "\"gelu_pytorch_tanh\""]), ("layer_norm_epsilon", ["1e-05", "1e-5", "0.00001"]),
        ("scale_attn_weights", ["true"]), ("scale_attn_by_inverse_layer_idx", ["false"]), ("tie_word_embeddings", ["true"]),
    ];

    /// <summary>Whether a folder holds one of the files that a run of Adjoint does not have.</summary>
    public static bool Is(string folder) => new[] { Weights, WeightsInParts, Vocabulary, Merges }.Any(name => Holds(folder, name));

    /// <summary>Reads model and vocabulary.</summary>
    /// <exception cref="SettingException">A file is missing, or the vocabulary has more tokens than the model.</exception>
    /// <exception cref="FileFormatException">A file is damaged, or config.json describes another model.</exception>
    /// <exception cref="StateException">The tensors are not those of a GPT-2.</exception>
    public static TextGenerator Open(string folder)
    {
        var weights = Holds(folder, WeightsInParts) && !Holds(folder, Weights) ? WeightsInParts : Weights;
        string[] missing = [.. new[] { weights, Vocabulary, Merges }.Where(name => !Holds(folder, name))];
        if (missing.Length > 0)
            throw new SettingException($"'{folder}' is no folder of a GPT-2: it holds no {string.Join(" and no ", missing)}.\n"
                + $"  expected  {Weights}, {Vocabulary}, {Merges}; {Config} may say how many heads there are");
        var vocabulary = BytePairEncoding.Read(Path.Combine(folder, Vocabulary), Path.Combine(folder, Merges));
        var model = Gpt2.Read(Path.Combine(folder, weights), Holds(folder, Config) ? Heads(Path.Combine(folder, Config)) : null);
        return vocabulary.Count <= model.Tokens ? new(model, vocabulary)
            : throw new SettingException($"'{folder}': the vocabulary has {vocabulary.Count} tokens and the model {model.Tokens}.\n"
                + $"Hint: take {Weights} and {Vocabulary} from one model.");
    }

    static bool Holds(string folder, string name) => File.Exists(Path.Combine(folder, name));

    static int? Heads(string path)
    {
        var source = new FileSource("Gpt2Folder.Open", path);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var (key, values) in Computed)
                if (json.RootElement.TryGetProperty(key, out var value) && !values.Contains(value.GetRawText()))
                    throw source.Wrong($"describes another model by '{key}'", string.Join(" or ", values), FileSource.Quoted(value.GetRawText()));
            return json.RootElement.TryGetProperty("n_head", out var heads) ? heads.GetInt32() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw source.Wrong("is no configuration of a GPT-2", "an object in JSON, n_head a whole number", e.Message.TrimEnd('.'), inner: e);
        }
    }
}
