namespace Adjoint;

/// <summary>Digits that this program draws itself, in the form of MNIST: any number of them, none from a person's hand.</summary>
public static class Digits
{
    public static DataSource Source { get; } = new("digits", "grey images of digits, 28 x 28, 10 classes; drawn by this program",
        "MIT", "");

    /// <summary>Images with all ten digits in turn.</summary>
    /// <param name="seed">Image i follows from seed and i alone.</param>
    public static ImageDataset Draw(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var images = new HostArray(DType.UInt8, count, DigitPage.Side, DigitPage.Side);
        var labels = new HostArray(DType.Int32, count);
        var page = new DigitPage();
        for (var i = 0; i < count; i++)
        {
            labels.AsSpan<int>()[i] = i % 10;
            const int size = DigitPage.Side * DigitPage.Side;
            page.Draw(i % 10, new(Mixed(seed, i)), images.Bytes.Slice(i * size, size));
        }
        return new(Source.Name, images, labels, Mnist.Classes);
    }

    // Neighbouring seeds and images must have nothing in common.
    static ulong Mixed(ulong seed, int image) => new SplitMix64(new SplitMix64(seed).Next() + (ulong)image).Next();
}
