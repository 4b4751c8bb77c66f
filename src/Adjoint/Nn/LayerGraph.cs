namespace Adjoint;

/// <summary>A box of a <see cref="LayerGraph"/>.</summary>
/// <param name="Rank">How many boxes lie before it on the longest path from the input.</param>
sealed record LayerNode(string Title, string Detail, int[] Shape, int Rank)
{
    public bool IsLayer { get; init; }
}

// Innermost layers are boxes; what other modules compute between them (a sum, a reshape) is a box for each call.
// Edges follow the tensors: from the box that made one to the box that reads it.

/// <summary>Which layer reads what which layer made.</summary>
sealed class LayerGraph
{
    readonly List<LayerNode> nodes = [];
    readonly List<(int From, int To)> edges = [];

    public IReadOnlyList<LayerNode> Nodes => nodes;
    public IReadOnlyList<(int From, int To)> Edges => edges;

    public static LayerGraph Of(LayerTrace trace)
    {
        var graph = new LayerGraph();
        graph.nodes.Add(new("input", trace.Input.Type.Name, [.. trace.Input.Shape], 0));
        var nodeOf = new Dictionary<Recorded, int>();
        var nodeOfVisit = new Dictionary<LayerVisit, int>();
        foreach (var (call, visit) in trace.Calls)
        {
            if (visit.IsInnermost && nodeOfVisit.TryGetValue(visit, out var known)) nodeOf[call] = known;
            else
            {
                var calls = visit.IsInnermost ? visit.Calls : [call];
                nodeOf[call] = graph.Add(visit, call, [.. calls.SelectMany(c => c.Operands).Select(Maker).OfType<int>()]);
                if (visit.IsInnermost) nodeOfVisit[visit] = nodeOf[call];
            }
        }
        return graph;

        int? Maker(Tensor operand) => operand == trace.Input ? 0
            : operand.Source is { } source && nodeOf.TryGetValue(source, out var node) ? node : null;
    }

    int Add(LayerVisit visit, Recorded call, int[] readFrom)
    {
        var sources = readFrom.Distinct().ToList();
        var rank = sources.Select(s => nodes[s].Rank + 1).DefaultIfEmpty(1).Max();
        var (title, shape) = visit.IsInnermost ? (visit.Layer.ToString(), visit.Output)
            : (call.Binding.Program.Name, call.Binding.OutputShapes[0]);
        nodes.Add(new(title, visit.IsInnermost ? visit.Layer.Path : "", shape, rank) { IsLayer = visit.IsInnermost });
        edges.AddRange(sources.Select(s => (s, nodes.Count - 1)));
        return nodes.Count - 1;
    }
}
