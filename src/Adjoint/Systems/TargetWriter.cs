namespace Adjoint;

/// <summary>What was written for a source, and the logarithm of its probability.</summary>
/// <param name="LogProbability">By the scores of the model, however it was drawn; that of the end included where there is one.</param>
public sealed record WrittenText(string Source, string Text, double LogProbability);

/// <summary>Reads a text and writes another with a trained model.</summary>
/// <param name="alphabet">Character 0 ends a text and is in none.</param>
/// <param name="sourceLength">The most characters the model reads.</param>
/// <param name="targetLength">The most characters it writes, the one that ends the text included.</param>
public sealed class TargetWriter(Seq2Seq model, Alphabet alphabet, int sourceLength, int targetLength)
{
    readonly SequenceWriter writer = new(model, sourceLength);
    readonly string known = string.Concat(alphabet.Characters.Skip(1));

    /// <summary>Reads and writes; its weights may be loaded after the writer was made.</summary>
    public Seq2Seq Model => model;

    /// <summary>The likeliest text that goes on with the likeliest so many beginnings at each place; of 1, with the likeliest
    /// character.</summary>
    /// <param name="length">The most characters.</param>
    /// <exception cref="DataException">The source is empty, too long, or has a character that is not read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1.</exception>
    public WrittenText Beam(string source, int width, int length = int.MaxValue) =>
        Spelled(source, writer.Beam(Encoded("source", source, sourceLength), Math.Min(length, targetLength), width)[0]);

    /// <summary>Each character drawn.</summary>
    /// <param name="seed">The same seed writes the same.</param>
    /// <param name="length">The most characters.</param>
    /// <exception cref="DataException">The source is empty, too long, or has a character that is not read.</exception>
    public WrittenText Sample(string source, Sampling sampling, ulong seed, int length = int.MaxValue) =>
        Spelled(source, writer.Sample(Encoded("source", source, sourceLength), Math.Min(length, targetLength), sampling, seed));

    /// <summary>What the model reads of a source while it writes a target; null for a model without attention.</summary>
    /// <exception cref="DataException">One of the texts is empty, too long, or has a character that is not read.</exception>
    public AlignmentMap? Alignment(string source, string target)
    {
        var (read, written) = (Encoded("source", source, sourceLength), Encoded("target", target, targetLength));
        return writer.Weights(read, written) is { } weights ? new(source, target, weights) : null;
    }

    WrittenText Spelled(string source, WrittenSequence written) => new(source, alphabet.Decode([.. written.Tokens]), written.LogProbability);

    int[] Encoded(string name, string text, int most)
    {
        if (text.Length == 0 || text.Length > most)
            throw new DataException($"TargetWriter: the {name} has {text.Length} characters.\n  possible  1 to {most}", name);
        for (var i = 0; i < text.Length; i++)
            if (!known.Contains(text[i])) throw Unknown(name, text, i);
        return alphabet.Encode(text);
    }

    DataException Unknown(string name, string text, int at)
    {
        var hint = text.All(c => known.Contains(char.ToLowerInvariant(c))) ? $"\nHint: in small letters all of the {name} is known." : "";
        return new($"TargetWriter: {FileSource.Quoted(text[at].ToString())} (U+{(int)text[at]:X4}) at {at} of the {name} is not among "
            + $"the characters that are read.\n  possible  \"{known}\"{hint}", name);
    }
}
