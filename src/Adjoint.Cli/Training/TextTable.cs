using System.Text;

namespace Adjoint.Cli;

/// <summary>Rows with named columns as aligned text.</summary>
static class TextTable
{
    public static string Of(IReadOnlyList<OrderedDictionary<string, string>> rows)
    {
        var columns = rows.SelectMany(r => r.Keys).Distinct().ToList();
        var widths = columns.ToDictionary(c => c, c => rows.Max(r => Math.Max(c.Length, r.GetValueOrDefault(c, "").Length)));
        var text = new StringBuilder();
        Line(c => c);
        foreach (var row in rows) Line(c => row.GetValueOrDefault(c, "-"));
        return text.ToString();

        void Line(Func<string, string> cell)
        {
            var cells = columns.Select((c, n) => n == 0 ? cell(c).PadRight(widths[c]) : cell(c).PadLeft(widths[c]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
    }
}
