namespace Adjoint.Tests;

/// <summary>Contractions of every kind the descriptor can say, small enough for the plainest loops.</summary>
sealed class RandomContractions(System.Random random)
{
    static readonly int[] Extents = [1, 2, 3, 5, 7, 8, 9, 16, 17, 31, 33, 64, 65];

    const int MostPoints = 200_000;

    public ContractionShape Next()
    {
        List<ContractionAxis> axes = [];
        var points = 1;
        foreach (var group in Enum.GetValues<ContractionGroup>())
            for (var i = random.Next(group == ContractionGroup.Batch ? 3 : 4); i > 0; i--)
            {
                var extent = random.Next(60) == 0 ? 0 : Extents[random.Next(Extents.Length)];
                if (points * Math.Max(1, extent) > MostPoints) extent = 1;
                points *= Math.Max(1, extent);
                axes.Add(new(group, extent));
            }
        var order = axes.ToArray();
        random.Shuffle(order);
        axes = [.. order];
        Lay(axes, x => x.Group != ContractionGroup.Column, mayStandStill: true, (x, step) => x with { StrideA = step });
        Lay(axes, x => x.Group != ContractionGroup.Row, mayStandStill: true, (x, step) => x with { StrideB = step });
        Lay(axes, x => x.Group != ContractionGroup.Sum, mayStandStill: false, (x, step) => x with { StrideOut = step });
        return new([.. axes], [.. Windows(axes)]);
    }

    // Strides of a dense array in a random order of the axes, with gaps, backwards, or standing still.
    void Lay(
        List<ContractionAxis> axes, Func<ContractionAxis, bool> isOf, bool mayStandStill,
        Func<ContractionAxis, long, ContractionAxis> set)
    {
        var order = Enumerable.Range(0, axes.Count).Where(i => isOf(axes[i])).ToArray();
        if (random.Next(2) == 0) random.Shuffle(order);
        long step = random.Next(5) == 0 ? 2 : 1;
        foreach (var i in order.Reverse())
        {
            var sign = random.Next(8) == 0 ? -1 : mayStandStill && random.Next(8) == 0 ? 0 : 1;
            axes[i] = set(axes[i], sign * step);
            step *= Math.Max(1, axes[i].Extent);
            if (random.Next(6) == 0) step += random.Next(4);
        }
    }

    IEnumerable<ContractionWindow> Windows(List<ContractionAxis> axes)
    {
        for (var i = random.Next(3); i > 0; i--)
        {
            var isOfB = random.Next(2) == 0;
            var coefficients = axes.Select(x => x.Group == (isOfB ? ContractionGroup.Row : ContractionGroup.Column)
                || random.Next(2) == 0 ? 0 : random.Next(-3, 4)).ToArray();
            yield return new(isOfB, random.Next(1, 20), random.Next(1, 30), [.. coefficients], random.Next(-5, 9), random.Next(4) == 0 ? random.Next(2, 4) : 1);
        }
    }
}
