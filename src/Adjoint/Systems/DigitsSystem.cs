namespace Adjoint;

/// <summary>Reads digits; learns it from digits that this program draws itself.</summary>
public sealed class DigitsSystem : ImageSystem
{
    // Judged on drawings that no training seed makes.
    const ulong TestSeed = 0x7E57;
    const int TestImages = 5000, ValidationImages = 2000;

    public override string Name => "digits";

    public override string Title => "handwritten digits, learned from drawn ones (no data needed)";

    public override Settings Settings() => Common(epochs: 6, batch: 64, rate: 2e-3).Add("images", 24000, "images drawn to train on");

    private protected override (ImageDataset Train, ImageDataset? Validation, ImageDataset Test) Usual(Settings settings, ulong seed) =>
        (Digits.Draw(settings.Count("images"), seed), Digits.Draw(ValidationImages, seed + 1), Digits.Draw(TestImages, TestSeed));

    private protected override Layer Model(Settings settings, ImageDataset train, int classes) => SmallCnn.Make(
        train, [16, 32, 32], hidden: 128, dropout: 0.25);

    private protected override Optimizer Optimizer(Settings settings, Layer model, long steps) =>
        new AdamW(model.Parameters, settings.Number("lr"), weightDecay: 0.01) { Schedule = Schedule.OneCycle(steps) };

    private protected override IReadOnlyList<Transform> Augmentations(Settings settings) => [new RandomShift(2)];
}
