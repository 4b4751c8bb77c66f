namespace Adjoint;

// Files of byte-level vocabularies are texts, and a byte may be a space or half a character. So each byte is written as one
// character that is neither: itself where Latin-1 prints it, else the next one from U+0100 on.

/// <summary>One printable character for each byte, as GPT-2's files write them.</summary>
static class ByteCharacters
{
    const int First = 256;

    static readonly char[] characters = Table();

    static readonly Dictionary<char, byte> bytes = characters.Index().ToDictionary(c => c.Item, c => (byte)c.Index);

    public static char Of(byte value) => characters[value];

    /// <summary>The bytes that characters stand for; null where one stands for none.</summary>
    public static byte[]? Bytes(string text)
    {
        var made = new byte[text.Length];
        for (var i = 0; i < made.Length; i++)
            if (!bytes.TryGetValue(text[i], out made[i])) return null;
        return made;
    }

    static char[] Table()
    {
        var (table, next) = (new char[256], First);
        for (var b = 0; b < table.Length; b++) table[b] = (char)(IsPrinted(b) ? b : next++);
        return table;
    }

    static bool IsPrinted(int b) => b is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ');
}
