namespace Adjoint;

// An SVG file that looks the same in every browser: lines over a light grid, a legend at the right. Long series are
// thinned to the least and the largest value of each column of pixels, which looks the same and keeps the file small.

/// <summary>Lines over two axes, as an SVG drawing.</summary>
public sealed class LinePlot
{
    const double Width = 720, Height = 420, Left = 74, Top = 44, Bottom = 56, Margin = 20;
    const double TextSize = 13, CharacterWidth = 7;
    const int MaxMarked = 40; // more circles would hide the line
    const int MaxWide = 400; // a wide line of more points would hide its own ups and downs

    // Told apart with any colour vision, also in grey: dark and light alternate.
    static readonly string[] Colours =
        ["#1f5fa8", "#e07b1a", "#2f8f5b", "#b5347a", "#6a4fb3", "#8a6d1f", "#17a3b8", "#c0392b", "#555555"];

    static readonly string[] Dashes = ["", "6 3", "2 3", "8 3 2 3"];

    readonly List<Series> all = [];

    /// <summary>Stands above the plot.</summary>
    public string Title { get; init; } = "";

    /// <summary>Stands below the horizontal axis, with its unit.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>Stands left of the vertical axis, with its unit.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>Whether equal factors have equal width; what is not positive is left out.</summary>
    public bool IsXLog { get; init; }

    /// <summary>Whether equal factors have equal height; what is not positive is left out.</summary>
    public bool IsYLog { get; init; }

    /// <summary>Adds one line. It has a gap where a value is NaN, infinite, or not positive on a logarithmic axis.</summary>
    /// <param name="name">Its entry in the legend; none if it is empty.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ShapeException">The two lists have different lengths.</exception>
    public LinePlot Add(string name, IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count != y.Count)
            throw new ShapeException($"LinePlot.Add: '{name}' has {x.Count} values of x and {y.Count} of y.", "x",
                x.Count, y.Count);
        all.Add(new(name, [.. x.Zip(y)], all.Count));
        return this;
    }

    /// <summary>The drawing as text.</summary>
    public string ToSvg()
    {
        var named = all.Where(s => s.Name.Length > 0).ToList();
        var legend = named.Count == 0 ? 0 : 44 + CharacterWidth * named.Max(s => s.Name.Length);
        var (right, bottom) = (Width - Margin, Height - Bottom);
        var points = all.SelectMany(s => s.Points).Where(IsShown).ToList();
        var x = PlotAxis.Over(points.Select(p => p.X), IsXLog, Left, right);
        var y = PlotAxis.Over(points.Select(p => p.Y), IsYLog, bottom, Top);
        var svg = new SvgWriter(Width + legend, Height);
        svg.Rectangle(0, 0, Width + legend, Height, "fill=\"white\"");
        DrawAxes(svg, x, y, right, bottom);
        svg.Clipped(Left, Top - 4, right - Left + 4, bottom - Top + 8, () => all.ForEach(s => Draw(svg, s, x, y)));
        for (var i = 0; i < named.Count; i++) DrawEntry(svg, named[i], right + 16, Top + 10 + 20 * i);
        return svg.ToString();
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(ToSvg());
    });

    void DrawAxes(SvgWriter svg, PlotAxis x, PlotAxis y, double right, double bottom)
    {
        const string Grid = "stroke=\"#e3e3e3\"", Text = "fill=\"#333333\"";
        foreach (var (value, text) in x.Marks())
        {
            svg.Line(x.PlaceOf(value), Top, x.PlaceOf(value), bottom, Grid);
            svg.Text(x.PlaceOf(value), bottom + 18, text, TextSize - 1, "middle", Text);
        }
        foreach (var (value, text) in y.Marks())
        {
            svg.Line(Left, y.PlaceOf(value), right, y.PlaceOf(value), Grid);
            svg.Text(Left - 8, y.PlaceOf(value) + 4, text, TextSize - 1, "end", Text);
        }
        svg.Rectangle(Left, Top, right - Left, bottom - Top, "fill=\"none\" stroke=\"#888888\"");
        svg.Text((Left + right) / 2, 26, Title, TextSize + 3, "middle", "font-weight=\"bold\" fill=\"#111111\"");
        svg.Text((Left + right) / 2, Height - 14, XLabel, TextSize, "middle", Text);
        svg.Text(18, (Top + bottom) / 2, YLabel, TextSize, "middle", Text, isUpward: true);
    }

    void Draw(SvgWriter svg, Series series, PlotAxis x, PlotAxis y)
    {
        var hasMarks = series.Points.Length <= MaxMarked;
        foreach (var run in Runs(series.Points))
        {
            var places = Thinned(run.Select(p => (x.PlaceOf(p.X), y.PlaceOf(p.Y)))).ToList();
            if (places.Count > 1) svg.Polyline(places, series.Stroke);
            if (hasMarks || places.Count == 1)
                foreach (var (px, py) in places) svg.Circle(px, py, 2.6, $"fill=\"{series.Colour}\"");
        }
    }

    static void DrawEntry(SvgWriter svg, Series series, double x, double y)
    {
        svg.Line(x, y, x + 22, y, series.Stroke);
        svg.Text(x + 28, y + 4, series.Name, TextSize, "start", "fill=\"#333333\"");
    }

    bool IsShown((double X, double Y) point) => PlotAxis.HasPlace(point.X, IsXLog) && PlotAxis.HasPlace(point.Y, IsYLog);

    // Stretches without a gap.
    IEnumerable<List<(double X, double Y)>> Runs((double X, double Y)[] points)
    {
        var run = new List<(double, double)>();
        foreach (var point in points)
            if (IsShown(point)) run.Add(point);
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        if (run.Count > 0) yield return run;
    }

    // Of all points in one column of pixels: the first, the lowest, the highest, the last.
    static IEnumerable<(double X, double Y)> Thinned(IEnumerable<(double X, double Y)> places)
    {
        var column = new List<(double X, double Y)>();
        foreach (var place in places)
        {
            if (column.Count > 0 && Math.Floor(column[0].X) != Math.Floor(place.X))
            {
                foreach (var kept in Extremes(column)) yield return kept;
                column.Clear();
            }
            column.Add(place);
        }
        foreach (var kept in Extremes(column)) yield return kept;
    }

    static IEnumerable<(double X, double Y)> Extremes(List<(double X, double Y)> column) => column.Count <= 4
        ? column
        : [column[0], column.MinBy(p => p.Y), column.MaxBy(p => p.Y), column[^1]];

    sealed record Series(string Name, (double X, double Y)[] Points, int Number)
    {
        public string Colour => Colours[Number % Colours.Length];

        string Dash => Dashes[Number / Colours.Length % Dashes.Length];

        public string Stroke => $"fill=\"none\" stroke=\"{Colour}\" stroke-width=\"{(Points.Length > MaxWide ? "1.2" : "2")}\" stroke-linejoin=\"round\""
            + (Dash.Length > 0 ? $" stroke-dasharray=\"{Dash}\"" : "");
    }
}
