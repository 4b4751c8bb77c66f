namespace Adjoint;

/// <summary>A text character by character, by a transformer or a recurrent network (Karpathy, 2015 and 2022).</summary>
public sealed class CharLm : TrainingSystem
{
    const double TrainShare = 0.9;

    public override string Name => "char-lm";

    public override string Title => "the next character of a text (Tiny Shakespeare, or any text file) by a transformer, an LSTM or a GRU";

    public override IReadOnlyList<PublishedFigure> Published => [new("test loss", 1.88, "nanoGPT, recipe for a CPU")];

    public override Settings Settings()
    {
        var settings = Common(epochs: 1, batch: 12, rate: 1e-3)
            .Add("model", "transformer", "transformer, lstm or gru").Add("layers", 4, "layers of the model").Add("width", 128, "numbers of a position")
            .Add("heads", 4, "heads of attention").Add("context", 64, "characters of a piece").Add("dropout", 0.0, "share of numbers that are dropped")
            .Add("warmup", 100, "steps in which the rate rises").Add("decay", 0.1, "weight decay of matrices").Add("clip", 1.0, "largest norm of the gradient");
        settings.Set("steps", "2000");
        return settings;
    }

    public override PreparedRun Prepare(Settings settings, string? data, ulong seed)
    {
        var text = TextOf(settings, data);
        var model = Model(settings, text.Alphabet);
        model.Initialize(seed);
        var learned = Drawn(settings, text.Train, seed);
        var loader = new Loader(learned, settings.Count("batch"), seed);
        var steps = (long)settings.Count("epochs") * loader.BatchesPerEpoch;
        if (settings.Count("steps") is > 0 and var most) steps = Math.Min(steps, most);
        var judge = new TextJudge(model, text.Held);
        var job = new TrainingJob
        {
            Model = model,
            Optimizer = Optimizer(settings, model, steps),
            Loader = loader,
            Seed = seed,
            Loss = fields => TextJudge.Loss(model, fields),
            Validate = judge.Metrics,
            Test = judge.Metrics,
        };
        return new(job, model, DType.Int32, [settings.Count("batch"), settings.Count("context")],
            $"{text.Name}: {text.Train.Count} pieces to train, {text.Held.Count} to judge, {text.Alphabet.Count} distinct characters");
    }

    public override Evaluation Evaluation(Settings settings, string? trained, string? data, ulong seed)
    {
        var text = TextOf(settings, trained);
        var model = Model(settings, text.Alphabet);
        var (name, held) = (text.Name, text.Held);
        if (data is not null)
        {
            name = System.IO.Path.GetFileName(data);
            held = new(name, text.Alphabet.Encode(File.ReadAllText(data)), settings.Count("context"));
        }
        return new(model, $"{name}: {held.Count} pieces", new TextJudge(model, held).Metrics);
    }

    public override TextGenerator Generator(Settings settings, string? trained)
    {
        var text = TextOf(settings, trained);
        return new(Model(settings, text.Alphabet), text.Alphabet);
    }

    static LanguageModel Model(Settings settings, Alphabet alphabet)
    {
        var (width, layers, dropout) = (settings.Count("width"), settings.Count("layers"), settings.Number("dropout"));
        return settings.Name("model") switch
        {
            "transformer" => new TransformerLanguageModel(alphabet.Count, width, settings.Count("heads"), layers, settings.Count("context"), dropout),
            "lstm" => new RecurrentLanguageModel(alphabet.Count, width, new Lstm(width, width, layers, dropout: dropout), dropout),
            "gru" => new RecurrentLanguageModel(alphabet.Count, width, new Gru(width, width, layers, dropout: dropout), dropout),
            var other => throw new SettingException($"Setting 'model': there is no '{other}'.\n  models  transformer, lstm, gru"),
        };
    }

    static AdamW Optimizer(Settings settings, LanguageModel model, long steps)
    {
        var rise = Math.Min(settings.Count("warmup"), steps / 2);
        var optimizer = new AdamW(model.Parameters, settings.Number("lr"), beta2: 0.99, weightDecay: settings.Number("decay"))
        {
            Schedule = Schedule.Cosine(steps - rise, end: 0.1).WarmedUp(rise),
            ClipNorm = settings.Number("clip"),
        };
        var matrices = model.Parameters.Where(p => p.Shape.Length > 1).Select(p => p.Path).ToHashSet();
        optimizer.Group(path => !matrices.Contains(path), weightDecay: 0);
        return optimizer;
    }

    // Pieces at random places, as many as the steps take; all pieces where no steps are given.
    static Dataset Drawn(Settings settings, TokenWindows text, ulong seed)
    {
        var (wanted, epochs) = ((long)settings.Count("steps") * settings.Count("batch"), settings.Count("epochs"));
        if (wanted == 0) return text;
        var random = new SplitMix64(seed);
        return text.Subset([.. Enumerable.Range(0, checked((int)((wanted + epochs - 1) / epochs))).Select(_ => random.Integer(0, text.Count - 1))], "drawn");
    }

    static (TokenWindows Train, TokenWindows Held, Alphabet Alphabet, string Name) TextOf(Settings settings, string? file)
    {
        var text = file is null ? TinyShakespeare.Text() : File.ReadAllText(file);
        var name = file is null ? TinyShakespeare.Source.Name : System.IO.Path.GetFileName(file);
        var alphabet = Alphabet.Of(text);
        var (tokens, context) = (alphabet.Encode(text), settings.Count("context"));
        var train = (int)(tokens.Length * TrainShare);
        var learned = settings.Count("limit") is > 0 and var limit ? Math.Min(train, limit + context) : train;
        return (new($"{name}/train", tokens.AsSpan(0, learned), context, 1), new($"{name}/held out", tokens.AsSpan(train), context), alphabet, name);
    }
}

/// <summary>Nats a character on pieces of a text.</summary>
sealed class TextJudge(LanguageModel model, Dataset text)
{
    const int Batch = 64;

    readonly Step step = Step.Capture(fields => [Loss(model, fields)]);

    /// <summary>The mean over all characters of all pieces.</summary>
    public static Tensor Loss(LanguageModel model, Tensor[] fields) =>
        model.Forward(fields[0]).Flatten(0, 1).CrossEntropy(fields[1].Flatten());

    public Metrics Metrics(CancellationToken cancellation)
    {
        model.Evaluate();
        using var loader = new Loader(text, Math.Min(Batch, text.Count)) { IsShuffled = false };
        var (sum, count) = (0.0, 0L);
        foreach (var batch in loader.Epoch(0, 0, cancellation))
        {
            sum += step.Run(batch.Tensors)[0].Item() * batch.Count;
            count += batch.Count;
        }
        return new() { ["loss"] = sum / count, ["perplexity"] = Math.Exp(sum / count), ["bits a character"] = sum / count / Math.Log(2) };
    }
}
