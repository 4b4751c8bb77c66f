namespace Adjoint;

// A graph runs node by node in the order of the file, each node as loops on the reference. After each node the numbers
// are brought into the dtype of its outputs, so that what overflows or is cut in the file's types does so here.

/// <summary>Runs models read from ONNX files.</summary>
public static class OnnxRunner
{
    /// <summary>Whether there is a rule for an operator; a use of it may still be refused.</summary>
    /// <param name="domain">"" for the standard operators.</param>
    public static bool Covers(string domain, string op) => OnnxRules.Find(domain, op) is not null;

    /// <summary>The outputs of the graph by name.</summary>
    /// <exception cref="OnnxException">A node that is not covered, or an input that is missing.</exception>
    public static IReadOnlyDictionary<string, HostArray> Run(
        OnnxModel model, IReadOnlyDictionary<string, HostArray> inputs)
    {
        var values = new Dictionary<string, OnnxValue>();
        foreach (var (name, array) in model.Graph.Initializers) values[name] = OnnxValue.From(array);
        foreach (var (name, array) in inputs) values[name] = OnnxValue.From(array);
        foreach (var node in model.Graph.Nodes) Run(node, model.Opsets.GetValueOrDefault(node.Domain), values);
        return model.Graph.Outputs.ToDictionary(o => o.Name, o => Value(values, o.Name, "the graph").ToHostArray());
    }

    static void Run(OnnxNode node, long opset, Dictionary<string, OnnxValue> values)
    {
        var rule = OnnxRules.Find(node.Domain, node.Op) ?? throw new OnnxException(
            $"Onnx: the operator {node.Op} is not covered.\n  domain    '{node.Domain}'\n  version   {opset}", node.Op);
        var inputs = node.Inputs.Select(name => name.Length == 0 ? null : Value(values, name, node.Op));
        var outputs = rule(new(node, opset, [.. inputs]));
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i].Length == 0) continue;
            values[node.Outputs[i]] = i < outputs.Length ? outputs[i] : throw new OnnxException(
                $"Onnx: output {i} of the operator {node.Op} is not covered.", node.Op);
        }
    }

    static OnnxValue Value(Dictionary<string, OnnxValue> values, string name, string user) =>
        values.GetValueOrDefault(name) ?? throw new OnnxException(
            $"Onnx: '{name}', which {user} needs, is neither an input nor computed before.", user);
}
