namespace Adjoint;

// Field numbers are those of the public schema of ONNX. Fields that Adjoint has no use for (documentation, metadata,
// quantisation, training) are skipped, as protocol buffers intend; local functions are refused, since a graph that
// calls them would be read as something else.

/// <summary>Models and tensors in ONNX files.</summary>
public static class OnnxReader
{
    const int MaxDepth = 16; // graphs inside attributes of nodes: If, Loop, Scan

    /// <exception cref="FileFormatException">The file is not an ONNX model, or is damaged.</exception>
    public static OnnxModel ReadModel(string path) => ReadModel(File.ReadAllBytes(path), path);

    /// <param name="file">The name for messages.</param>
    public static OnnxModel ReadModel(ReadOnlySpan<byte> bytes, string file)
    {
        var source = new FileSource("OnnxReader.ReadModel", file);
        var reader = new ProtoReader(bytes, source);
        long version = 0;
        var producer = "";
        var opsets = new Dictionary<string, long>();
        OnnxGraph? graph = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: version = reader.ReadInteger(); break;
                case 2: producer = reader.ReadText(); break;
                case 7: graph = Graph(reader.ReadMessage(), source, 0); break;
                case 8: Opset(reader.ReadMessage(), opsets); break;
                case 25: throw source.Wrong("defines functions of its own", "a graph of operators", "a local function");
                default: reader.Skip(); break;
            }
        }
        return graph is not null ? new(version, producer, opsets, graph)
            : throw source.Wrong("is not an ONNX model", "a graph", FileSource.FirstBytes(bytes));
    }

    /// <summary>Reads a file that holds one tensor, as the test data of ONNX does.</summary>
    public static OnnxTensor ReadTensor(string path) => ReadTensor(File.ReadAllBytes(path), path);

    /// <param name="file">The name for messages.</param>
    public static OnnxTensor ReadTensor(ReadOnlySpan<byte> bytes, string file)
    {
        var source = new FileSource("OnnxReader.ReadTensor", file);
        return OnnxTensorReader.Read(new ProtoReader(bytes, source), source);
    }

    static void Opset(ProtoReader reader, Dictionary<string, long> opsets)
    {
        var domain = "";
        long version = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: domain = reader.ReadText(); break;
                case 2: version = reader.ReadInteger(); break;
                default: reader.Skip(); break;
            }
        }
        opsets[Standard(domain)] = version;
    }

    static OnnxGraph Graph(ProtoReader reader, FileSource source, int depth)
    {
        if (depth > MaxDepth)
            throw source.Wrong("is nested too deeply", $"{MaxDepth} graphs in each other at most", "more");
        var name = "";
        var nodes = new List<OnnxNode>();
        var initializers = new Dictionary<string, HostArray>();
        var inputs = new List<OnnxValueInfo>();
        var outputs = new List<OnnxValueInfo>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: nodes.Add(Node(reader.ReadMessage(), source, depth)); break;
                case 2: name = reader.ReadText(); break;
                case 5:
                    var tensor = OnnxTensorReader.Read(reader.ReadMessage(), source);
                    if (!initializers.TryAdd(tensor.Name, tensor.Array))
                        throw source.Wrong("holds a constant twice", "every name once", FileSource.Quoted(tensor.Name));
                    break;
                case 11: inputs.Add(ValueInfo(reader.ReadMessage())); break;
                case 12: outputs.Add(ValueInfo(reader.ReadMessage())); break;
                case 15: throw source.Wrong("holds a sparse tensor", "dense tensors", "a sparse initializer");
                default: reader.Skip(); break;
            }
        }
        return new(name, nodes, initializers, inputs, outputs);
    }

    static OnnxNode Node(ProtoReader reader, FileSource source, int depth)
    {
        string name = "", op = "", domain = "";
        var inputs = new List<string>();
        var outputs = new List<string>();
        var attributes = new Dictionary<string, object>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(reader.ReadText()); break;
                case 2: outputs.Add(reader.ReadText()); break;
                case 3: name = reader.ReadText(); break;
                case 4: op = reader.ReadText(); break;
                case 5: Attribute(reader.ReadMessage(), source, depth, attributes); break;
                case 7: domain = reader.ReadText(); break;
                default: reader.Skip(); break;
            }
        }
        return new(name, op, Standard(domain), inputs, outputs, attributes);
    }

    // Values are float (as double), long, string, HostArray, OnnxGraph, double[], long[] and string[].
    static void Attribute(ProtoReader reader, FileSource source, int depth, Dictionary<string, object> attributes)
    {
        var name = "";
        long type = 0;
        object? single = null;
        var floats = new List<double>();
        var integers = new List<long>();
        var texts = new List<string>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.ReadText(); break;
                case 2: single = (double)reader.ReadFloat(); break;
                case 3: single = reader.ReadInteger(); break;
                case 4: single = reader.ReadText(); break;
                case 5: single = OnnxTensorReader.Read(reader.ReadMessage(), source).Array; break;
                case 6: single = Graph(reader.ReadMessage(), source, depth + 1); break;
                case 7: reader.ReadFloats(floats); break;
                case 8: reader.ReadIntegers(integers); break;
                case 9: texts.Add(reader.ReadText()); break;
                case 20: type = reader.ReadInteger(); break;
                default: reader.Skip(); break;
            }
        }
        // The type tells an empty list of floats from one of integers; files before IR version 2 have none.
        object? value = type switch
        {
            0 when single is null && floats.Count > 0 => floats.ToArray(),
            0 when single is null && texts.Count > 0 => texts.ToArray(),
            0 => single ?? integers.ToArray(),
            1 => single as double? ?? 0.0,
            2 => single as long? ?? 0L,
            3 => single as string ?? "",
            4 => single as HostArray,
            5 => single as OnnxGraph,
            6 => floats.ToArray(),
            7 => integers.ToArray(),
            8 => texts.ToArray(),
            _ => null,
        };
        attributes[name] = value ?? throw source.Wrong("has an attribute that Adjoint cannot read",
            "a number, a text, a tensor, a graph or a list of numbers or texts",
            $"{FileSource.Quoted(name)} of type {type}");
    }

    static OnnxValueInfo ValueInfo(ProtoReader reader)
    {
        var name = "";
        DType? type = null;
        List<OnnxSize>? shape = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.ReadText(); break;
                case 2: (type, shape) = Type(reader.ReadMessage()); break;
                default: reader.Skip(); break;
            }
        }
        return new(name, type, shape);
    }

    static (DType?, List<OnnxSize>?) Type(ProtoReader reader)
    {
        DType? type = null;
        List<OnnxSize>? shape = null;
        while (reader.Next())
        {
            if (reader.Field != 1) { reader.Skip(); continue; }
            var tensor = reader.ReadMessage();
            while (tensor.Next())
            {
                switch (tensor.Field)
                {
                    case 1: type = OnnxTensorReader.TypeOf(tensor.ReadInteger()); break;
                    case 2: shape = Sizes(tensor.ReadMessage()); break;
                    default: tensor.Skip(); break;
                }
            }
        }
        return (type, shape);
    }

    static List<OnnxSize> Sizes(ProtoReader reader)
    {
        var sizes = new List<OnnxSize>();
        while (reader.Next())
        {
            if (reader.Field != 1) { reader.Skip(); continue; }
            var dim = reader.ReadMessage();
            var size = new OnnxSize(null, null);
            while (dim.Next())
            {
                switch (dim.Field)
                {
                    case 1: size = new(dim.ReadInteger(), null); break;
                    case 2: size = new(null, dim.ReadText()); break;
                    default: dim.Skip(); break;
                }
            }
            sizes.Add(size);
        }
        return sizes;
    }

    // "ai.onnx" is the written-out name of the domain "".
    static string Standard(string domain) => domain == "ai.onnx" ? "" : domain;
}
