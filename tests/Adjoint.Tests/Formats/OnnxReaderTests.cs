using System.Buffers.Binary;
using Xunit;

namespace Adjoint.Tests;

public sealed class OnnxReaderTests
{
    public static readonly TheoryData<DType, int> Codes = new()
    {
        { DType.Float32, 1 }, { DType.UInt8, 2 }, { DType.Int8, 3 }, { DType.UInt16, 4 }, { DType.Int16, 5 },
        { DType.Int32, 6 }, { DType.Int64, 7 }, { DType.Bool, 9 }, { DType.Float16, 10 }, { DType.Float64, 11 },
        { DType.UInt32, 12 }, { DType.UInt64, 13 }, { DType.BFloat16, 16 },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public void Raw_numbers_of_every_type_are_read(DType type, int code)
    {
        var array = HostArray.FromDoubles(type, [2, 2], [1, 0, 1, 1]);
        var read = OnnxReader.ReadTensor(Tensor("w", code, 2, 2).Data(9, array.Bytes.ToArray()).Bytes, "w.pb");
        Assert.Equal("w", read.Name);
        Assert.Equal(array.ToString(), read.Array.ToString());
        Assert.Equal([1, 0, 1, 1], read.Array.ToDoubles());
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Listed_numbers_of_every_type_are_read(DType type, int code)
    {
        var message = Tensor("w", code, 3);
        if (type == DType.Float32) message.Float(4, 1).Float(4, 0).Float(4, 1);
        else if (type == DType.Float64) message.Double(10, 1).Double(10, 0).Double(10, 1);
        else
        {
            // Halves are listed as their bits.
            var one = type == DType.Float16 ? 0x3C00 : type == DType.BFloat16 ? 0x3F80 : 1;
            message.Packed(type == DType.Int64 ? 7 : type is DType.UInt32 or DType.UInt64 ? 11 : 5, one, 0, one);
        }
        Assert.Equal([1, 0, 1], OnnxReader.ReadTensor(message.Bytes, "w.pb").Array.ToDoubles());
    }

    [Fact]
    public void Negative_numbers_and_large_ones_keep_their_value()
    {
        var message = Tensor("w", 7, 3).Packed(7, -5, long.MaxValue, long.MinValue);
        var array = OnnxReader.ReadTensor(message.Bytes, "w.pb").Array;
        Assert.Equal([-5, long.MaxValue, long.MinValue], array.AsSpan<long>().ToArray());
        message = Tensor("w", 3, 2).Integer(5, -5).Integer(5, 100);
        Assert.Equal([-5, 100], OnnxReader.ReadTensor(message.Bytes, "w.pb").Array.AsSpan<sbyte>().ToArray());
    }

    [Fact]
    public void Packed_floats_are_read_and_scalars_have_no_dimensions()
    {
        var data = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(data, 2.5f);
        var read = OnnxReader.ReadTensor(Tensor("w", 1).Data(4, data).Bytes, "w.pb");
        Assert.Equal("float32[]", read.Array.ToString());
        Assert.Equal([2.5], read.Array.ToDoubles());
    }

    [Fact]
    public void A_model_is_read_with_its_graph_nodes_and_attributes()
    {
        var model = OnnxReader.ReadModel(Model().Bytes, "m.onnx");
        Assert.Equal(8, model.IrVersion);
        Assert.Equal("by hand", model.Producer);
        Assert.Equal(17, model.Opsets[""]);
        Assert.Equal(["w"], model.Graph.Initializers.Keys);
        Assert.Equal([1, 2], model.Graph.Initializers["w"].ToDoubles());
        var input = Assert.Single(model.Graph.Inputs);
        Assert.Equal((DType.Float32, "x"), (input.Type, input.Name));
        Assert.Equal([new OnnxSize(3, null), new OnnxSize(null, "n")], input.Shape);
        var node = Assert.Single(model.Graph.Nodes);
        Assert.Equal(("Conv", "", "first"), (node.Op, node.Domain, node.Name));
        Assert.Equal(["x", "", "w"], node.Inputs);
        Assert.Equal(["y"], node.Outputs);
        Assert.Equal(1.5, node.Attributes["alpha"]);
        Assert.Equal(-3L, node.Attributes["axis"]);
        Assert.Equal("SAME", node.Attributes["pad"]);
        Assert.Equal(new[] { 1L, -2L }, node.Attributes["strides"]);
        Assert.Equal(new[] { 0.5, 2 }, node.Attributes["scales"]);
        Assert.Equal(new[] { "a", "b" }, node.Attributes["names"]);
        Assert.Equal(Array.Empty<double>(), node.Attributes["none"]);
        Assert.Equal([1, 2], Assert.IsType<HostArray>(node.Attributes["value"]).ToDoubles());
        Assert.Equal("inner", Assert.IsType<OnnxGraph>(node.Attributes["body"]).Name);
    }

    [Fact]
    public void The_message_for_numbers_that_do_not_fill_the_shape_is_whole()
    {
        var error = Assert.Throws<FileFormatException>(() =>
            OnnxReader.ReadTensor(Tensor("w", 1, 1 << 10, 1 << 10).Data(9, new byte[8]).Bytes, "w.pb"));
        Assert.Equal("""
            OnnxReader.ReadTensor: array 'w' of 'w.pb' has another shape than numbers.
              expected  4,194,304 bytes for float32[1024, 1024]
              found     8 bytes
            """, error.Message);
    }

    [Fact]
    public void Wrong_tensors_are_refused_with_their_name()
    {
        Assert.Contains("'w' of 'w.pb' holds no numbers", Refused(Tensor("w", 8, 1)), StringComparison.Ordinal);
        Assert.Contains("does not fit in memory", Refused(Tensor("w", 1, long.MaxValue, 4)), StringComparison.Ordinal);
        Assert.Contains("does not fit in memory", Refused(Tensor("w", 1, -1)), StringComparison.Ordinal);
        Assert.Contains("float32[1000000]", Refused(Tensor("w", 1, 1_000_000)), StringComparison.Ordinal);
        Assert.Contains("external data", Refused(Tensor("w", 1, 1).Text(13, "")), StringComparison.Ordinal);
        Assert.Contains("another shape", Refused(Tensor("w", 1, 2).Packed(7, 1, 2)), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_say_where()
    {
        byte[] bytes = [0x08, 0x01, 0x3A, 0x05, 0x00]; // version 1, then a graph of 5 bytes of which 1 is there
        var error = Assert.Throws<FileFormatException>(() => OnnxReader.ReadModel(bytes, "m.onnx"));
        Assert.Equal("""
            OnnxReader.ReadModel: 'm.onnx' is damaged.
              expected  1 byte at most
              found     a field of 5 bytes, 4 bytes into a message of 5 bytes
            """, error.Message);
        error = Assert.Throws<FileFormatException>(() => OnnxReader.ReadModel([], "m.onnx"));
        Assert.Contains("'m.onnx' is not an ONNX model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graphs_in_graphs_end_somewhere()
    {
        var graph = new ProtoWriter();
        for (var i = 0; i < 1000; i++)
            graph = new ProtoWriter().Message(1, new ProtoWriter().Message(5, new ProtoWriter().Message(6, graph)));
        var bytes = new ProtoWriter().Message(7, graph).Bytes;
        var error = Assert.Throws<FileFormatException>(() => OnnxReader.ReadModel(bytes, "m.onnx"));
        Assert.Contains("nested too deeply", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_damaged_models_are_read_or_refused()
    {
        const int seed = 20_260_703;
        var random = new Random(seed);
        var original = Model().Bytes;
        var refused = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            try { OnnxReader.ReadModel(Damage.Mutate(original, random), "damaged.onnx"); }
            catch (FileFormatException e)
            {
                refused++;
                Assert.Contains("'damaged.onnx'", e.Message, StringComparison.Ordinal);
            }
        }
        Assert.True(refused > 5_000, $"{refused} of 10,000 refused, seed {seed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000L * 50_000, $"seed {seed}");
    }

    static string Refused(ProtoWriter tensor) =>
        Assert.Throws<FileFormatException>(() => OnnxReader.ReadTensor(tensor.Bytes, "w.pb")).Message;

    static ProtoWriter Tensor(string name, int code, params long[] dims)
    {
        var message = new ProtoWriter();
        foreach (var dim in dims) message.Integer(1, dim);
        return message.Integer(2, code).Text(8, name);
    }

    static ProtoWriter Model()
    {
        var weights = Tensor("w", 1, 2).Float(4, 1).Float(4, 2);
        ProtoWriter Attribute(string name, int type) => new ProtoWriter().Text(1, name).Integer(20, type);
        var node = new ProtoWriter().Text(1, "x").Text(1, "").Text(1, "w").Text(2, "y").Text(3, "first").Text(4, "Conv")
            .Message(5, Attribute("alpha", 1).Float(2, 1.5f))
            .Message(5, Attribute("axis", 2).Integer(3, -3))
            .Message(5, Attribute("pad", 3).Text(4, "SAME"))
            .Message(5, Attribute("value", 4).Message(5, weights))
            .Message(5, Attribute("body", 5).Message(6, new ProtoWriter().Text(2, "inner")))
            .Message(5, Attribute("scales", 6).Float(7, 0.5f).Float(7, 2))
            .Message(5, Attribute("none", 6))
            .Message(5, Attribute("strides", 7).Packed(8, 1, -2))
            .Message(5, Attribute("names", 8).Text(9, "a").Text(9, "b"))
            .Text(6, "documentation").Text(7, "ai.onnx");
        var shape = new ProtoWriter()
            .Message(1, new ProtoWriter().Integer(1, 3)).Message(1, new ProtoWriter().Text(2, "n"));
        var input = new ProtoWriter().Text(1, "x").Message(2,
            new ProtoWriter().Message(1, new ProtoWriter().Integer(1, 1).Message(2, shape)));
        var graph = new ProtoWriter().Text(2, "g").Message(1, node).Message(5, weights).Message(11, input)
            .Message(12, new ProtoWriter().Text(1, "y"));
        return new ProtoWriter().Integer(1, 8).Text(2, "by hand")
            .Message(8, new ProtoWriter().Text(1, "").Integer(2, 17)).Message(7, graph);
    }
}
