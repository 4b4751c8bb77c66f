using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Adjoint.Tests;

// Written apart from the library: words by the published pattern, the characters of bytes by a list, encoding by the first
// implementation's way (all places of the earliest pair at once). It knows no characters beyond U+FFFF as letters.

/// <summary>A small byte-level vocabulary: learned from a text, or given by hand.</summary>
sealed partial class ToyVocabulary(IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges)
{
    public IReadOnlyList<string> Tokens => tokens;

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern();

    /// <summary>All bytes, and the pairs that are most frequent in a text.</summary>
    public static ToyVocabulary Learned(string text, int count, params string[] special)
    {
        var words = Words(text).Select(w => Spelled(w).Select(c => $"{c}").ToList()).ToList();
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(b => $"{Character((byte)b)}")];
        List<(string, string)> merges = [];
        while (merges.Count < count)
        {
            var best = words.SelectMany(w => w.Zip(w.Skip(1))).CountBy(p => p).OrderByDescending(p => p.Value).ThenBy(p => p.Key).First().Key;
            merges.Add(best);
            tokens.Add(best.First + best.Second);
            foreach (var word in words) Merge(word, best);
        }
        return new([.. tokens, .. special], merges);
    }

    /// <summary>Writes vocab.json and merges.txt into a folder and reads them.</summary>
    public BytePairEncoding In(ScratchFolder folder)
    {
        var numbers = tokens.Index().ToDictionary(t => t.Item, t => t.Index);
        var merged = "#version: 0.2\n" + string.Concat(merges.Select(m => $"{m.Left} {m.Right}\n"));
        return BytePairEncoding.Read(folder.Write("vocab.json", JsonSerializer.Serialize(numbers)), folder.Write("merges.txt", merged));
    }

    public static IEnumerable<string> Words(string text) => Pattern().Matches(text).Select(m => m.Value);

    public int[] Encode(string text) => [.. Words(text).SelectMany(EncodeWord)];

    IEnumerable<int> EncodeWord(string word)
    {
        var parts = Spelled(word).Select(c => $"{c}").ToList();
        while (parts.Zip(parts.Skip(1)).Where(merges.Contains).ToList() is { Count: > 0 } pairs)
            Merge(parts, pairs.MinBy(p => merges.ToList().IndexOf(p)));
        return parts.Select(p => tokens.ToList().IndexOf(p));
    }

    static void Merge(List<string> parts, (string Left, string Right) pair)
    {
        for (var i = 0; i + 1 < parts.Count; i++)
            if ((parts[i], parts[i + 1]) == pair)
            {
                parts[i] += parts[i + 1];
                parts.RemoveAt(i + 1);
            }
    }

    static string Spelled(string word) => string.Concat(Encoding.UTF8.GetBytes(word).Select(Character));

    // The bytes that are no printed character of Latin-1, in order, are U+0100 and so on.
    static char Character(byte value) => Array.IndexOf(Hidden, value) is >= 0 and var place ? (char)(256 + place) : (char)value;

    static readonly byte[] Hidden = [.. Enumerable.Range(0, 33).Concat(Enumerable.Range(127, 34)).Append(173).Select(b => (byte)b)];
}
