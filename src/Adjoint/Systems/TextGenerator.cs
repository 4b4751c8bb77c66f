namespace Adjoint;

/// <summary>Goes on with a text, character by character.</summary>
public sealed class TextGenerator(LanguageModel model, Alphabet alphabet)
{
    public LanguageModel Model => model;

    /// <summary>What follows a prompt, without it; each character as soon as it is drawn.</summary>
    /// <param name="prompt">A line break where it is empty.</param>
    /// <param name="seed">The same seed says the same.</param>
    /// <exception cref="DataException">A character of the prompt is not in the alphabet.</exception>
    public IEnumerable<char> Continue(string prompt, int length, Sampling sampling, ulong seed)
    {
        var first = alphabet.Characters.Contains('\n') ? "\n" : $"{alphabet.Characters[0]}";
        return Drawn(alphabet.Encode(prompt.Length > 0 ? prompt : first), length, sampling, seed);
    }

    IEnumerable<char> Drawn(int[] prompt, int length, Sampling sampling, ulong seed)
    {
        model.Evaluate();
        var (text, random) = (model.Continue(), new Philox(seed, Philox.StreamOf("generate"), 0));
        foreach (var token in prompt[..^1]) text.Next(token);
        for (var (n, last) = (0, prompt[^1]); n < length; n++)
        {
            last = sampling.Draw(text.Next(last), random.Uniform(n));
            yield return alphabet.Characters[last];
        }
    }
}
