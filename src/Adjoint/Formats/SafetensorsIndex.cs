using System.Text.Json;

namespace Adjoint;

// {"metadata":{…},"weight_map":{"name":"model-00001-of-00002.safetensors",…}}. Parts lie beside the index: a path out of
// its folder is refused.

/// <summary>Which part of a model each array is in.</summary>
static class SafetensorsIndex
{
    const long MaxBytes = SafetensorsHeader.MaxBytes;

    /// <summary>File names by names of arrays.</summary>
    public static OrderedDictionary<string, string> Read(string path)
    {
        var source = new FileSource("Safetensors.Read", path);
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxBytes)
            throw source.Wrong("is too large for an index", $"{FileSource.Bytes(MaxBytes)} at most",
                FileSource.Bytes(stream.Length));
        return Parse(new BoundedReader(stream, stream.Length).ReadUpTo((int)stream.Length), source);
    }

    internal static OrderedDictionary<string, string> Parse(ReadOnlySpan<byte> text, FileSource source)
    {
        var places = new OrderedDictionary<string, string>();
        try
        {
            var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 16 });
            var isMap = false;
            while (json.Read())
            {
                if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName)
                    isMap = json.ValueTextEquals("weight_map"u8);
                if (!isMap || json.CurrentDepth != 2 || json.TokenType != JsonTokenType.PropertyName) continue;
                var name = json.GetString()!;
                json.Read();
                var part = json.TokenType == JsonTokenType.String ? json.GetString()! : "";
                if (part.Length == 0 || part != Path.GetFileName(part) || part is "." or "..")
                    throw source.Wrong("names a part that is no file beside it", "a file name", FileSource.Quoted(part));
                if (!places.TryAdd(name, part))
                    throw source.Wrong("is damaged", "every name once", $"{FileSource.Quoted(name)} twice");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw source.Wrong("is damaged", "JSON", e.Message.TrimEnd('.'), inner: e);
        }
        return places.Count > 0 ? places
            : throw source.Wrong("is no index of safetensors files", "an object 'weight_map'", "none, or an empty one");
    }
}
