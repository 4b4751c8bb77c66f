namespace Adjoint;

/// <summary>A figure that others have published for a system, to be held against ours.</summary>
/// <param name="Metric">As ours is called: <c>test accuracy</c>.</param>
public sealed record PublishedFigure(string Metric, double Value, string Source);

/// <summary>A complete thing to train: data, model, optimizer and how it is judged.</summary>
public abstract class TrainingSystem
{
    /// <summary>As in <c>adjoint train &lt;name&gt;</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it learns, in one line.</summary>
    public abstract string Title { get; }

    /// <summary>What it may be given, with the values it has if nobody says otherwise.</summary>
    public abstract Settings Settings();

    /// <summary>Reads the data and makes the model; nothing is trained yet.</summary>
    /// <param name="data">A folder or file in place of the usual data; null for those.</param>
    /// <param name="seed">Of the weights, the order of the examples and all that is drawn.</param>
    /// <exception cref="DataException">The data are not on this machine.</exception>
    public abstract PreparedRun Prepare(Settings settings, string? data, ulong seed);

    /// <summary>The model of a run and how it is judged on its test data, or on others.</summary>
    /// <param name="data">A folder or file to judge on; null for the test data of the run.</param>
    public abstract Evaluation Evaluation(Settings settings, string? trained, string? data, ulong seed);

    /// <summary>What goes on with a text, for systems that learn one; null for others.</summary>
    /// <param name="trained">What it was trained on, as for <see cref="Evaluation"/>.</param>
    public virtual TextGenerator? Generator(Settings settings, string? trained) => null;

    /// <summary>What writes the target of a source, for systems that learn pairs of texts; null for others.</summary>
    public virtual TargetWriter? Writer(Settings settings) => null;

    /// <summary>The metric of the validation that chooses the best checkpoint.</summary>
    public virtual string Goal => "loss";

    public virtual bool IsHigherBetter => false;

    public virtual IReadOnlyList<PublishedFigure> Published => [];

    public static IReadOnlyList<TrainingSystem> All { get; } =
        [new DigitsSystem(), new FashionMlp(), new FashionCnn(), new FashionResNet(), new OctCnn(), new CharMlp(), new CharLm(),
        new Seq2SeqSystem(), new CopyMemory(), new Adding()];

    /// <exception cref="SettingException">There is none of this name.</exception>
    public static TrainingSystem Find(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new SettingException($"There is no system '{name}'.\n  systems  {string.Join(", ", All.Select(s => s.Name))}");

    /// <summary>The settings that every system has.</summary>
    protected static Settings Common(int epochs, int batch, double rate) => new Settings()
        .Add("epochs", epochs, "passes over the training data")
        .Add("steps", 0, "ends before that after so many steps; 0: no such end")
        .Add("batch", batch, "examples in a step")
        .Add("lr", rate, "learning rate at its highest")
        .Add("limit", 0, "training examples to use; 0: all")
        .Add("patience", 0, "ends after so many epochs without a better validation; 0: never")
        .Add("save", 30.0, "seconds between two checkpoints within an epoch");

    /// <summary>How long a run with these settings trains.</summary>
    public static TrainerOptions Options(Settings settings) => new()
    {
        Epochs = settings.Count("epochs"),
        Steps = settings.Count("steps"),
        Patience = settings.Count("patience"),
        SaveEvery = TimeSpan.FromSeconds(settings.Number("save")),
    };
}

/// <summary>A system with its data and model, ready to train.</summary>
/// <param name="InputShape">Of one batch.</param>
public sealed record PreparedRun(TrainingJob Job, Layer Model, DType InputType, int[] InputShape, string Data);

/// <summary>A model and how it is judged on some data.</summary>
public sealed record Evaluation(Layer Model, string Data, Func<CancellationToken, Metrics> Judge)
{
    /// <summary>Writes pictures into a folder: of mistakes, or of what was read while a target was written.</summary>
    public Action<string>? Draw { get; init; }

    /// <summary>After it was judged: what became of the examples of each class.</summary>
    public Func<Classification>? Classes { get; init; }
}
