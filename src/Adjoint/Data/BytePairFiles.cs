using System.Text;
using System.Text.Json;

namespace Adjoint;

// vocab.json is one object of texts and numbers; merges.txt has a pair of texts in each line, the earliest merge first.
// Neither is trusted: what is read grows with the bytes that are there, and every fault is told with its file and line.

/// <summary>The two files of a byte-level vocabulary.</summary>
static class BytePairFiles
{
    const string Reader = "BytePairEncoding.Read";
    const int MaxBytes = 1 << 26; // GPT-2's have 1.0 and 0.5 MB

    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>A file whole, without the mark that some editors put before a text.</summary>
    public static byte[] Bytes(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxBytes)
            throw new FileSource(Reader, path).Wrong("is too large for a vocabulary", $"{FileSource.Bytes(MaxBytes)} at most",
                FileSource.Bytes(stream.Length));
        var bytes = new BoundedReader(stream, stream.Length).ReadUpTo((int)stream.Length);
        return bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
    }

    /// <summary>The text of each token, in the order of their numbers.</summary>
    /// <exception cref="FileFormatException">The file is damaged, or its numbers are not 0 to n - 1.</exception>
    public static string[] Tokens(ReadOnlySpan<byte> text, string file)
    {
        var source = new FileSource(Reader, file);
        try
        {
            return Ordered(Entries(text, source), text, source);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no UTF-8
            throw source.Wrong("is damaged", "an object of tokens and numbers in JSON", e.Message.TrimEnd('.'), inner: e);
        }
    }

    /// <summary>Pairs of texts with the line each is in, the earliest merge first.</summary>
    /// <exception cref="FileFormatException">The file is damaged.</exception>
    public static List<(string Left, string Right, int Line)> Merges(ReadOnlySpan<byte> text, string file)
    {
        var source = new FileSource(Reader, file);
        var merges = new List<(string, string, int)>();
        var line = 0;
        foreach (var part in text.Split((byte)'\n'))
        {
            line++;
            var bytes = text[part].TrimEnd((byte)'\r');
            // '# #' may be a merge: only the first line is a heading.
            if (bytes.IsEmpty || line == 1 && bytes.StartsWith("#version"u8)) continue;
            var words = Words(bytes, line, source);
            if (words is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw source.Wrong("is damaged", $"two tokens and a space between them in line {line}", FileSource.Quoted(string.Join(' ', words)));
            merges.Add((left, right, line));
        }
        return merges;
    }

    /// <summary>A fault of a merge that the vocabulary does not know.</summary>
    public static FileFormatException Unknown(string file, int line, string token) => new FileSource(Reader, file).Wrong(
        $"merges tokens that the vocabulary does not have, line {line}", $"{FileSource.Quoted(token)} among its tokens", "no such token",
        "vocab.json and merges.txt belong together: take both from one model.");

    /// <summary>A fault of a pair that is merged twice.</summary>
    public static FileFormatException Twice(string file, int line, string left, string right) => new FileSource(Reader, file).Wrong(
        "is damaged", "every pair once", $"{FileSource.Quoted($"{left} {right}")} twice, line {line}");

    /// <summary>A fault of a token that stands for no bytes.</summary>
    public static FileFormatException NoBytes(string file, int number, string token) => new FileSource(Reader, file).Wrong(
        "is no vocabulary of bytes", "characters that stand for bytes each, as in GPT-2's", $"token {number}, {FileSource.Quoted(token)}");

    static Dictionary<string, (long Number, long At)> Entries(ReadOnlySpan<byte> text, FileSource source)
    {
        var entries = new Dictionary<string, (long, long)>();
        var json = new Utf8JsonReader(text);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw Unexpected("an object of tokens and numbers", text, json, source);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (token, at) = (json.GetString()!, json.TokenStartIndex);
            if (!json.Read() || json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number))
                throw Unexpected($"a whole number for {FileSource.Quoted(token)}", text, json, source);
            if (!entries.TryAdd(token, (number, at)))
                throw source.Wrong("is damaged", "every token once", $"{FileSource.Quoted(token)} twice, line {Line(text, at)}");
        }
        return json.Read() ? throw Unexpected("nothing behind the object", text, json, source) : entries;
    }

    static FileFormatException Unexpected(string expected, ReadOnlySpan<byte> text, in Utf8JsonReader json, FileSource source) =>
        source.Wrong("is no vocabulary", expected, $"{json.TokenType}, line {Line(text, json.TokenStartIndex)}");

    static string[] Words(ReadOnlySpan<byte> bytes, int line, FileSource source)
    {
        try
        {
            return Strict.GetString(bytes).Split(' ');
        }
        catch (DecoderFallbackException e)
        {
            throw source.Wrong("is damaged", $"UTF-8 in line {line}", "bytes that are no character", inner: e);
        }
    }

    static string[] Ordered(Dictionary<string, (long Number, long At)> entries, ReadOnlySpan<byte> text, FileSource source)
    {
        var tokens = new string[entries.Count];
        foreach (var (token, (number, at)) in entries)
        {
            if ((ulong)number >= (ulong)tokens.Length)
                throw source.Wrong("has a number that is none of its tokens", $"0 to {tokens.Length - 1} for {tokens.Length} tokens",
                    $"{number} for {FileSource.Quoted(token)}, line {Line(text, at)}");
            if (tokens[number] is string other)
                throw source.Wrong("is damaged", "every number once",
                    $"{number} for {FileSource.Quoted(other)} and {FileSource.Quoted(token)}, line {Line(text, at)}");
            tokens[number] = token;
        }
        return tokens.Length > 0 ? tokens : throw source.Wrong("is no vocabulary", "tokens", "none");
    }

    // Counted where there is a fault: counting for every token would take the square of the file's length.
    static int Line(ReadOnlySpan<byte> text, long at) => 1 + text[..(int)at].Count((byte)'\n');
}
