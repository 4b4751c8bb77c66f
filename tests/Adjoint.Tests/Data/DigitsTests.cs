using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests;

public sealed class DigitsTests
{
    [Fact]
    public void An_image_follows_from_seed_and_number_alone()
    {
        var (few, many) = (Digits.Draw(20, 3), Digits.Draw(50, 3));
        Assert.Equal(few.Images.Bytes.ToArray(), many.Images.Bytes[..few.Images.Count].ToArray());
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i % 10), many.Labels.ToArray());
        var other = Digits.Draw(20, 4);
        for (var i = 0; i < 20; i++)
            Assert.False(Image(few, i).SequenceEqual(Image(other, i)), $"image {i} is the same for two seeds");
        for (var i = 0; i < 50; i += 10)
            for (var j = 0; j < i; j += 10)
                Assert.False(Image(many, i).SequenceEqual(Image(many, j)), "two zeros are the same");
    }

    [Fact]
    public void Digits_lie_in_the_middle_of_the_page_with_paper_around_them()
    {
        var set = Digits.Draw(500, 1);
        var (ink, outside) = (0L, 0L);
        for (var i = 0; i < set.Count; i++)
        {
            var (mass, x, y) = (0.0, 0.0, 0.0);
            var image = Image(set, i);
            for (var at = 0; at < image.Length; at++)
            {
                mass += image[at];
                x += image[at] * (at % 28 + 0.5);
                y += image[at] * (at / 28 + 0.5);
                if (at % 28 is < 2 or > 25 || at / 28 is < 2 or > 25) outside += image[at];
            }
            Assert.InRange(mass / 255, 20, 280);
            Assert.InRange(x / mass, 13.3, 14.7);
            Assert.InRange(y / mass, 13.3, 14.7);
            ink += (long)mass;
        }
        Assert.InRange(ink / 255.0 / set.Images.Count, 0.09, 0.18); // 0.13 in MNIST
        Assert.True(outside < ink / 100, $"{outside} of {ink} near the edge");
    }

    // The nearest mean of each class is a weak reader: if it reads well the digits are all alike, if badly they are none.
    [Fact]
    public void Classes_differ_and_members_of_a_class_differ_too()
    {
        var (train, test) = (Digits.Draw(4_000, 5), Digits.Draw(1_000, 6));
        var means = new double[10][];
        for (var digit = 0; digit < 10; digit++) means[digit] = new double[784];
        for (var i = 0; i < train.Count; i++)
            for (var at = 0; at < 784; at++) means[train.Labels[i]][at] += Image(train, i)[at] / (train.Count / 10.0);
        var right = 0;
        for (var i = 0; i < test.Count; i++)
        {
            var nearest = Enumerable.Range(0, 10).MinBy(d => Distance(Image(test, i), means[d]));
            if (nearest == test.Labels[i]) right++;
        }
        Assert.InRange(right / 1_000.0, 0.6, 0.95); // 0.82 in MNIST

        static double Distance(ReadOnlySpan<byte> image, double[] mean)
        {
            var sum = 0.0;
            for (var at = 0; at < 784; at++) sum += (image[at] - mean[at]) * (image[at] - mean[at]);
            return sum;
        }
    }

    [Fact]
    public void Every_skeleton_fits_its_box_and_is_drawn()
    {
        Assert.Equal(10, DigitShapes.All.Count);
        Assert.All(DigitShapes.All, shapes => Assert.True(shapes.Count >= 5));
        foreach (var shape in DigitShapes.All.SelectMany(s => s))
        {
            Assert.InRange(shape.Aspect, 0.3, 1);
            Assert.True(shape.Weight > 0);
            Assert.All(shape.Strokes, s => Assert.True(s.Length >= 2));
            Assert.All(shape.Strokes.SelectMany(s => s), p => Assert.True(p is { X: >= 0 and <= 1, Y: >= 0 and <= 1 }));
        }
    }

    [Fact]
    public void Twenty_thousand_images_are_drawn_in_seconds()
    {
        Digits.Draw(100, 1);
        var clock = Stopwatch.StartNew();
        Digits.Draw(2_000, 2);
        RandomRun.Print($"{clock.Elapsed.TotalSeconds * 10:F1} s for 20,000 images");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20)); // a hang, not a slow machine
    }

    static ReadOnlySpan<byte> Image(ImageDataset set, int i) => set.Images.Bytes.Slice(i * 784, 784);
}
