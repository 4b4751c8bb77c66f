using System.Collections.Concurrent;
using System.Text;

namespace Adjoint;

/// <summary>GPT-2's vocabulary: the bytes of each word of a text, of which pairs become one token by the earliest merge that there is
/// (arXiv:1508.07909 on bytes). No text is unknown where each byte is a token.</summary>
public sealed class BytePairEncoding : Vocabulary
{
    const string EndOfText = "<|endoftext|>";
    const int MostWords = 20_000, LongestWord = 32; // what is remembered: a few MB, and nearly every word of a text

    readonly byte[][] bytes; // of each token
    readonly int[] tokenOf = new int[256]; // of each byte; -1 for none
    readonly Dictionary<(int Left, int Right), (int Rank, int Token)> merges = [];
    readonly ConcurrentDictionary<string, int[]> known = [];
    readonly int? end;

    BytePairEncoding(ReadOnlySpan<byte> vocabulary, string vocabularyFile, ReadOnlySpan<byte> merges, string mergesFile)
    {
        var tokens = BytePairFiles.Tokens(vocabulary, vocabularyFile);
        bytes = [.. tokens.Select((t, n) => ByteCharacters.Bytes(t) ?? throw BytePairFiles.NoBytes(vocabularyFile, n, t))];
        var numbers = tokens.Index().ToDictionary(t => t.Item, t => t.Index);
        for (var b = 0; b < tokenOf.Length; b++) tokenOf[b] = numbers.GetValueOrDefault($"{ByteCharacters.Of((byte)b)}", -1);
        end = numbers.TryGetValue(EndOfText, out var last) ? last : null;
        foreach (var (left, right, line) in BytePairFiles.Merges(merges, mergesFile))
        {
            var pair = (Number(left), Number(right));
            if (!this.merges.TryAdd(pair, (this.merges.Count, Number(left + right)))) throw BytePairFiles.Twice(mergesFile, line, left, right);

            int Number(string token) => numbers.TryGetValue(token, out var number) ? number : throw BytePairFiles.Unknown(mergesFile, line, token);
        }
    }

    /// <summary>Reads the two files that Hugging Face ships with a model.</summary>
    /// <param name="vocabulary">vocab.json: an object of tokens and their numbers, 0 to n - 1.</param>
    /// <param name="merges">merges.txt: a pair of tokens in each line, the earliest merge first.</param>
    /// <exception cref="FileFormatException">A file is damaged, or the two do not belong together.</exception>
    public static BytePairEncoding Read(string vocabulary, string merges) =>
        new(BytePairFiles.Bytes(vocabulary), vocabulary, BytePairFiles.Bytes(merges), merges);

    public override int Count => bytes.Length;

    /// <summary>The tokens of a text; what looks like a special token is text as any other.</summary>
    /// <exception cref="DataException">A byte of the text is no token; a vocabulary of all 256 has none such.</exception>
    public override int[] Encode(ReadOnlySpan<char> text)
    {
        var tokens = new List<int>();
        while (text.Length > 0)
        {
            var word = text[..WordSplit.First(text)];
            tokens.AddRange(TokensOf(word));
            text = text[word.Length..];
        }
        return [.. tokens];
    }

    /// <summary>The text of tokens; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of a number.</exception>
    public override string Decode(ReadOnlySpan<int> tokens) => Encoding.UTF8.GetString(DecodeBytes(tokens));

    /// <summary>The bytes of tokens, of which several may make one character.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of a number.</exception>
    public byte[] DecodeBytes(ReadOnlySpan<int> tokens)
    {
        var all = new List<byte>();
        foreach (var token in tokens) all.AddRange(BytesOf(token));
        return [.. all];
    }

    /// <summary>The bytes of one token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of this number.</exception>
    public ReadOnlySpan<byte> BytesOf(int token) => (uint)token < (uint)Count ? bytes[token]
        : throw new ArgumentOutOfRangeException(nameof(token), token, $"BytePairEncoding: there are {Count} tokens.");

    internal override IEnumerable<char> Spelled(IEnumerable<int> tokens)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        foreach (var token in tokens)
            foreach (var character in Characters(BytesOf(token), isLast: false)) yield return character;
        foreach (var character in Characters([], isLast: true)) yield return character;

        // The decoder keeps the bytes of a character that is not whole yet.
        char[] Characters(ReadOnlySpan<byte> part, bool isLast)
        {
            var characters = new char[decoder.GetCharCount(part, isLast)];
            decoder.GetChars(part, characters, isLast);
            return characters;
        }
    }

    /// <summary>The end of one text is where the next begins; without such a token a line does.</summary>
    internal override int[] Start => [end ?? Math.Max(0, tokenOf['\n'])];

    internal override int? End => end;

    int[] TokensOf(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestWord) return Merged(word);
        var words = known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (words.TryGetValue(word, out var tokens)) return tokens;
        tokens = Merged(word);
        if (known.Count < MostWords) words[word] = tokens;
        return tokens;
    }

    // Parts of a word are a chain; the number of a part that went into its left neighbour is -1. A pair in the queue may be gone
    // when its turn comes: then one of its parts has another number.
    int[] Merged(ReadOnlySpan<char> word)
    {
        var parts = Bytes(word);
        int[] next = [.. Enumerable.Range(1, parts.Length)], previous = [.. Enumerable.Range(-1, parts.Length)];
        var queue = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (var at = 0; at < parts.Length; at++) Enter(at);
        while (queue.TryDequeue(out var pair, out _))
        {
            var (at, right) = (pair.At, next[pair.At]);
            if (parts[at] != pair.Left || right == parts.Length || parts[right] != pair.Right) continue;
            (parts[at], parts[right]) = (merges[(pair.Left, pair.Right)].Token, -1);
            next[at] = next[right];
            if (next[at] < parts.Length) previous[next[at]] = at;
            Enter(at);
            if (previous[at] >= 0) Enter(previous[at]);
        }
        return [.. parts.Where(p => p >= 0)];

        void Enter(int at)
        {
            if (next[at] < parts.Length && merges.TryGetValue((parts[at], parts[next[at]]), out var merge))
                queue.Enqueue((at, parts[at], parts[next[at]]), (merge.Rank, at));
        }
    }

    int[] Bytes(ReadOnlySpan<char> word)
    {
        var text = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, text);
        var tokens = new int[text.Length];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = tokenOf[text[i]] is >= 0 and var token ? token
                : throw new DataException($"BytePairEncoding.Encode: the byte {text[i]:X2} of {FileSource.Quoted(word.ToString())} "
                    + $"is none of the {Count} tokens.", "text");
        return tokens;
    }
}
