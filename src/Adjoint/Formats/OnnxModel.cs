namespace Adjoint;

// An ONNX file in memory, as written there: names, not references; nothing is interpreted yet.

/// <summary>A graph and the versions of the operator sets it is written in.</summary>
/// <param name="Opsets">Version by domain; the standard domain is "".</param>
public sealed record OnnxModel(
    long IrVersion, string Producer, IReadOnlyDictionary<string, long> Opsets, OnnxGraph Graph);

/// <param name="Nodes">In an order in which they can run.</param>
/// <param name="Initializers">Constants by name.</param>
public sealed record OnnxGraph(
    string Name,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyDictionary<string, HostArray> Initializers,
    IReadOnlyList<OnnxValueInfo> Inputs,
    IReadOnlyList<OnnxValueInfo> Outputs);

/// <param name="Domain">"" for the standard operators.</param>
/// <param name="Inputs">Names of values; "" where an optional input is left out.</param>
public sealed record OnnxNode(
    string Name,
    string Op,
    string Domain,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, object> Attributes);

/// <param name="Type">Null where the value is no array of numbers.</param>
/// <param name="Shape">Null where even the rank is open.</param>
public sealed record OnnxValueInfo(string Name, DType? Type, IReadOnlyList<OnnxSize>? Shape);

/// <summary>A size that is known, named or neither.</summary>
public sealed record OnnxSize(long? Value, string? Name);

/// <summary>A constant with its name.</summary>
public sealed record OnnxTensor(string Name, HostArray Array);
