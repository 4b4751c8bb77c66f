using System.Globalization;
using System.Text;

namespace Adjoint.Cli;

/// <summary>Named arrays for a terminal and for programs.</summary>
static class ArrayText
{
    // A screen of numbers is enough to see; more go to a file.
    const int MaxRows = 20;
    const int MaxColumns = 10;

    public static string Print(OrderedDictionary<string, HostArray> arrays, string? file)
    {
        if (file is not null) return $"{file}: {string.Join(", ", arrays.Select(a => $"{a.Key} {a.Value}"))}";
        var text = new StringBuilder();
        foreach (var (name, array) in arrays) AddRows(text.Append($"{name} : {array}\n"), array);
        return text.ToString().TrimEnd('\n');
    }

    public static string Json(string program, OrderedDictionary<string, HostArray> arrays, string? file) =>
        JsonText.Object(json =>
    {
        json.WriteString("program", program);
        if (file is not null) json.WriteString("file", file);
        json.WriteStartObject("arrays");
        foreach (var (name, array) in arrays)
        {
            json.WriteStartObject(name);
            json.WriteString("type", array.Type.Name);
            json.WriteStartArray("shape");
            foreach (var size in array.Shape) json.WriteNumberValue(size);
            json.WriteEndArray();
            if (file is null)
            {
                json.WriteStartArray("values");
                foreach (var value in array.ToDoubles()) json.Value(value);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    });

    // One line for each run along the last dimension, indented.
    static void AddRows(StringBuilder text, HostArray array)
    {
        var columns = array.Shape is [.., var last] ? last : 1;
        if (array.Count == 0) return;
        var values = array.ToDoubles();
        var rows = array.Count / columns;
        for (var row = 0; row < Math.Min(rows, MaxRows); row++)
        {
            var shown = values.Skip(row * columns).Take(Math.Min(columns, MaxColumns))
                .Select(v => Number(v, array.Type));
            text.Append($"  {string.Join(' ', shown)}{(columns > MaxColumns ? " …" : "")}\n");
        }
        if (rows > MaxRows) text.Append(CultureInfo.InvariantCulture,
            $"  … {rows - MaxRows} more rows (--out writes all)\n");
    }

    static string Number(double value, DType type) => type is DType.Float16 or DType.BFloat16 or DType.Float32
        ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);
}
