namespace Adjoint;

/// <summary>The characters of a text, numbered in the order of their codes.</summary>
public sealed class Alphabet : Vocabulary
{
    readonly char[] characters;
    readonly Dictionary<char, int> numbers = [];

    /// <param name="characters">Each once; their order gives the numbers.</param>
    public Alphabet(IEnumerable<char> characters)
    {
        this.characters = [.. characters];
        for (var i = 0; i < this.characters.Length; i++)
            if (!numbers.TryAdd(this.characters[i], i))
                throw new ArgumentException($"Alphabet: '{this.characters[i]}' is there twice.", nameof(characters));
    }

    /// <summary>All characters that occur in a text.</summary>
    public static Alphabet Of(string text) => new(text.Distinct().Order());

    public override int Count => characters.Length;

    public IReadOnlyList<char> Characters => characters;

    /// <exception cref="DataException">A character is not in the alphabet.</exception>
    public override int[] Encode(ReadOnlySpan<char> text)
    {
        var codes = new int[text.Length];
        for (var i = 0; i < codes.Length; i++)
            codes[i] = numbers.TryGetValue(text[i], out var number) ? number
                : throw new DataException($"Alphabet.Encode: {FileSource.Quoted(text[i].ToString())} (U+{(int)text[i]:X4}) at {i} "
                    + $"is not among the {Count} characters.", "text");
        return codes;
    }

    /// <exception cref="ArgumentOutOfRangeException">A number is not in the alphabet.</exception>
    public override string Decode(ReadOnlySpan<int> tokens)
    {
        var text = new char[tokens.Length];
        for (var i = 0; i < text.Length; i++)
            text[i] = (uint)tokens[i] < (uint)Count ? characters[tokens[i]]
                : throw new ArgumentOutOfRangeException(nameof(tokens), tokens[i], $"Alphabet.Decode: there are {Count} characters.");
        return new(text);
    }

    internal override IEnumerable<char> Spelled(IEnumerable<int> tokens) => tokens.Select(token => characters[token]);

    // A line may begin anywhere.
    internal override int[] Start => [numbers.GetValueOrDefault('\n', 0)];
}
