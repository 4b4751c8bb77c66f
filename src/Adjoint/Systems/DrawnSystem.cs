namespace Adjoint;

/// <summary>A system whose data are drawn by the program: everything but task, model and loss is the same.</summary>
public abstract class DrawnSystem : TrainingSystem
{
    // Judged on examples that no training seed draws.
    const ulong ValidationSeed = 0x7A11D, TestSeed = 0x7E57;
    const int Judged = 1000;

    /// <summary>The settings that all of these have.</summary>
    protected static Settings Drawing(int epochs, int batch, double rate, int examples) =>
        Common(epochs, batch, rate).Add("examples", examples, "examples drawn to train on");

    private protected abstract Dataset Draw(Settings settings, int count, ulong seed);

    private protected abstract Layer Model(Settings settings);

    /// <summary>The mean loss of a batch, and the share of answers that are right.</summary>
    private protected abstract (Tensor Loss, Tensor Right) Judge(Layer model, Tensor[] fields);

    /// <summary>Writes pictures of what a model makes of some examples; null where there is nothing to see.</summary>
    private protected virtual Action<string>? Pictures(Settings settings, Layer model, ulong seed) => null;

    public override PreparedRun Prepare(Settings settings, string? data, ulong seed)
    {
        if (data is not null) throw new SettingException($"{Name} draws its data itself; '{data}' is not read.");
        var count = settings.Count("examples");
        if (settings.Count("limit") is > 0 and var limit) count = Math.Min(count, limit);
        var model = Model(settings);
        model.Initialize(seed);
        var loader = new Loader(Draw(settings, count, seed), settings.Count("batch"), seed);
        var steps = Options(settings).StepsOf(loader.BatchesPerEpoch);
        var job = new TrainingJob
        {
            Model = model,
            Optimizer = new AdamW(model.Parameters, settings.Number("lr")) { Schedule = Schedule.OneCycle(steps), ClipNorm = 1 },
            Loader = loader,
            Seed = seed,
            Loss = fields => Judge(model, fields).Loss,
            Validate = Judging(model, Draw(settings, Judged, ValidationSeed)),
            Test = Judging(model, Draw(settings, Judged, TestSeed)),
        };
        var first = loader.Fields[0];
        return new(job, model, first.Type, [settings.Count("batch"), .. first.Shape], $"{count} examples drawn to train, {Judged} to choose, {Judged} to judge");
    }

    public override Evaluation Evaluation(Settings settings, string? trained, string? data, ulong seed)
    {
        if (data is not null) throw new SettingException($"{Name} draws its data itself; '{data}' is not read.");
        var model = Model(settings);
        return new(model, $"{Judged} drawn examples", Judging(model, Draw(settings, Judged, TestSeed)))
        {
            Draw = Pictures(settings, model, TestSeed),
        };
    }

    Func<CancellationToken, Metrics> Judging(Layer model, Dataset examples)
    {
        var judge = new MeanJudge(model, examples, 100, fields => Judge(model, fields) is var (loss, right) ? [loss, right] : []);
        return cancellation => judge.Means(cancellation) is [var loss, var right] ? new() { ["loss"] = loss, ["right"] = right } : new();
    }
}
