namespace Adjoint;

/// <summary>Says the next character of a text from the few before it (Bengio et al. 2003).</summary>
public sealed class CharMlp : TrainingSystem
{
    public override string Name => "char-mlp";

    public override string Title => "the next character of a text (Tiny Shakespeare, or any text file) by a perceptron";

    public override Settings Settings() => Common(epochs: 1, batch: 128, rate: 2e-3)
        .Add("context", 16, "characters that are looked at").Add("width", 24, "numbers a character is").Add("hidden", 384, "units of the hidden layer");

    public override PreparedRun Prepare(Settings settings, string? data, ulong seed)
    {
        var text = HeldOutText.Read(data);
        var model = Model(settings, text.Alphabet);
        model.Initialize(seed);
        Dataset learned = Windows(settings, $"{text.Name}/train", text.Train);
        var held = Windows(settings, $"{text.Name}/held out", text.Held);
        if (settings.Count("limit") is > 0 and var limit && limit < learned.Count) learned = learned.Slice(0, limit, "limited");
        var loader = new Loader(learned, settings.Count("batch"), seed);
        var steps = Options(settings).StepsOf(loader.BatchesPerEpoch);
        var optimizer = new AdamW(model.Parameters, settings.Number("lr"), weightDecay: 0.01) { Schedule = Schedule.OneCycle(steps) };
        var job = Judge(model, held).TextJob(optimizer, loader, seed);
        return new(job, model, DType.Int32, [settings.Count("batch"), settings.Count("context")],
            $"{text.Name}: {learned.Count} characters to train, {held.Count} to judge, {text.Alphabet.Count} distinct");
    }

    public override Evaluation Evaluation(Settings settings, string? trained, string? data, ulong seed)
    {
        var text = HeldOutText.Read(trained);
        var model = Model(settings, text.Alphabet);
        if (data is not null) text = text.JudgedBy(data);
        var held = Windows(settings, text.Name, text.Held);
        return new(model, $"{text.Name}: {held.Count} characters", Judge(model, held).TextMetrics);
    }

    static Sequential Model(Settings settings, Alphabet alphabet) => new(
        ("embedding", new Embedding(alphabet.Count, settings.Count("width"))), ("flatten", new Flatten()),
        ("fc1", new Linear(settings.Count("context") * settings.Count("width"), settings.Count("hidden"))), ("relu", Activation.Relu()),
        ("fc2", new Linear(settings.Count("hidden"), alphabet.Count)));

    // The last of the characters that follow is the one that follows them all.
    static Tensor Loss(Layer model, Tensor[] fields) => model.Forward(fields[0]).CrossEntropy(fields[1][.., ^1]);

    const int Judged = 512; // examples in a batch that is judged

    static TokenWindows Windows(Settings settings, string name, int[] tokens) => new(name, tokens, settings.Count("context"), 1);

    static MeanJudge Judge(Layer model, Dataset text) => new(model, text, Judged, fields => [Loss(model, fields)]);
}
