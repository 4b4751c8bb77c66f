using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class Gpt2FolderTests
{
    const string End = "<|endoftext|>";

    // 50 tokens: letters, a space, a line break, a few merges and fillers; the last is the end of a text.
    static readonly ToyVocabulary Toy = new(
        [.. "abcdefghijklmnopqrstuvwxyzĠĊ".Select(c => $"{c}"), "th", "the", "Ġthe", "in", "Ġt", "an", "and", .. "ABCDEFGHIJKLMN".Select(c => $"{c}"), End],
        [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("Ġ", "t"), ("a", "n"), ("an", "d")]);

    [Fact]
    public void The_command_writes_what_the_uncached_model_says()
    {
        using var folder = Shipped();
        var written = CliRun.Of("generate", folder.Root, "--prompt", "the ", "--length", "10", "--temperature", "0");
        Assert.Equal((0, ""), (written.Code, written.Error));
        Assert.Equal($"the {Uncached(folder, "the ", 10)}\n", written.Output);
        Assert.NotEqual("the \n", written.Output);
    }

    [Fact]
    public void A_seed_says_the_same_again_beyond_the_context()
    {
        using var folder = Shipped();
        string[] bold = ["generate", folder.Root, "--length", "40", "--temperature", "2", "--top-k", "30", "--top-p", "0.9", "--json", "--seed"];
        Assert.Equal(CliRun.Of([.. bold, "1"]).Output, CliRun.Of([.. bold, "1"]).Output);
        Assert.NotEqual(CliRun.Of([.. bold, "1"]).Output, CliRun.Of([.. bold, "2"]).Output);
        using var json = JsonDocument.Parse(CliRun.Of([.. bold, "1"]).Output);
        Assert.Equal(folder.Root, json.RootElement.GetProperty("run").GetString());
        Assert.NotEmpty(json.RootElement.GetProperty("text").GetString()!);
    }

    [Fact]
    public void A_text_ends_where_the_model_ends_it()
    {
        // The last norm gives every position the row of the end token, which is the longest of all.
        var arrays = Gpt2Sample.Arrays();
        arrays["ln_f.weight"] = new(DType.Float32, Gpt2Sample.Width);
        arrays["ln_f.bias"] = HostArray.Of<float>(DType.Float32, [.. Enumerable.Repeat(1f, Gpt2Sample.Width)], Gpt2Sample.Width);
        arrays["wte.weight"].AsSpan<float>()[^Gpt2Sample.Width..].Fill(1);
        using var folder = Shipped(arrays);
        Assert.Equal((0, "the\n"), CliRun.Of("generate", folder.Root, "--prompt", "the", "--temperature", "0") is var run ? (run.Code, run.Output) : default);
    }

    // Tables are often filled up to a round number of rows.
    [Fact]
    public void Rows_without_a_token_are_never_drawn()
    {
        using var folder = Shipped();
        var small = new ToyVocabulary([.. Toy.Tokens.Take(28)], []).In(folder);
        var run = CliRun.Of("generate", folder.Root, "--length", "40", "--temperature", "3", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(40, json.RootElement.GetProperty("text").GetString()!.Length);
        Assert.Equal(28, small.Count);
    }

    [Fact]
    public void A_folder_that_lacks_files_is_told()
    {
        using var folder = Shipped();
        File.Delete(folder.PathOf("merges.txt"));
        File.Delete(folder.PathOf("model.safetensors"));
        var run = CliRun.Of("generate", folder.Root);
        Assert.Equal((1, $"'{folder.Root}' is no folder of a GPT-2: it holds no model.safetensors and no merges.txt.\n"
            + "  expected  model.safetensors, vocab.json, merges.txt; config.json may say how many heads there are\n"), (run.Code, run.Error));
    }

    [Fact]
    public void A_vocabulary_of_another_model_is_told()
    {
        using var folder = Shipped();
        new ToyVocabulary([.. Toy.Tokens, "O"], []).In(folder);
        Assert.Contains("the vocabulary has 51 tokens and the model 50", CliRun.Of("generate", folder.Root).Error, StringComparison.Ordinal);
        new ToyVocabulary([.. Toy.Tokens.Take(40)], []).In(folder);
        Assert.Contains("is none of the 40 tokens", CliRun.Of("generate", folder.Root, "--prompt", "Zoo").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"n_head":4,"activation_function":"relu"}""", "describes another model by 'activation_function'")]
    [InlineData("""{"n_head":4,"layer_norm_epsilon":1e-6}""", "describes another model by 'layer_norm_epsilon'")]
    [InlineData("""{"n_head":"four"}""", "is no configuration of a GPT-2")]
    [InlineData("[4", "is no configuration of a GPT-2")]
    [InlineData("[4]", "is no configuration of a GPT-2")]
    [InlineData("{}", "heads of 64 do not divide the width 32")]
    [InlineData("""{"n_head":3}""", "3 heads do not divide the width 32")]
    public void A_configuration_that_does_not_fit_is_told(string config, string message)
    {
        using var folder = Shipped();
        folder.Write("config.json", config);
        var run = CliRun.Of("generate", folder.Root);
        Assert.Equal(1, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    static ScratchFolder Shipped(OrderedDictionary<string, HostArray>? arrays = null)
    {
        var folder = new ScratchFolder();
        Gpt2Sample.In(folder, arrays ?? Gpt2Sample.Arrays());
        Toy.In(folder);
        folder.Write("config.json", """{"model_type":"gpt2","n_head":4,"activation_function":"gelu_new","layer_norm_epsilon":1e-05}""");
        return folder;
    }

    // The likeliest token again and again, the whole text read anew for each.
    static string Uncached(ScratchFolder folder, string prompt, int length)
    {
        var vocabulary = BytePairEncoding.Read(folder.PathOf("vocab.json"), folder.PathOf("merges.txt"));
        var loops = new Gpt2Loops(Safetensors.Read(folder.PathOf("model.safetensors")), Gpt2Sample.Heads);
        List<int> tokens = [.. vocabulary.Encode(prompt)];
        var first = tokens.Count;
        for (var n = 0; n < length; n++)
        {
            var scores = loops.Logits([.. tokens])[^1];
            var best = Array.IndexOf(scores, scores.Max());
            if (vocabulary.Decode([best]) == End) break;
            tokens.Add(best);
        }
        return vocabulary.Decode([.. tokens[first..]]);
    }
}
