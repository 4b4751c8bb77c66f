namespace Adjoint;

/// <summary>One node about to run: its inputs' values and its attributes.</summary>
sealed class OnnxCall(OnnxNode node, long opset, IReadOnlyList<OnnxValue?> inputs)
{
    /// <summary>Version of the operator set that the node is written in.</summary>
    public long Opset => opset;

    public string Op => node.Op;
    public int InputCount => inputs.Count;
    public int OutputCount => node.Outputs.Count;

    /// <summary>An input that must be there.</summary>
    public OnnxValue this[int input] =>
        Optional(input) ?? throw NotCovered($"input {input} is left out", "a value");

    public OnnxValue? Optional(int input) => input < inputs.Count ? inputs[input] : null;

    public NdArray Array(int input) => this[input].Array;

    public bool Has(string attribute) => node.Attributes.ContainsKey(attribute);

    public double Number(string attribute, double otherwise) =>
        node.Attributes.GetValueOrDefault(attribute) is long whole ? whole : Attribute(attribute, otherwise);

    public int Integer(string attribute, int otherwise) => (int)Attribute<long>(attribute, otherwise);

    public bool Flag(string attribute, bool otherwise = false) => Attribute(attribute, otherwise ? 1L : 0) != 0;

    public string Text(string attribute, string otherwise) => Attribute(attribute, otherwise);

    public int[]? Integers(string attribute) =>
        Has(attribute) ? System.Array.ConvertAll(Attribute<long[]>(attribute, []), v => (int)v) : null;

    public T Attribute<T>(string attribute, T otherwise) => node.Attributes.GetValueOrDefault(attribute) switch
    {
        null => otherwise,
        T value => value,
        var other => throw NotCovered($"attribute '{attribute}' is {other.GetType().Name}", typeof(T).Name),
    };

    /// <summary>An input that holds axes or sizes, or the attribute that held them in older operator sets.</summary>
    public int[]? IntegersOf(int input, string attribute) => Optional(input) is { } value
        ? System.Array.ConvertAll(value.Integers(), v => (int)Math.Clamp(v, int.MinValue, int.MaxValue))
        : Integers(attribute);

    public int[] RequiredIntegersOf(int input, string attribute) =>
        IntegersOf(input, attribute) ?? throw NotCovered($"neither input {input} nor an attribute", attribute);

    /// <summary>Outputs of the type of the first input, which is the rule.</summary>
    public OnnxValue[] Result(params NdArray[] outputs) => [.. outputs.Select(y => OnnxValue.Of(this[0].Type, y))];

    /// <summary>An axis from 0 up, where the file may count from the end.</summary>
    public int Axis(int axis, int rank) => axis >= -rank && axis < Math.Max(rank, 1)
        ? axis < 0 ? axis + rank : axis
        : throw NotCovered($"axis {axis}", $"an axis of {rank} dimensions");

    public int[] Axes(IEnumerable<int> axes, int rank) => [.. axes.Select(a => Axis(a, rank))];

    public OnnxException NotCovered(string found, string expected) => new($"""
        Onnx: a use of the operator {node.Op} is not covered.
          node      {Name}
          expected  {expected}
          found     {found}
        """, node.Op);

    string Name => node.Name.Length > 0 ? $"'{node.Name}'" : $"that computes '{string.Join("', '", node.Outputs)}'";
}
