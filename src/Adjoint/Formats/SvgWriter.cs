using System.Globalization;
using System.Text;

namespace Adjoint;

/// <summary>Elements of an SVG drawing as text; numbers have two digits behind the point and never a comma.</summary>
sealed class SvgWriter
{
    readonly StringBuilder text = new();

    public SvgWriter(double width, double height) => text.Append(CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:0.##} {height:0.##}\" width=\"{width:0.##}\" "
        + $"height=\"{height:0.##}\" font-family=\"Helvetica, Arial, sans-serif\">\n");

    /// <param name="style">Attributes of SVG, as <c>fill="none"</c>.</param>
    public void Rectangle(double x, double y, double width, double height, string style) =>
        text.Append(CultureInfo.InvariantCulture,
            $"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" {style}/>\n");

    public void Line(double x1, double y1, double x2, double y2, string style) => text.Append(CultureInfo.InvariantCulture,
        $"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\" {style}/>\n");

    public void Circle(double x, double y, double radius, string style) => text.Append(CultureInfo.InvariantCulture,
        $"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\" {style}/>\n");

    public void Polyline(IEnumerable<(double X, double Y)> points, string style)
    {
        text.Append("<polyline points=\"");
        foreach (var (x, y) in points) text.Append(CultureInfo.InvariantCulture, $"{x:0.##},{y:0.##} ");
        text.Length--;
        text.Append(CultureInfo.InvariantCulture, $"\" {style}/>\n");
    }

    /// <param name="anchor">Which point of the text stands at x: start, middle or end.</param>
    /// <param name="isUpward">Written from below to above.</param>
    public void Text(double x, double y, string words, double size, string anchor, string style = "", bool isUpward = false)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.##}\" y=\"{y:0.##}\" font-size=\"{size:0.##}\" text-anchor=\"{anchor}\"");
        if (isUpward) text.Append(CultureInfo.InvariantCulture, $" transform=\"rotate(-90 {x:0.##} {y:0.##})\"");
        if (style.Length > 0) text.Append(' ').Append(style);
        text.Append('>').Append(Escaped(words)).Append("</text>\n");
    }

    /// <summary>What is drawn until the result is disposed shows only inside the rectangle.</summary>
    public void Clipped(double x, double y, double width, double height, Action draw)
    {
        text.Append("<clipPath id=\"inside\">\n");
        Rectangle(x, y, width, height, "");
        text.Append("</clipPath>\n<g clip-path=\"url(#inside)\">\n");
        draw();
        text.Append("</g>\n");
    }

    public override string ToString() => text + "</svg>\n";

    // What XML cannot hold at all (control characters, halves of characters) becomes a question mark.
    static string Escaped(string words)
    {
        var safe = new StringBuilder();
        foreach (var rune in words.EnumerateRunes())
            safe.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                < ' ' or 0x7F or 0xFFFE or 0xFFFF or 0xFFFD => "?",
                _ => rune.ToString(),
            });
        return safe.ToString();
    }
}
