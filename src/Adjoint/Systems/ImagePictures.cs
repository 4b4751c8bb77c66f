namespace Adjoint;

/// <summary>Pictures of what a classifier of images learns from and where it fails.</summary>
static class ImagePictures
{
    const int Shown = 64;

    /// <summary>Writes <c>samples.png</c>, images as they are learned from, and <c>mistakes.png</c>.</summary>
    public static void Draw(string folder, Loader training, ClassifierJudge judge, ImageDataset test)
    {
        training.Seek(0);
        var batch = training.Next();
        var image = batch[0].ToHost();
        var shape = image.Shape.ToArray();
        var (count, channels, size) = (Math.Min(Shown, shape[0]), shape[1], shape[2] * shape[3]);
        var pixels = new HostArray(DType.Float32, channels == 1 ? [count, shape[2], shape[3]] : [count, shape[2], shape[3], channels]);
        var from = image.AsSpan<float>();
        var to = pixels.AsSpan<float>();
        for (var n = 0; n < count; n++)
            for (var c = 0; c < channels; c++)
                for (var i = 0; i < size; i++) to[(n * size + i) * channels + c] = from[(n * channels + c) * size + i];
        var (low, high) = (float.MaxValue, float.MinValue);
        foreach (var number in to) (low, high) = (Math.Min(low, number), Math.Max(high, number));
        if (channels is 1 or 3 or 4) Png.Write(Path.Combine(folder, "samples.png"), ImageGrid.Tile(pixels, low: low, high: Math.Max(high, low + 1e-6)));
        DrawMistakes(folder, judge, test);
    }

    /// <summary>Writes <c>mistakes.png</c>: test images that were given another class than theirs, by class.</summary>
    public static void DrawMistakes(string folder, ClassifierJudge judge, ImageDataset test)
    {
        var found = judge.Found ?? judge.Classify(default);
        var wrong = Enumerable.Range(0, found.Count).Where(n => found.Labels[n] != found.Predictions[n])
            .OrderBy(n => found.Labels[n]).ToList();
        if (wrong.Count > Shown) wrong = [.. Enumerable.Range(0, Shown).Select(n => wrong[n * wrong.Count / Shown])];
        if (wrong.Count == 0) return;
        var size = test.Images.Count / test.Count;
        var images = new HostArray(DType.UInt8, [wrong.Count, .. test.Images.Shape[1..]]);
        for (var n = 0; n < wrong.Count; n++)
            test.Images.Bytes.Slice(wrong[n] * size, size).CopyTo(images.Bytes.Slice(n * size, size));
        Png.Write(Path.Combine(folder, "mistakes.png"), ImageGrid.Tile(images, high: 255));
    }
}
