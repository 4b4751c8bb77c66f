using System.Text.Encodings.Web;
using System.Text.Json;

namespace Adjoint;

/// <summary>Where one array lies: bytes <paramref name="Begin"/> to <paramref name="End"/> behind the header.</summary>
readonly record struct SafetensorsEntry(DType Type, int[] Shape, long Begin, long End);

// {"__metadata__":{"key":"text"},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}, padded with spaces.
// The arrays must fill the bytes behind the header without a gap and without overlap, which is what makes the format safe
// to map: nothing hides between two arrays, and no two names share bytes.

/// <summary>What a safetensors file says of itself.</summary>
/// <param name="Entries">In the order of the file.</param>
sealed record SafetensorsHeader(
    OrderedDictionary<string, SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    public const string MetadataKey = "__metadata__";
    public const int MaxBytes = 100_000_000; // as the reference implementation

    const int Alignment = 8;
    const string Reader = "Safetensors.Read";

    // From the widest to the narrowest, so that every array is aligned; the order within a width is the reference's.
    public static readonly (string Code, DType Type)[] Types =
    [
        ("U64", DType.UInt64), ("I64", DType.Int64), ("F64", DType.Float64), ("F32", DType.Float32),
        ("U32", DType.UInt32), ("I32", DType.Int32), ("BF16", DType.BFloat16), ("F16", DType.Float16),
        ("U16", DType.UInt16), ("I16", DType.Int16), ("I8", DType.Int8), ("U8", DType.UInt8), ("BOOL", DType.Bool),
    ];

    /// <summary>The order in which arrays are written: wide types first, then by name.</summary>
    public static List<KeyValuePair<string, HostArray>> Sorted(IEnumerable<KeyValuePair<string, HostArray>> arrays) =>
        [.. arrays.OrderBy(a => Array.FindIndex(Types, t => t.Type == a.Value.Type))
            .ThenBy(a => a.Key, StringComparer.Ordinal)];

    /// <summary>The header of arrays that follow each other in this order, padded to whole words.</summary>
    public static byte[] Print(
        IEnumerable<KeyValuePair<string, HostArray>> arrays, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
            var at = 0L;
            foreach (var (name, array) in arrays)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", Array.Find(Types, t => t.Type == array.Type).Code);
                Write(json, "shape", Array.ConvertAll(array.Shape.ToArray(), size => (long)size));
                Write(json, "data_offsets", [at, at += array.Bytes.Length]);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (stream.Length % Alignment != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    /// <summary>Checks everything that the header says against the bytes that are there.</summary>
    /// <param name="length">Bytes behind the header.</param>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> text, long length, string file)
    {
        var source = new FileSource(Reader, file);
        SafetensorsHeader header;
        try
        {
            header = new SafetensorsParser(text, source).Run();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a string that is no UTF-8
            throw source.Wrong("has a header that is damaged", "a JSON object of arrays", e.Message.TrimEnd('.'),
                inner: e);
        }
        header.CheckCover(length, source);
        return header;
    }

    void CheckCover(long length, FileSource source)
    {
        var at = 0L;
        foreach (var (name, entry) in Entries.OrderBy(e => e.Value.Begin).ThenBy(e => e.Value.End))
        {
            if (entry.Begin != at)
                throw (source with { Array = FileSource.Quoted(name)[1..^1] }).Wrong("lies over another array or behind a gap",
                    $"its first byte at {at}", $"{entry.Begin}");
            at = entry.End;
        }
        if (at != length)
            throw source.Wrong(at > length ? "is cut short" : "goes on after its arrays",
                $"{FileSource.Bytes(at)} behind the header", FileSource.Bytes(length));
    }

    static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
