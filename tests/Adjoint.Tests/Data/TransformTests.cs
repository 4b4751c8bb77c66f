using Xunit;

namespace Adjoint.Tests;

public sealed class TransformTests
{
    static readonly float[] Image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]; // [1, 3, 4]

    [Fact]
    public void A_shift_moves_all_pixels_by_the_same_and_fills_with_zero()
    {
        var seen = new HashSet<(int, int)>();
        for (var example = 0; example < 300; example++)
        {
            var moved = Apply(new RandomShift(2), [1, 3, 4], Image, example);
            var place = Array.FindIndex(moved, v => v != 0);
            if (place < 0) continue; // moved out as a whole it may not be: 3 and 4 are more than 2
            var (dy, dx) = Offset(moved);
            seen.Add((dy, dx));
            for (var y = 0; y < 3; y++)
                for (var x = 0; x < 4; x++)
                    Assert.Equal(y - dy is >= 0 and < 3 && x - dx is >= 0 and < 4 ? Image[(y - dy) * 4 + x - dx] : 0, moved[y * 4 + x]);
        }
        Assert.Equal(25, seen.Count);

        static (int, int) Offset(float[] moved)
        {
            var at = Array.FindIndex(moved, v => v != 0);
            var from = (int)moved[at] - 1;
            return (at / 4 - from / 4, at % 4 - from % 4);
        }
    }

    [Fact]
    public void A_flip_reverses_rows_of_about_half_of_the_images()
    {
        float[] flipped = [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9];
        var count = 0;
        for (var example = 0; example < 400; example++)
        {
            var result = Apply(new RandomFlip(), [1, 3, 4], Image, example);
            if (result.SequenceEqual(flipped)) count++;
            else Assert.Equal(Image, result);
        }
        Assert.InRange(count, 150, 250);
    }

    [Fact]
    public void A_crop_is_a_part_of_every_channel_at_one_place()
    {
        float[] colours = [.. Image, .. Image.Select(v => -v)];
        var seen = new HashSet<float>();
        for (var example = 0; example < 100; example++)
        {
            var part = Apply(new RandomCrop(2, 3), [2, 3, 4], colours, example);
            Assert.Equal([part[0], part[0] + 1, part[0] + 2, part[0] + 4, part[0] + 5, part[0] + 6], part[..6]);
            Assert.Equal(part[..6].Select(v => -v), part[6..]);
            seen.Add(part[0]);
        }
        Assert.Equal([1, 2, 5, 6], seen.Order());
    }

    [Fact]
    public void Normalising_is_by_channel_or_for_all()
    {
        Assert.Equal([-1, -0.5f, 0, 0.5f], Apply(new Normalise(3, 2), [2, 1, 2], [1, 2, 3, 4], 0));
        Assert.Equal([0, 1, 1, 1.5f], Apply(new Normalise([1, 1], [1, 2]), [2, 1, 2], [1, 2, 3, 4], 0));
        Assert.Throws<ArgumentException>(() => new Normalise(0, 0));
        Assert.Throws<ShapeException>(() => new RandomShift(1).ShapeOf([3, 4]));
    }

    static float[] Apply(Transform transform, int[] shape, float[] values, int example)
    {
        var to = new float[transform.ShapeOf(shape).Aggregate(1, (a, b) => a * b)];
        Array.Fill(to, float.NaN);
        var random = new ExampleRandom(9, 1, example);
        transform.Apply(values, shape, to, ref random);
        return to;
    }
}
