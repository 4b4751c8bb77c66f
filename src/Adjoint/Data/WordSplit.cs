using System.Globalization;
using System.Text;

namespace Adjoint;

// By hand and not by a regular expression of .NET, which sees halves of the characters beyond U+FFFF and takes no letter
// there for one. The published pattern, whose alternatives stand here in its order:
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+

/// <summary>Where GPT-2 cuts a text into words, within which pairs are merged.</summary>
static class WordSplit
{
    static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    enum Kind { Letter, Number, Space, Other }

    /// <summary>Characters of the first word of a text that is not empty.</summary>
    public static int First(ReadOnlySpan<char> text)
    {
        foreach (var contraction in Contractions)
            if (text.StartsWith(contraction, StringComparison.Ordinal)) return contraction.Length;
        // One space belongs to the word behind it.
        var start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        if (KindOf(text[start..], out _) is not Kind.Space and var kind) return start + Run(text[start..], kind);
        var spaces = Run(text, Kind.Space);
        return spaces == text.Length || spaces == 1 ? spaces : spaces - 1;
    }

    static int Run(ReadOnlySpan<char> text, Kind kind)
    {
        var at = 0;
        while (at < text.Length && KindOf(text[at..], out var length) == kind) at += length;
        return at;
    }

    static Kind KindOf(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out var rune, out length);
        return Rune.IsWhiteSpace(rune) ? Kind.Space : Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
