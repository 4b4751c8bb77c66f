namespace Adjoint;

/// <summary>Sections of the retina in four classes: a small network with or without pooling, on OctMNIST or any set of
/// MedMNIST.</summary>
public sealed class OctCnn : ImageSystem
{
    public override string Name => "oct-cnn";

    public override string Title => "medical images (OctMNIST or any .npz of MedMNIST), with and without pooling";

    public override Settings Settings() => Common(epochs: 15, batch: 8, rate: 0.01)
        .Add("pooling", true, "whether images shrink by pooling, or by the stride of the convolutions");

    public override IReadOnlyList<PublishedFigure> Published =>
    [
        new("validation accuracy", 0.8655, "the same network with pooling, learning rate 0.01"),
        new("validation accuracy (pooling=false)", 0.8491, "the same network without pooling, learning rate 0.01"),
        new("test accuracy", 0.743, "ResNet-18 (28) on the balanced 1,000, Yang et al. 2023"),
        new("test AUC", 0.943, "ResNet-18 (28) on the balanced 1,000, Yang et al. 2023"),
    ];

    private protected override (ImageDataset Train, ImageDataset? Validation, ImageDataset Test) Usual(Settings settings, ulong seed) =>
        (OctMnist.Train(), OctMnist.Validation(), OctMnist.Test());

    private protected override Layer Model(Settings settings, ImageDataset train, int classes) => new OctNet(classes, settings.Flag("pooling"), channels: train.Channels);

    private protected override Optimizer Optimizer(Settings settings, Layer model, long steps) => new Sgd(model.Parameters, settings.Number("lr"));
}
