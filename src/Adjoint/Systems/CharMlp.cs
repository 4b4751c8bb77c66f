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
        var (train, held, alphabet, name) = Texts(settings, data);
        var model = Model(settings, alphabet);
        model.Initialize(seed);
        Dataset learned = train;
        if (settings.Count("limit") is > 0 and var limit && limit < learned.Count) learned = learned.Slice(0, limit, "limited");
        var loader = new Loader(learned, settings.Count("batch"), seed);
        var steps = (long)settings.Count("epochs") * loader.BatchesPerEpoch;
        if (settings.Count("steps") is > 0 and var most) steps = Math.Min(steps, most);
        var judge = new Judging(model, held);
        var job = new TrainingJob
        {
            Model = model,
            Optimizer = new AdamW(model.Parameters, settings.Number("lr"), weightDecay: 0.01) { Schedule = Schedule.OneCycle(steps) },
            Loader = loader,
            Seed = seed,
            Loss = fields => Loss(model, fields),
            Validate = judge.Metrics,
            Test = judge.Metrics,
        };
        return new(job, model, DType.Int32, [settings.Count("batch"), settings.Count("context")],
            $"{name}: {learned.Count} characters to train, {held.Count} to judge, {alphabet.Count} distinct");
    }

    public override Evaluation Evaluation(Settings settings, string? trained, string? data, ulong seed)
    {
        var (_, held, alphabet, name) = Texts(settings, trained);
        var model = Model(settings, alphabet);
        if (data is not null)
            held = new(System.IO.Path.GetFileName(data), alphabet.Encode(File.ReadAllText(data)), settings.Count("context"), 1);
        return new(model, $"{(data is null ? name : held.Name)}: {held.Count} characters", new Judging(model, held).Metrics);
    }

    static Sequential Model(Settings settings, Alphabet alphabet) => new(
        ("embedding", new Embedding(alphabet.Count, settings.Count("width"))), ("flatten", new Flatten()),
        ("fc1", new Linear(settings.Count("context") * settings.Count("width"), settings.Count("hidden"))), ("relu", Activation.Relu()),
        ("fc2", new Linear(settings.Count("hidden"), alphabet.Count)));

    // The last of the characters that follow is the one that follows them all.
    static Tensor Loss(Layer model, Tensor[] fields) => model.Forward(fields[0]).CrossEntropy(fields[1][.., ^1]);

    static (TokenWindows Train, TokenWindows Held, Alphabet Alphabet, string Name) Texts(Settings settings, string? file)
    {
        const double TrainShare = 0.9;
        var text = file is null ? TinyShakespeare.Text() : File.ReadAllText(file);
        var name = file is null ? TinyShakespeare.Source.Name : System.IO.Path.GetFileName(file);
        var alphabet = Alphabet.Of(text);
        var (tokens, context) = (alphabet.Encode(text), settings.Count("context"));
        var train = (int)(tokens.Length * TrainShare);
        return (new($"{name}/train", tokens.AsSpan(0, train), context, 1), new($"{name}/held out", tokens.AsSpan(train), context, 1), alphabet, name);
    }

    /// <summary>Nats a character on a text.</summary>
    sealed class Judging(Layer model, Dataset text)
    {
        const int Batch = 512;

        readonly Step step = Step.Capture(fields => [Loss(model, fields)]);

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
}
