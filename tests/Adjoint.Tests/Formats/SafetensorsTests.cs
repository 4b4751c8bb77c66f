using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class SafetensorsTests
{
    static readonly HostArray Weights = HostArray.FromDoubles(DType.Float32, [2, 3], [1, 2, 3, 4, 5, 6]);

    public static readonly TheoryData<DType> AllTypes = [.. Enum.GetValues<DType>()];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Every_type_survives_a_round_trip(DType type)
    {
        foreach (int[] shape in new int[][] { [], [0], [1], [5], [2, 3], [3, 0, 2], [2, 1, 3, 2] })
        {
            var count = shape.Aggregate(1, (a, b) => a * b);
            var values = Enumerable.Range(0, count).Select(i => (double)(type == DType.Bool ? i % 2 : i)).ToArray();
            var array = HostArray.FromDoubles(type, shape, values);
            var back = Safetensors.Read(Written(("x", array)), "a.safetensors")["x"];
            Assert.Equal(array.ToString(), back.ToString());
            Assert.Equal(values, back.ToDoubles());
        }
    }

    [Fact]
    public void The_bytes_are_those_of_the_reference_implementation()
    {
        // safetensors.numpy.save({"b": zeros((2,), int8), "a": ones((1, 2), float32)}, {"format": "pt"}), by its documents
        const string header = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}"""
            + ""","b":{"dtype":"I8","shape":[2],"data_offsets":[8,10]}}""";
        byte[] expected = [.. Bytes(header.PadRight((header.Length + 7) / 8 * 8)), 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F, 0, 0];
        var stream = new MemoryStream();
        Safetensors.Write(stream, Named(("b", new(DType.Int8, 2)), ("a", HostArray.FromDoubles(DType.Float32, [1, 2], [1, 1]))),
            new Dictionary<string, string> { ["format"] = "pt" });
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void The_order_of_the_arrays_does_not_matter_and_wide_types_stay_aligned()
    {
        (string, HostArray)[] arrays =
        [
            ("c", new(DType.UInt8, 3)), ("é", Weights), ("a", new(DType.Bool, 1)), ("b", new(DType.Float64, 1)), ("A", Weights),
        ];
        var bytes = Written(arrays);
        Array.Reverse(arrays);
        Assert.Equal(bytes, Written(arrays));
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        var header = SafetensorsHeader.Parse(bytes.AsSpan(8, (int)length), bytes.Length - 8 - length, "a");
        Assert.Equal(["b", "A", "é", "c", "a"], header.Entries.Keys);
        Assert.All(header.Entries.Values, e => Assert.Equal(0, e.Begin % e.Type.ByteSize));
    }

    [Fact]
    public void A_file_is_mapped_and_copied_out()
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("a.safetensors");
        var metadata = new Dictionary<string, string> { ["z"] = "1", ["a"] = "\"ü\"\n" };
        Safetensors.Write(path, Named(("w", Weights), ("n", new(DType.Int64))), metadata);
        HostArray copy;
        using (var file = SafetensorsFile.Open(path))
        {
            Assert.Equal(["n", "w"], file.Names);
            Assert.Equal(metadata.OrderBy(m => m.Key), file.Metadata);
            Assert.Equal([2, 3], file.ShapeOf("w").ToArray());
            Assert.Equal(DType.Float32, file.TypeOf("w"));
            Assert.Equal(Weights.Bytes.ToArray(), file.BytesOf("w").ToArray());
            copy = file["w"];
            Assert.Throws<KeyNotFoundException>(() => file["v"]);
        }
        Assert.Equal(Weights.ToDoubles(), copy.ToDoubles());
        File.Delete(path); // nothing holds it
    }

    [Fact]
    public void An_index_binds_several_files()
    {
        using var folder = new ScratchFolder();
        Safetensors.Write(folder.PathOf("m-1.safetensors"), Named(("a", Weights)));
        Safetensors.Write(folder.PathOf("m-2.safetensors"), Named(("b", new(DType.Int8, 4)), ("c", new(DType.Bool))));
        var index = folder.Write("m.safetensors.index.json",
            """{"metadata":{"total_size":29},"weight_map":{"c":"m-2.safetensors","a":"m-1.safetensors","b":"m-2.safetensors"}}""");
        var arrays = Safetensors.Read(index);
        Assert.Equal(["a", "b", "c"], arrays.Keys);
        Assert.Equal(Weights.ToDoubles(), arrays["a"].ToDoubles());
        folder.Write("m.safetensors.index.json", """{"weight_map":{"a":"m-1.safetensors","d":"m-1.safetensors"}}""");
        Assert.Contains("names an array that is not there.\n  expected  'd' in 'm-1.safetensors'",
            Assert.Throws<FileFormatException>(() => Safetensors.Read(index)).Message, StringComparison.Ordinal);
        folder.Write("m.safetensors.index.json", """{"weight_map":{"a":"../m-1.safetensors"}}""");
        Assert.Contains("names a part that is no file beside it",
            Assert.Throws<FileFormatException>(() => Safetensors.Read(index)).Message, StringComparison.Ordinal);
        folder.Write("m.safetensors.index.json", """{"weight_map":{"a":"m-1.saf""");
        Assert.Contains("is damaged.\n  expected  JSON",
            Assert.Throws<FileFormatException>(() => Safetensors.Read(index)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_names_are_refused_when_writing()
    {
        Assert.Throws<ArgumentException>(() => Written(("a", Weights), ("a", Weights)));
        Assert.Throws<ArgumentException>(() => Written(("__metadata__", Weights)));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}""",
        "array 'b' of 'w' lies over another array or behind a gap", "its first byte at 8", "6")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}""",
        "array 'a' of 'w' lies over another array or behind a gap", "its first byte at 0", "6")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        "'w' goes on after its arrays", "4 bytes behind the header", "8 bytes")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}""",
        "'w' is cut short", "16 bytes behind the header", "8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""",
        "array 'a' of 'w' has bytes that do not fit its shape", "12 bytes for float32[3]", "bytes 0 to 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""",
        "array 'a' of 'w' has bytes that do not fit its shape", "8 bytes", "bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,8]}}""",
        "array 'a' of 'w' has a shape that does not fit in memory", "sizes from 0", "float32[99999999999]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""",
        "array 'a' of 'w' has a shape that does not fit in memory", "sizes from 0", "float32[-1]")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""",
        "array 'a' of 'w' holds no numbers that Adjoint has", "F32", "'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,8]}}""",
        "array 'a' of 'w' is damaged", "the keys 'dtype', 'shape' and 'data_offsets'", "not all of them")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"shape":[8],"data_offsets":[0,8]}}""",
        "array 'a' of 'w' is damaged", "once each", "key 'shape'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8.5],"data_offsets":[0,8]}}""",
        "'w' has a header that is damaged", "a whole number at byte", "Number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,9]}}""",
        "'w' has a header that is damaged", "2 numbers at most", "Number")]
    [InlineData("""{"a":3}""", "'w' has a header that is damaged", "an object at byte 5", "Number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[0],"data_offsets":[8,8]}}""",
        "'w' has a header that is damaged", "every name once", "'a' twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", "'w' has a header that is damaged", "a text for 'a'", "Number")]
    [InlineData("""{"a":""", "'w' has a header that is damaged", "a JSON object of arrays", "")]
    public void What_is_wrong_is_said(string header, string fault, string expected, string found)
    {
        var error = Assert.Throws<FileFormatException>(() => Safetensors.Read([.. Bytes(header), .. new byte[8]], "w"));
        var lines = error.Message.Split('\n');
        Assert.Equal($"Safetensors.Read: {fault}.", lines[0]);
        Assert.Contains(expected, lines[1], StringComparison.Ordinal);
        Assert.Contains(found, lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_another_kind_and_files_cut_short_are_refused()
    {
        var bytes = Written(("w", Weights));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<FileFormatException>(() => Safetensors.Read(bytes.AsSpan(0, length), "w"));
        Assert.Equal("""
            Safetensors.Read: 'w' is no safetensors file.
              expected  the length of a header, 100,000,000 bytes at most, and a header in JSON
              found     first bytes 50 4B 03 04 (a ZIP archive, as .npz is)
            """, Assert.Throws<FileFormatException>(() => Safetensors.Read("PK\u0003\u0004 more than 8"u8, "w")).Message);
    }

    [Fact]
    public void Python_reads_a_file_and_writes_it_back_byte_for_byte()
    {
        using var folder = new ScratchFolder();
        var (from, to) = (folder.PathOf("from.safetensors"), folder.PathOf("to.safetensors"));
        Safetensors.Write(from, Named(("layer.0.weight", Weights), ("ids", HostArray.FromDoubles(DType.Int64, [3], [-1, 0, 7])),
            ("mask", HostArray.FromDoubles(DType.Bool, [5], [1, 0, 1, 1, 0])), ("ü \"q\"", new(DType.BFloat16, 2, 0))),
            new Dictionary<string, string> { ["format"] = "pt", ["note"] = "a\"b\\c\nd" });
        var script = folder.Write("copy.py", PythonCopy);
        Process? python = null;
        try { python = Process.Start(new ProcessStartInfo("python3", [script, from, to]) { RedirectStandardError = true }); }
        catch (System.ComponentModel.Win32Exception) { }
        if (python is null) Assert.Skip("python3 is not on this machine.");
        var error = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, error);
        Assert.Equal(File.ReadAllBytes(from), File.ReadAllBytes(to));
    }

    // Reads every array as numbers of its type and writes them again; the standard library alone.
    const string PythonCopy = """
        import json, struct, sys

        codes = {"F64": "d", "F32": "f", "I64": "q", "I32": "i", "I16": "h", "I8": "b", "U8": "B", "BOOL": "?", "BF16": "H"}
        order = ["I64", "F64", "F32", "I32", "BF16", "I16", "I8", "U8", "BOOL"]

        with open(sys.argv[1], "rb") as file:
            data = file.read()
        size, = struct.unpack("<Q", data[:8])
        header = json.loads(data[8:8 + size].decode("utf-8"))
        metadata = header.pop("__metadata__", None)
        arrays = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            count = 1
            for extent in entry["shape"]:
                count *= extent
            code = "<%d%s" % (count, codes[entry["dtype"]])
            arrays[name] = (entry["dtype"], entry["shape"], code, struct.unpack(code, data[8 + size + begin:8 + size + end]))

        out, body = {}, b""
        if metadata:
            out["__metadata__"] = dict(sorted(metadata.items()))
        for name in sorted(arrays, key=lambda n: (order.index(arrays[n][0]), n)):
            dtype, shape, code, values = arrays[name]
            packed = struct.pack(code, *values)
            out[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(packed)]}
            body += packed
        text = json.dumps(out, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
        text += b" " * (-len(text) % 8)
        with open(sys.argv[2], "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + body)
        """;

    static byte[] Bytes(string header)
    {
        var text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)text.Length), .. text];
    }

    static IEnumerable<KeyValuePair<string, HostArray>> Named(params (string Name, HostArray Array)[] arrays) =>
        arrays.Select(a => KeyValuePair.Create(a.Name, a.Array));

    static byte[] Written(params (string Name, HostArray Array)[] arrays)
    {
        var stream = new MemoryStream();
        Safetensors.Write(stream, Named(arrays));
        return stream.ToArray();
    }
}
