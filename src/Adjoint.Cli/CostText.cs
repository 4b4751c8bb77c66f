using System.Globalization;
using System.Text.Json;

namespace Adjoint.Cli;

/// <summary>One figure of a cost: its formula, and its number where sizes are given.</summary>
/// <param name="Key">Its name for programs.</param>
/// <param name="HasOrder">Whether how it grows is worth a word.</param>
sealed record CostRow(string Name, string Key, Polynomial Formula, Polynomial? Number, bool HasOrder);

/// <summary>The cost of one program as rows, for terminals and for programs.</summary>
static class CostText
{
    /// <summary>Aligned lines, each with its line break.</summary>
    public static IEnumerable<string> Lines(Cost cost, Letters letters)
    {
        var figures = Figures(cost, letters);
        List<CostRow> rows = [figures[0], .. Kinds(cost, letters), .. figures[1..]];
        var width = rows.Max(r => r.Name.Length);
        foreach (var row in rows)
        {
            var order = row.HasOrder && !row.Formula.IsConstant ? "   " + letters.Order(row.Formula) : "";
            var number = row.Number is null ? "" : "   = " + Shown(row.Number);
            yield return $"{row.Name.PadRight(width)}  {row.Formula}{order}{number}\n";
        }
        if (!cost.IsExact) yield return "Operations are an upper bound: a condition depends on data.\n";
    }

    public static void Write(Utf8JsonWriter json, string property, Cost cost, Letters letters)
    {
        json.WriteStartObject(property);
        json.WriteBoolean("exact", cost.IsExact);
        foreach (var row in Figures(cost, letters)) Write(json, row.Key, row.Formula, row.Number, letters);
        json.WriteStartObject("byKind");
        foreach (var row in Kinds(cost, letters)) Write(json, row.Key, row.Formula, row.Number, letters);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, string property, Polynomial formula, Polynomial? number,
        Letters letters)
    {
        json.WriteStartObject(property);
        json.WriteString("formula", formula.ToString());
        json.WriteString("order", letters.Order(formula));
        if (number is { IsConstant: true, Value: var value })
        {
            json.WritePropertyName("value");
            if (value.IsInteger) json.WriteRawValue(value.Numerator.ToString(CultureInfo.InvariantCulture));
            else json.WriteNumberValue((double)value.Numerator / (double)value.Denominator);
        }
        json.WriteEndObject();
    }

    static List<CostRow> Figures(Cost cost, Letters letters)
    {
        var numbers = letters.HasNumbers ? letters.Numbers(cost) : null;
        var rows = new List<CostRow>();
        Add("operations", "operations", c => c.Operations, hasOrder: true);
        if (cost.DenseOperations != cost.Operations) Add("without clipping", "withoutClipping", c => c.DenseOperations);
        Add("bytes read", "bytesRead", c => c.BytesRead);
        Add("bytes written", "bytesWritten", c => c.BytesWritten);
        Add("numbers given", "numbersGiven", c => c.FloatingOperands);
        if (!cost.Kept.IsZero) Add("numbers kept", "numbersKept", c => c.Kept, hasOrder: true);
        Add("peak bytes", "peakBytes", c => c.PeakBytes);
        Add("critical path", "criticalPath", c => c.CriticalPath, hasOrder: true);
        return rows;

        void Add(string name, string key, Func<Cost, Polynomial> figure, bool hasOrder = false) => rows.Add(
            new(name, key, letters.Shown(figure(cost)),
                numbers is null ? null : letters.Shown(figure(numbers)), hasOrder));
    }

    static IEnumerable<CostRow> Kinds(Cost cost, Letters letters)
    {
        var numbers = letters.HasNumbers ? letters.Numbers(cost).ByKind : null;
        foreach (var (kind, formula) in cost.ByKind)
            yield return new("  " + kind, kind, letters.Shown(formula),
                numbers is null ? null : letters.Shown(numbers.GetValueOrDefault(kind, Polynomial.Zero)),
                HasOrder: false);
    }

    /// <summary>With commas, as long as it is a whole number.</summary>
    public static string Shown(Polynomial number) => number is { IsConstant: true, Value.IsInteger: true }
        ? number.Value.Numerator.ToString("N0", CultureInfo.InvariantCulture)
        : number.ToString();
}
