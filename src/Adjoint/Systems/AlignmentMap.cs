namespace Adjoint;

/// <summary>A picture of what was read while each character was written: the source from left to right, the target from above to
/// below; the darker a cell, the more of it was read.</summary>
public sealed class AlignmentMap
{
    const int Cell = 18, Margin = 24; // of the drawing
    const int Pixels = 8;             // a cell has so many in an image, which shows no characters

    readonly double[] weights;

    /// <param name="source">n characters.</param>
    /// <param name="target">t characters.</param>
    /// <param name="weights">From 0 to 1: [t, n].</param>
    /// <exception cref="ShapeException">The weights are not one for each pair of characters, or there are none.</exception>
    public AlignmentMap(string source, string target, HostArray weights)
    {
        if (weights.Count == 0 || !weights.Shape.SequenceEqual([target.Length, source.Length]))
            throw new ShapeException($"AlignmentMap: {source.Length} characters were read and {target.Length} written.\n"
                + $"  weights : {weights}", "weights", [.. weights.Shape]);
        (Source, Target, this.weights) = (source, target, weights.ToDoubles());
    }

    /// <summary>What was read.</summary>
    public string Source { get; }

    /// <summary>What was written.</summary>
    public string Target { get; }

    /// <summary>How much of a character of the source was read for one of the target.</summary>
    public double this[int target, int source] => weights[target * Source.Length + source];

    /// <summary>The drawing, with the characters beside the cells.</summary>
    public string ToSvg() => ToSvg([this]);

    /// <summary>Several beside each other.</summary>
    internal static string ToSvg(IReadOnlyList<AlignmentMap> maps)
    {
        var svg = new SvgWriter(maps.Sum(m => m.Width), maps.Max(m => m.Height));
        svg.Rectangle(0, 0, maps.Sum(m => m.Width), maps.Max(m => m.Height), "fill=\"white\"");
        var left = 0;
        foreach (var map in maps)
        {
            map.Draw(svg, left);
            left += map.Width;
        }
        return svg.ToString();
    }

    /// <summary>The cells alone, without the characters: black is 1.</summary>
    /// <returns>uint8[h, w], as <see cref="Png.Write(string, HostArray)"/> takes it</returns>
    public HostArray ToImage()
    {
        var (height, width) = (Target.Length * Pixels, Source.Length * Pixels);
        var image = new HostArray(DType.UInt8, height, width);
        var bytes = image.Bytes;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++) bytes[y * width + x] = Grey(this[y / Pixels, x / Pixels]);
        return image;
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="path">It ends in .png for an image, and otherwise is a drawing (SVG).</param>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public void Write(string path)
    {
        if (Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase)) Png.Write(path, ToImage());
        else WriteSvg(path, [this]);
    }

    /// <summary>Several beside each other, as a drawing.</summary>
    internal static void WriteSvg(string path, IReadOnlyList<AlignmentMap> maps) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(ToSvg(maps));
    });

    int Width => Source.Length * Cell + 2 * Margin;

    int Height => Target.Length * Cell + 2 * Margin;

    static byte Grey(double weight) => (byte)Math.Round(255 * (1 - Math.Clamp(weight, 0, 1)));

    void Draw(SvgWriter svg, int left)
    {
        for (var s = 0; s < Source.Length; s++) Letter(Source[s], left + Margin + s * Cell + Cell / 2, Margin - 6);
        for (var t = 0; t < Target.Length; t++)
        {
            Letter(Target[t], left + Margin - 10, Margin + t * Cell + Cell - 5);
            for (var s = 0; s < Source.Length; s++)
            {
                var grey = Grey(this[t, s]);
                svg.Rectangle(left + Margin + s * Cell, Margin + t * Cell, Cell, Cell, $"fill=\"#{grey:x2}{grey:x2}{grey:x2}\" stroke=\"#eeeeee\"");
            }
        }

        // A space would be seen as none.
        void Letter(char letter, double x, double y) =>
            svg.Text(x, y, letter == ' ' ? "␣" : letter.ToString(), 13, "middle", "fill=\"#333333\"");
    }
}
