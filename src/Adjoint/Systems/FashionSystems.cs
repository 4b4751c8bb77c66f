namespace Adjoint;

/// <summary>Tells ten kinds of clothing apart: Fashion-MNIST (arXiv:1708.07747).</summary>
public abstract class FashionSystem : ImageSystem
{
    private protected override (ImageDataset Train, ImageDataset? Validation, ImageDataset Test) Usual(Settings settings, ulong seed) =>
        (FashionMnist.Train(), null, FashionMnist.Test());

    // Of the training images.
    private protected override IReadOnlyList<Transform> Always => [new Normalise(0.2860f, 0.3530f)];
}

/// <summary>A perceptron on Fashion-MNIST.</summary>
public sealed class FashionMlp : FashionSystem
{
    public override string Name => "fashion-mlp";

    public override string Title => "clothing (Fashion-MNIST) by a perceptron";

    public override Settings Settings() => Common(epochs: 12, batch: 128, rate: 1e-3).Add("hidden", 512, "units of each of two layers");

    private protected override Layer Model(Settings settings, ImageDataset train, int classes) =>
        new Mlp([train.Images.Count / train.Count, settings.Count("hidden"), settings.Count("hidden"), classes]);

    private protected override Optimizer Optimizer(Settings settings, Layer model, long steps) =>
        new AdamW(model.Parameters, settings.Number("lr"), weightDecay: 0.01) { Schedule = Schedule.OneCycle(steps) };
}

/// <summary>A convolutional network on Fashion-MNIST.</summary>
public sealed class FashionCnn : FashionSystem
{
    public override string Name => "fashion-cnn";

    public override string Title => "clothing (Fashion-MNIST) by a convolutional network";

    public override Settings Settings() => Common(epochs: 12, batch: 64, rate: 2e-3);

    private protected override Layer Model(Settings settings, ImageDataset train, int classes) => SmallCnn.Make(
        train, [32, 64, 64], hidden: 128, dropout: 0.4);

    private protected override Optimizer Optimizer(Settings settings, Layer model, long steps) =>
        new AdamW(model.Parameters, settings.Number("lr"), weightDecay: 0.02) { Schedule = Schedule.OneCycle(steps) };

    private protected override IReadOnlyList<Transform> Augmentations(Settings settings) => [new RandomFlip(), new RandomShift(1)];
}

/// <summary>A residual network on Fashion-MNIST.</summary>
public sealed class FashionResNet : FashionSystem
{
    public override string Name => "fashion-resnet";

    public override string Title => "clothing (Fashion-MNIST) by a residual network";

    public override Settings Settings() => Common(epochs: 24, batch: 64, rate: 0.1)
        .Add("smoothing", 0.1, "share of the truth that is spread over all classes");

    private protected override Layer Model(Settings settings, ImageDataset train, int classes) => ResNet.ForFashion();

    private protected override Optimizer Optimizer(Settings settings, Layer model, long steps) =>
        new Nesterov(model.Parameters, settings.Number("lr"), weightDecay: 5e-4) { Schedule = Schedule.OneCycle(steps, rise: 0.25) };

    private protected override IReadOnlyList<Transform> Augmentations(Settings settings) => [new RandomFlip(), new RandomShift(2)];

    private protected override Tensor Loss(Settings settings, Tensor logits, Tensor label) =>
        logits.CrossEntropySmoothed(label, settings.Number("smoothing"));

    private protected override double Averaging => 0.998;
}
