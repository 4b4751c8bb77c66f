using System.Text;
using System.Text.Json;

namespace Adjoint.Cli;

/// <summary>What an experiment found, for terminals, files and programs.</summary>
static class LabText
{
    public static string List() => string.Concat(Lab.All.Select(l => $"{l.Name.PadRight(Lab.All.Max(x => x.Name.Length))}  {l.Title}\n"));

    public static string ListJson() => JsonText.Object(json =>
    {
        json.WriteStartObject("labs");
        foreach (var lab in Lab.All) json.WriteString(lab.Name, lab.Title);
        json.WriteEndObject();
    });

    /// <summary>Writes the report as text and its figures as drawings.</summary>
    /// <returns>The paths.</returns>
    public static IReadOnlyList<string> Write(string folder, Lab lab, LabReport report)
    {
        Directory.CreateDirectory(folder);
        var text = Path.Combine(folder, "report.txt");
        AtomicFile.Write(text, stream => stream.Write(Encoding.UTF8.GetBytes(Print(lab, report, []))));
        var files = new List<string> { text };
        foreach (var figure in report.Figures)
        {
            files.Add(Path.Combine(folder, figure.Name + ".svg"));
            figure.Plot.Write(files[^1]);
        }
        return files;
    }

    public static string Print(Lab lab, LabReport report, IReadOnlyList<string> files)
    {
        var text = new StringBuilder($"{lab.Name}: {lab.Title}\n");
        foreach (var table in report.Tables) text.Append($"\n{table.Title}\n{TextTable.Of([.. table.Rows.Select(r => Row(table, r))])}");
        text.Append('\n');
        foreach (var claim in report.Claims) text.Append($"{(claim.Holds ? "holds  " : "refuted")}  {claim.Claim}: {claim.Evidence}\n");
        foreach (var file in files) text.Append($"wrote {file}\n");
        return text.ToString();
    }

    /// <summary>One object, whether one experiment was run or all.</summary>
    public static string Json(IReadOnlyList<(Lab Lab, LabReport Report, IReadOnlyList<string> Files)> found) => JsonText.Object(json =>
    {
        if (found is [var only])
        {
            Write(json, only.Lab, only.Report, only.Files);
            return;
        }
        json.WriteStartArray("labs");
        foreach (var (lab, report, files) in found)
        {
            json.WriteStartObject();
            Write(json, lab, report, files);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    static void Write(Utf8JsonWriter json, Lab lab, LabReport report, IReadOnlyList<string> files)
    {
        json.WriteString("lab", lab.Name);
        json.WriteStartArray("tables");
        foreach (var table in report.Tables)
        {
            json.WriteStartObject();
            json.WriteString("title", table.Title);
            json.Strings("columns", table.Columns);
            json.WriteStartArray("rows");
            foreach (var row in table.Rows)
            {
                json.WriteStartArray();
                foreach (var cell in row) json.WriteStringValue(cell);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("claims");
        foreach (var claim in report.Claims)
        {
            json.WriteStartObject();
            json.WriteString("claim", claim.Claim);
            json.WriteBoolean("holds", claim.Holds);
            json.WriteString("evidence", claim.Evidence);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Strings("files", files);
    }

    static OrderedDictionary<string, string> Row(LabTable table, IReadOnlyList<string> cells)
    {
        var row = new OrderedDictionary<string, string>();
        for (var c = 0; c < table.Columns.Count; c++) row.Add(table.Columns[c], cells[c]);
        return row;
    }
}
