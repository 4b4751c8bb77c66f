namespace Adjoint;

/// <summary>A classifier of images: everything but the data and the model is the same.</summary>
public abstract class ImageSystem : TrainingSystem
{
    const double ValidationShare = 0.1;

    /// <summary>The usual data: to train on, to choose by (null: a tenth of the first is kept apart) and to judge by.</summary>
    private protected abstract (ImageDataset Train, ImageDataset? Validation, ImageDataset Test) Usual(Settings settings, ulong seed);

    private protected abstract Layer Model(Settings settings, ImageDataset train, int classes);

    private protected abstract Optimizer Optimizer(Settings settings, Layer model, long steps);

    /// <summary>What is done to pixels from 0 to 1 wherever they are read.</summary>
    private protected virtual IReadOnlyList<Transform> Always => [];

    /// <summary>What is done to training images before that.</summary>
    private protected virtual IReadOnlyList<Transform> Augmentations(Settings settings) => [];

    private protected virtual Tensor Loss(Settings settings, Tensor logits, Tensor label) => logits.CrossEntropy(label);

    /// <summary>How much of a running average of the weights stays at each step; 0 for none.</summary>
    private protected virtual double Averaging => 0;

    public override string Goal => "accuracy";

    public override bool IsHigherBetter => true;

    public override PreparedRun Prepare(Settings settings, string? data, ulong seed)
    {
        var (train, validation, test) = Parts(settings, data, seed);
        var model = Model(settings, train, train.Classes.Count);
        model.Initialize(seed);
        var (learned, kept) = validation is null ? Divided(train, seed) : (train, (Dataset)validation);
        if (settings.Count("limit") is > 0 and var limit && limit < learned.Count) learned = learned.Slice(0, limit, "limited");
        var loader = new Loader(learned, settings.Count("batch"), seed) { Transforms = [.. Augmentations(settings), .. Always] };
        var steps = Options(settings).StepsOf(loader.BatchesPerEpoch);
        var (choosing, judging) = (new ClassifierJudge(model, kept, train.Classes.Count, Always), new ClassifierJudge(model, test, train.Classes.Count, Always));
        var job = new TrainingJob
        {
            Model = model,
            Optimizer = Optimizer(settings, model, steps),
            Loader = loader,
            Seed = seed,
            Loss = fields => Loss(settings, model.Forward(fields[0]), fields[1]),
            Average = Averaging > 0 ? new(model, Averaging) : null,
            Validate = choosing.Metrics,
            Test = judging.Metrics,
            Goal = Goal,
            IsHigherBetter = IsHigherBetter,
            Draw = folder => ImagePictures.Draw(folder, loader, judging, test),
        };
        return new(job, model, DType.Float32, [settings.Count("batch"), train.Channels, train.Images.Shape[1], train.Images.Shape[2]],
            $"{learned.Name}: {learned.Count} to train, {kept.Count} to choose, {test.Count} to judge");
    }

    public override Evaluation Evaluation(Settings settings, string? trained, string? data, ulong seed)
    {
        var (train, _, test) = Parts(settings, trained, seed);
        var model = Model(settings, train, train.Classes.Count);
        if (data is not null) test = ImageFiles.Read(data, "test")!;
        if (test.Classes.Count > train.Classes.Count)
            throw new DataException($"'{test.Name}' has {test.Classes.Count} classes; the model tells {train.Classes.Count} apart.", test.Name);
        var judge = new ClassifierJudge(model, test, train.Classes.Count, Always);
        return new(model, $"{test.Name}: {test.Count}", judge.Metrics)
        {
            Draw = folder => ImagePictures.DrawMistakes(folder, judge, test),
            Classes = () => judge.Found ?? judge.Classify(default),
        };
    }

    (ImageDataset Train, ImageDataset? Validation, ImageDataset Test) Parts(Settings settings, string? data, ulong seed) => data is null
        ? Usual(settings, seed) : (ImageFiles.Read(data, "train")!, ImageFiles.Read(data, "val"), ImageFiles.Read(data, "test")!);

    static (Dataset, Dataset) Divided(ImageDataset whole, ulong seed)
    {
        var (kept, learned) = whole.Split(ValidationShare, seed);
        return (learned, kept);
    }
}
