namespace Adjoint;

/// <summary>A text character by character, by a transformer or a recurrent network (Karpathy, 2015 and 2022).</summary>
public sealed class CharLm : TrainingSystem
{
    public override string Name => "char-lm";

    public override string Title => "the next character of a text (Tiny Shakespeare, or any text file) by a transformer, an LSTM or a GRU";

    public override IReadOnlyList<PublishedFigure> Published => [new("test loss", 1.88, "nanoGPT, recipe for a CPU")];

    public override Settings Settings()
    {
        var settings = Common(epochs: 1, batch: 12, rate: 3e-3)
            .Add("model", "transformer", "transformer, lstm or gru").Add("layers", 4, "layers of the model").Add("width", 128, "numbers of a position")
            .Add("heads", 4, "heads of attention").Add("context", 64, "characters of a piece").Add("dropout", 0.0, "share of numbers that are dropped")
            .Add("positions", "learned", "how a transformer tells positions: learned or rotary")
            .Add("warmup", 100, "steps in which the rate rises").Add("decay", 0.1, "weight decay of matrices").Add("clip", 1.0, "largest norm of the gradient");
        settings.Set("steps", "2000");
        return settings;
    }

    public override PreparedRun Prepare(Settings settings, string? data, ulong seed)
    {
        var text = HeldOutText.Read(data);
        var model = Model(settings, text.Alphabet);
        model.Initialize(seed);
        var all = settings.Count("limit") is > 0 and var limit ? text.Train[..Math.Min(text.Train.Length, limit + settings.Count("context"))] : text.Train;
        var train = Pieces(settings, $"{text.Name}/train", all, stride: 1);
        var held = Pieces(settings, $"{text.Name}/held out", text.Held);
        var learned = Drawn(settings, train, seed);
        var loader = new Loader(learned, settings.Count("batch"), seed);
        var steps = Options(settings).StepsOf(loader.BatchesPerEpoch);
        var job = Judge(model, held).TextJob(Optimizer(settings, model, steps), loader, seed);
        return new(job, model, DType.Int32, [settings.Count("batch"), settings.Count("context")],
            $"{text.Name}: {train.Count} pieces to train, {held.Count} to judge, {text.Alphabet.Count} distinct characters");
    }

    public override Evaluation Evaluation(Settings settings, string? trained, string? data, ulong seed)
    {
        var text = HeldOutText.Read(trained);
        var model = Model(settings, text.Alphabet);
        if (data is not null) text = text.JudgedBy(data);
        var held = Pieces(settings, text.Name, text.Held);
        return new(model, $"{text.Name}: {held.Count} pieces", Judge(model, held).TextMetrics);
    }

    public override TextGenerator Generator(Settings settings, string? trained)
    {
        var text = HeldOutText.Read(trained);
        return new(Model(settings, text.Alphabet), text.Alphabet);
    }

    static LanguageModel Model(Settings settings, Alphabet alphabet)
    {
        var (width, layers, dropout) = (settings.Count("width"), settings.Count("layers"), settings.Number("dropout"));
        return settings.Name("model") switch
        {
            "transformer" => new TransformerLanguageModel(
                alphabet.Count, width, settings.Count("heads"), layers, settings.Count("context"), dropout, IsRotary(settings)),
            "lstm" => new RecurrentLanguageModel(alphabet.Count, width, new Lstm(width, width, layers, dropout: dropout), dropout),
            "gru" => new RecurrentLanguageModel(alphabet.Count, width, new Gru(width, width, layers, dropout: dropout), dropout),
            var other => throw new SettingException($"Setting 'model': there is no '{other}'.\n  models  transformer, lstm, gru"),
        };
    }

    static bool IsRotary(Settings settings) => settings.Name("positions") switch
    {
        "learned" => false,
        "rotary" => true,
        var other => throw new SettingException($"Setting 'positions': there is no '{other}'.\n  positions  learned, rotary"),
    };

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

    const int Judged = 64; // pieces in a batch that is judged

    static TokenWindows Pieces(Settings settings, string name, int[] tokens, int? stride = null) => new(name, tokens, settings.Count("context"), stride);

    static MeanJudge Judge(LanguageModel model, Dataset text) => new(model, text, Judged, fields => [Loss(model, fields)]);

    // The mean over all characters of all pieces.
    static Tensor Loss(LanguageModel model, Tensor[] fields) =>
        model.Forward(fields[0]).Flatten(0, 1).CrossEntropy(fields[1].Flatten());
}
