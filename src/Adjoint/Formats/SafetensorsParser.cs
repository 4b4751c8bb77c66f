using System.Text.Json;

namespace Adjoint;

/// <summary>One pass over the JSON text of a header.</summary>
ref struct SafetensorsParser(ReadOnlySpan<byte> text, FileSource source)
{
    const int MaxRank = 64;

    Utf8JsonReader json = new(text, new JsonReaderOptions { MaxDepth = 4 });
    readonly OrderedDictionary<string, SafetensorsEntry> entries = [];
    Dictionary<string, string>? metadata;

    public SafetensorsHeader Run()
    {
        Next(JsonTokenType.StartObject, "an object");
        while (NextName() is { } name)
        {
            if (name == SafetensorsHeader.MetadataKey)
            {
                if (metadata is not null) throw Twice(name);
                ReadMetadata();
            }
            else if (!entries.TryAdd(name, ReadEntry(name))) throw Twice(name);
        }
        if (json.Read()) throw Unexpected("the end of the header");
        return new(entries, metadata ?? []);
    }

    void ReadMetadata()
    {
        metadata = [];
        Next(JsonTokenType.StartObject, "an object");
        while (NextName() is { } key)
        {
            Next(JsonTokenType.String, $"a text for {FileSource.Quoted(key)}");
            if (!metadata.TryAdd(key, json.GetString()!)) throw Twice(key);
        }
    }

    SafetensorsEntry ReadEntry(string name)
    {
        var named = source with { Array = FileSource.Quoted(name)[1..^1] };
        string? code = null;
        long[]? shape = null, offsets = null;
        Next(JsonTokenType.StartObject, "an object");
        while (NextName() is { } key)
            switch (key)
            {
                case "dtype" when code is null:
                    Next(JsonTokenType.String, "a dtype");
                    code = json.GetString()!;
                    break;
                case "shape" when shape is null: shape = ReadNumbers(MaxRank); break;
                case "data_offsets" when offsets is null: offsets = ReadNumbers(2); break;
                default:
                    throw named.Wrong("is damaged", "the keys 'dtype', 'shape' and 'data_offsets', once each",
                    $"key {FileSource.Quoted(key)}");
            }
        if (code is null || shape is null || offsets is not [var begin, var end])
            throw named.Wrong("is damaged", "the keys 'dtype', 'shape' and 'data_offsets', once each", "not all of them");
        return EntryOf(named, code, shape, begin, end);
    }

    static SafetensorsEntry EntryOf(FileSource named, string code, long[] shape, long begin, long end)
    {
        var at = Array.FindIndex(SafetensorsHeader.Types, t => t.Code == code);
        if (at < 0)
            throw named.Wrong("holds no numbers that Adjoint has", string.Join(", ", SafetensorsHeader.Types.Select(t => t.Code)),
                FileSource.Quoted(code));
        var type = SafetensorsHeader.Types[at].Type;
        var text = $"{type.Name}[{string.Join(", ", shape)}]";
        if (HostArray.CountOf(type, shape) is not { } count)
            throw named.Wrong("has a shape that does not fit in memory",
                $"sizes from 0 to {int.MaxValue}, {FileSource.Bytes(Array.MaxLength)} at most", text);
        if (begin < 0 || end < begin || end - begin != (long)count * type.ByteSize)
            throw named.Wrong("has bytes that do not fit its shape",
                $"{FileSource.Bytes((long)count * type.ByteSize)} for {text}", $"bytes {begin} to {end}");
        return new(type, Array.ConvertAll(shape, size => (int)size), begin, end);
    }

    long[] ReadNumbers(int most)
    {
        var numbers = new List<long>();
        Next(JsonTokenType.StartArray, "an array of numbers");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number))
                throw Unexpected("a whole number");
            if (numbers.Count == most) throw Unexpected($"{most} numbers at most");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    /// <summary>The next name of an object; null at its end.</summary>
    string? NextName()
    {
        if (!json.Read()) throw Unexpected("the end of an object");
        return json.TokenType == JsonTokenType.EndObject ? null : json.GetString()!;
    }

    void Next(JsonTokenType kind, string expected)
    {
        if (!json.Read() || json.TokenType != kind) throw Unexpected(expected);
    }

    readonly FileFormatException Unexpected(string expected) => source.Wrong("has a header that is damaged",
        $"{expected} at byte {json.TokenStartIndex}", $"{json.TokenType}");

    readonly FileFormatException Twice(string name) =>
        source.Wrong("has a header that is damaged", "every name once", $"{FileSource.Quoted(name)} twice");
}
