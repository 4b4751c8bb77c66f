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
        Assert.Equal((1, "Alphabet.Encode: 'x' (U+0078) at 0 is not among the 9 characters.\n"), (wrong.Code, wrong.Error));
        // A prompt longer than the context.
        var longer = CliRun.Of("generate", scratch.PathOf("run"), "--prompt", "abcdefgh\nabcdefgh\nabcdefgh\nab", "--length", "7", "--temperature", "0", "--top-k", "99");
        Assert.Equal((0, "abcdefgh\nabcdefgh\nabcdefgh\nabcdefgh\n\n"), (longer.Code, longer.Output));
    }

    [Fact]
    public void Beyond_the_context_the_later_half_of_it_is_read_again()
    {
        const int Context = 6, Tokens = 5;
        var model = new TransformerLanguageModel(Tokens, 8, 2, 2, Context);
        model.Initialize(1);
        int[] text = [1, 4, 0, 2, 2, 3, 1, 0, 3];
        var growing = model.Continue();
        foreach (var token in text[..^1]) growing.Next(token);
        // Full at 6 of 9: 3 are kept, 3 are new.
        var known = model.Forward(Tensor.Of(text[3..], 1, 6)).ToArray<float>();
        Assert.Equal(known[^Tokens..], growing.Next(text[^1]).ToArray(), (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
        Assert.Equal("LearnedPositions 6 × 8: there are 9 positions.\n  x : float32[1, 9, 8]\n  in  'positions' (LearnedPositions 6 × 8)",
            Assert.Throws<ShapeException>(() => model.Forward(Tensor.Of(text, 1, 9))).Message);
    }

    public static TheoryData<string> Models => new("transformer", "rotary", "window", "fading", "series", "rnn", "ugrnn", "gru", "lstm");

    static LanguageModel Model(string name, int context)
    {
        const int Tokens = 5, Width = 8;
        LanguageModel model = name switch
        {
            "rnn" => new RecurrentLanguageModel(Tokens, Width, new Rnn(Width, 6, 2)),
            "ugrnn" => new RecurrentLanguageModel(Tokens, Width, new UgRnn(Width, 6, 2)),
            "gru" => new RecurrentLanguageModel(Tokens, Width, new Gru(Width, 6, 2)),
            "lstm" => new RecurrentLanguageModel(Tokens, Width, new Lstm(Width, 6, 2)),
            _ => new TransformerLanguageModel(Tokens, context, 2, new TransformerOptions(Width, 2)
            {
                IsRotary = name == "rotary",
                Rule = name switch
                {
                    "window" => new ScaledDotProduct(isCausal: true, window: 3),
                    "fading" => new ScaledDotProduct(isCausal: true, isFading: true),
                    "series" => new MaclaurinAttention(2, isCausal: true),
                    _ => new ScaledDotProduct(isCausal: true),
                },
            }),
        };
        model.Initialize(1);
        return model;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Character_by_character_scores_are_those_of_the_whole_text(string name)
    {
        var model = Model(name, context: 10);
        int[] text = [1, 4, 0, 2, 2, 3, 1, 0];
        var whole = model.Forward(Tensor.Of(text, 1, text.Length)).ToArray<float>();
        var growing = model.Continue();
        for (var t = 0; t < text.Length; t++)
            Assert.Equal(whole[(t * 5)..(t * 5 + 5)], growing.Next(text[t]).ToArray(), (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
    }

    // Pieces of every length; for a cache also what fills it, more than fits, and much more.
    [Theory]
    [MemberData(nameof(Models))]
    public void A_prompt_that_is_read_at_once_has_the_scores_of_one_that_is_read_token_by_token(string name)
    {
        const int Context = 90;
        var model = Model(name, Context);
        Continuation atOnce = model.Continue(), slowly = model.Continue();
        foreach (var length in (int[])[1, 3, 21, 85, Context, Context + 1, 2 * Context + 50])
        {
            int[] prompt = [.. Enumerable.Range(0, length).Select(n => n * n % 7 % 5)];
            foreach (var token in prompt[..^1]) slowly.Next(token);
            AssertNext(prompt[^1..], prompt);
            // And on, by one and by some.
            AssertNext([4], [4]);
            foreach (var token in (int[])[1, 0, 3, 2]) slowly.Next(token);
            AssertNext([2], [1, 0, 3, 2, 2]);
            atOnce.Restart();
            slowly.Restart();
        }

        void AssertNext(int[] last, int[] all) => Assert.Equal(slowly.Next(last).ToArray(), atOnce.Next(all).ToArray(),
            (a, b) => Math.Abs(a - b) <= Tolerance.CpuSingle);
    }

    [Fact]
    public void Prompts_of_all_lengths_take_few_plans()
    {
        var captures = 0;
        var text = new CachedContinuation(100, (tokens, _) =>
        {
            captures++;
            return tokens.To(DType.Float32).Unsqueeze(-1);
        }, x => x);
        for (var length = 1; length <= 100; length++)
        {
            Assert.Equal(7f, text.Next([.. new int[length - 1], 7])[0]);
            text.Restart();
        }
        Assert.Equal(4, captures);
    }

    [Fact]
    public void A_token_allocates_nothing()
    {
        LanguageModel[] models = [new TransformerLanguageModel(5, 8, 2, 2, 40), new RecurrentLanguageModel(5, 8, new Lstm(8, 8, 2))];
        foreach (var model in models)
        {
            model.Initialize(1);
            model.Evaluate();
            var text = model.Continue();
            for (var n = 0; n < 30; n++) text.Next(n % 5);
            text.Restart();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var n = 0; n < 30; n++) text.Next(n % 5);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Systems_that_learn_no_text_and_models_that_do_not_exist_are_told()
    {
        using var scratch = new ScratchFolder();
        var text = scratch.Write("text.txt", string.Concat(Enumerable.Repeat("abc ", 200)));
        var model = CliRun.Of("train", "char-lm", "--data", text, "--out", scratch.PathOf("none"), "--set", "model=gpt");
        Assert.Contains("models  transformer, lstm, gru", model.Error, StringComparison.Ordinal);
        var positions = CliRun.Of("train", "char-lm", "--data", text, "--out", scratch.PathOf("other"), "--set", "positions=sine");
        Assert.Contains("positions  learned, rotary", positions.Error, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of("train", "char-mlp", "--data", text, "--out", scratch.PathOf("mlp"), "--set", "steps=1").Code);
        Assert.Contains("writes no text", CliRun.Of("generate", scratch.PathOf("mlp")).Error, StringComparison.Ordinal);
        Assert.Equal(2, CliRun.Of("generate", scratch.PathOf("mlp"), "--top-p", "0").Code);
    }
}
