using System.Globalization;
using System.Security;
using System.Text;

namespace Adjoint;

// Boxes stand in rows by rank, the input on top. An edge to the next row is a curve; a longer one leaves its box at the
// right, runs down a lane of its own beside the boxes and comes in from the right, so that it crosses no box.

/// <summary>A <see cref="LayerGraph"/> as SVG.</summary>
sealed class LayerDrawing
{
    const int LeastWidth = 140, Letter = 7, Height = 46, RowGap = 26, ColumnGap = 28, Margin = 16, LaneGap = 14;

    readonly LayerGraph graph;
    readonly int[] columns; // of each node within its row
    readonly int[] counts;  // boxes in each row
    readonly int width;     // of a box: the longest text fits, whatever the font
    readonly StringBuilder text = new();

    LayerDrawing(LayerGraph graph)
    {
        this.graph = graph;
        columns = new int[graph.Nodes.Count];
        width = Math.Max(LeastWidth, Letter * graph.Nodes.Max(n => Math.Max(n.Title.Length, Detail(n).Length)));
        counts = new int[graph.Nodes.Max(n => n.Rank) + 1];
        // Who is read far below stands at the right, near the lanes.
        var reach = graph.Edges.GroupBy(e => e.From).ToDictionary(g => g.Key, g => g.Max(e => graph.Nodes[e.To].Rank));
        foreach (var row in Enumerable.Range(0, columns.Length).GroupBy(n => graph.Nodes[n].Rank))
            foreach (var node in row.OrderBy(n => reach.GetValueOrDefault(n)))
                columns[node] = counts[row.Key]++;
    }

    public static string Svg(LayerGraph graph) => new LayerDrawing(graph).Draw();

    string Draw()
    {
        var lanes = Lanes();
        var right = Margin + counts.Max() * (width + ColumnGap) - ColumnGap;
        var all = right + Margin + (lanes.Count == 0 ? 0 : (lanes.Values.Max() + 1) * LaneGap + Margin);
        var height = 2 * Margin + counts.Length * (Height + RowGap) - RowGap;
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"{height}\" ");
        Add($"viewBox=\"0 0 {all} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        Add($"<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" ");
        Add($"orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#555\"/></marker></defs>\n");
        Add($"<rect width=\"{all}\" height=\"{height}\" fill=\"white\"/>\n");
        foreach (var edge in graph.Edges)
            AddEdge(edge, lanes.TryGetValue(edge, out var lane) ? right + Margin + lane * LaneGap : null);
        for (var n = 0; n < graph.Nodes.Count; n++) AddBox(n);
        Add($"</svg>\n");
        return text.ToString();
    }

    // Edges that pass rows share a lane if they do not overlap.
    Dictionary<(int, int), int> Lanes()
    {
        var (taken, lanes) = (new List<int>(), new Dictionary<(int, int), int>());
        foreach (var edge in graph.Edges.Where(e => Rank(e.To) > Rank(e.From) + 1).OrderBy(e => Rank(e.From)))
        {
            var lane = taken.FindIndex(end => end <= Rank(edge.From));
            if (lane < 0)
            {
                lane = taken.Count;
                taken.Add(0);
            }
            (taken[lane], lanes[edge]) = (Rank(edge.To), lane);
        }
        return lanes;
    }

    void AddEdge((int From, int To) edge, int? lane)
    {
        var (x1, y1, x2, y2) = (X(edge.From), Y(edge.From), X(edge.To), Y(edge.To));
        Add($"<path fill=\"none\" stroke=\"#555\" stroke-width=\"1.3\" marker-end=\"url(#arrow)\" d=\"");
        if (lane is { } x)
        {
            // Out at the lower, in at the upper part of the side, so that edges in and out stay apart.
            var (top, bottom) = (y1 + Height * 2 / 3, y2 + Height / 3);
            Add($"M{x1 + width} {top} H{x - 6} Q{x} {top} {x} {top + 6} V{bottom - 6} ");
            Add($"Q{x} {bottom} {x - 6} {bottom} H{x2 + width + 1}\"/>\n");
        }
        else
        {
            var (a, b, middle) = (x1 + width / 2, x2 + width / 2, y1 + Height + RowGap / 2);
            Add($"M{a} {y1 + Height} C{a} {middle} {b} {middle} {b} {y2 - 1}\"/>\n");
        }
    }

    void AddBox(int n)
    {
        var node = graph.Nodes[n];
        var (x, y, middle) = (X(n), Y(n), X(n) + width / 2);
        var fill = node.IsLayer ? "#e8f0fb" : "#f6f6f6";
        Add($"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{Height}\" rx=\"6\" fill=\"{fill}\" stroke=\"#456\"/>\n");
        Add($"<text x=\"{middle}\" y=\"{y + 19}\" text-anchor=\"middle\">{SecurityElement.Escape(node.Title)}</text>\n");
        Add($"<text x=\"{middle}\" y=\"{y + 36}\" text-anchor=\"middle\" fill=\"#555\" font-size=\"11\">");
        Add($"{SecurityElement.Escape(Detail(node))}</text>\n");
    }

    static string Detail(LayerNode node) => $"{node.Detail}  [{string.Join(", ", node.Shape)}]".TrimStart();

    int Rank(int node) => graph.Nodes[node].Rank;

    int Y(int node) => Margin + Rank(node) * (Height + RowGap);

    // Rows are centred on the widest one.
    int X(int node) => Margin + (counts.Max() - counts[Rank(node)]) * (width + ColumnGap) / 2
        + columns[node] * (width + ColumnGap);

    void Add(FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture));
}
