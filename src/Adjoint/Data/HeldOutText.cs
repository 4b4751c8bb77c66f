namespace Adjoint;

/// <summary>A text as numbers: the first 90 % to learn from, the rest to judge by.</summary>
sealed record HeldOutText(string Name, int[] Train, int[] Held, Alphabet Alphabet)
{
    const double TrainShare = 0.9;

    public static HeldOutText Of(string name, string text)
    {
        var alphabet = Alphabet.Of(text);
        var tokens = alphabet.Encode(text);
        var train = (int)(tokens.Length * TrainShare);
        return new(name, tokens[..train], tokens[train..], alphabet);
    }

    /// <param name="file">Null for Tiny Shakespeare.</param>
    public static HeldOutText Read(string? file) => file is null ? Of(TinyShakespeare.Source.Name, TinyShakespeare.Text())
        : Of(Path.GetFileName(file), File.ReadAllText(file));

    /// <summary>The same to learn from, another text to judge by.</summary>
    public HeldOutText JudgedBy(string file) => this with { Name = Path.GetFileName(file), Held = Alphabet.Encode(File.ReadAllText(file)) };
}
