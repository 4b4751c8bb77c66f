using Xunit;

namespace Adjoint.Tests;

public sealed class CharLmTests
{
    [Theory]
    [InlineData("transformer")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void A_model_of_text_learns_a_line_and_goes_on_with_it(string model)
    {
        using var scratch = new ScratchFolder();
        var text = scratch.Write("text.txt", string.Concat(Enumerable.Repeat("abcdefgh\n", 200)));
        var run = CliRun.Of("train", "char-lm", "--data", text, "--out", scratch.PathOf("run"), "--set", $"model={model}", "--set", "steps=150",
            "--set", "width=32", "--set", "layers=1", "--set", "heads=2", "--set", "context=12", "--set", "batch=8", "--set", "lr=0.01", "--set", "warmup=10");
        Assert.Equal((0, ""), (run.Code, run.Error));
        // Longer than the context: a cache begins anew on the way.
        var written = CliRun.Of("generate", scratch.PathOf("run"), "--prompt", "cd", "--length", "34", "--temperature", "0");
        Assert.Equal((0, "cdefgh\nabcdefgh\nabcdefgh\nabcdefgh\nab\n"), (written.Code, written.Output));
        string[] bold = ["generate", scratch.PathOf("run"), "--length", "40", "--temperature", "3", "--json", "--seed"];
        Assert.Equal(CliRun.Of([.. bold, "1"]).Output, CliRun.Of([.. bold, "1"]).Output);
        Assert.NotEqual(CliRun.Of([.. bold, "1"]).Output, CliRun.Of([.. bold, "2"]).Output);
        var wrong = CliRun.Of("generate", scratch.PathOf("run"), "--prompt", "xyz");
        Assert.Contains("is not among the 9 characters", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("lstm")]
    public void Character_by_character_scores_are_those_of_the_whole_text(string name)
    {
        LanguageModel model = name == "lstm" ? new RecurrentLanguageModel(5, 8, new Lstm(8, 6, 2)) : new TransformerLanguageModel(5, 8, 2, 2, 10);
        model.Initialize(1);
        int[] text = [1, 4, 0, 2, 2, 3, 1, 0];
        var whole = model.Forward(Tensor.Of(text, 1, text.Length)).ToArray<float>();
        var growing = model.Continue();
        for (var t = 0; t < text.Length; t++)
            Assert.Equal(whole[(t * 5)..(t * 5 + 5)], growing.Next(text[t]).ToArray(), (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
    }

    [Fact]
    public void Systems_that_learn_no_text_and_models_that_do_not_exist_are_told()
    {
        using var scratch = new ScratchFolder();
        var text = scratch.Write("text.txt", string.Concat(Enumerable.Repeat("abc ", 200)));
        var model = CliRun.Of("train", "char-lm", "--data", text, "--out", scratch.PathOf("none"), "--set", "model=gpt");
        Assert.Contains("models  transformer, lstm, gru", model.Error, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of("train", "char-mlp", "--data", text, "--out", scratch.PathOf("mlp"), "--set", "steps=1").Code);
        Assert.Contains("writes no text", CliRun.Of("generate", scratch.PathOf("mlp")).Error, StringComparison.Ordinal);
        Assert.Equal(2, CliRun.Of("generate", scratch.PathOf("mlp"), "--top-p", "0").Code);
    }
}
