using System.Globalization;
using System.Text;

namespace Adjoint;

/// <summary>One layer of a <see cref="Summary"/>; operations are those it records itself, without inner
/// layers.</summary>
/// <param name="Depth">0 for the model, 1 for its parts.</param>
/// <param name="Output">The shape of what it makes.</param>
/// <param name="Parameters">Of its own; 0 where it runs a second time.</param>
/// <param name="MultiplyAdds">Products that are summed, borders of convolutions included.</param>
/// <param name="Operations">As <see cref="Cost"/> counts them.</param>
public sealed record LayerSummary(string Path, string Layer, int Depth, IReadOnlyList<int> Output, long Parameters,
    long MultiplyAdds, long Operations);

/// <summary>The layers of a model with shapes, parameters and operations of one evaluation; prints as a table.</summary>
public sealed class Summary
{
    Summary(string input, IReadOnlyList<LayerSummary> layers) => (Input, Layers) = (input, layers);

    /// <summary>As <c>float32[1, 28, 28]</c>.</summary>
    public string Input { get; }

    /// <summary>In the order in which they run, outer ones before inner ones.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; }

    public long Parameters => Layers.Sum(l => l.Parameters);
    public long MultiplyAdds => Layers.Sum(l => l.MultiplyAdds);
    public long Operations => Layers.Sum(l => l.Operations);

    internal static Summary Of(Layer model, LayerTrace trace)
    {
        var (counted, costs) = (new HashSet<Layer>(), new Dictionary<Binding, (long MultiplyAdds, long Operations)>());
        var rows = trace.Visits.Select(Row).ToList();
        // Modules that are no layers run within one; their parameters belong to the model.
        var rest = model.ParameterCount - rows.Sum(r => r.Parameters);
        if (rest > 0) rows[0] = rows[0] with { Parameters = rows[0].Parameters + rest };
        return new(trace.Input.Described, rows);

        LayerSummary Row(LayerVisit visit)
        {
            var parameters = counted.Add(visit.Layer) ? visit.Layer.Own.Where(p => p.IsLearned).Sum(p => p.Count) : 0;
            var all = visit.Calls.Select(c => costs.TryGetValue(c.Binding, out var known) ? known
                : costs[c.Binding] = CostOf(c.Binding)).ToList();
            return new(visit.Layer.Path, visit.Layer.ToString(), visit.Depth, visit.Output, parameters,
                all.Sum(c => c.MultiplyAdds), all.Sum(c => c.Operations));
        }
    }

    static (long MultiplyAdds, long Operations) CostOf(Binding binding)
    {
        var given = new Dictionary<string, Polynomial>();
        foreach (var axis in binding.Extents.Axes) given[axis] = binding.Extents[axis];
        foreach (var (name, value) in binding.Attributes)
            if (value == Math.Floor(value) && Math.Abs(value) < int.MaxValue) given[name] = (int)value;
        var cost = Cost.Of(binding.Program, given);
        var sums = cost.Lines.Where(l => l.Line.Op is LineOp.Add or LineOp.Subtract);
        return (sums.Sum(l => Number(l.Dense) * l.PerPoint.GetValueOrDefault("multiply")), Number(cost.Operations));

        static long Number(Polynomial count) => (long)count.Value.Numerator;
    }

    public override string ToString()
    {
        string[][] cells =
        [
            ["layer", "", "output", "parameters", "multiply-adds", "operations"],
            .. Layers.Select(l => (string[])[Indented(l), l.Layer, $"[{string.Join(", ", l.Output)}]",
                Count(l.Parameters), Count(l.MultiplyAdds), Count(l.Operations)]),
            ["total", "", "", Count(Parameters), Count(MultiplyAdds), Count(Operations)],
        ];
        var widths = Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => row[c].Length)).ToArray();
        var text = new StringBuilder($"input {Input}\n");
        foreach (var row in cells)
            text.Append(string.Join("  ", row.Select((cell, c) => c < 3 ? cell.PadRight(widths[c])
                : cell.PadLeft(widths[c]))).TrimEnd()).Append('\n');
        return text.ToString();

        static string Count(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);
    }

    static string Indented(LayerSummary layer) => new string(' ', 2 * layer.Depth)
        + (layer.Depth == 0 && layer.Path.Length == 0 ? "model" : layer.Path[(layer.Path.LastIndexOf('.') + 1)..]);
}
