namespace Adjoint;

/// <summary>Goes on with a text, token by token.</summary>
/// <param name="vocabulary">At most as many tokens as the model has; of the scores of further ones nothing is drawn.</param>
public sealed class TextGenerator(LanguageModel model, Vocabulary vocabulary)
{
    public LanguageModel Model => model;

    /// <summary>What follows a prompt, without it; each character as soon as it is whole.</summary>
    /// <param name="prompt">Where it is empty, a line or a text begins.</param>
    /// <param name="length">The most tokens; fewer where the model ends the text.</param>
    /// <param name="seed">The same seed says the same.</param>
    /// <exception cref="DataException">A part of the prompt is not in the vocabulary.</exception>
    public IEnumerable<char> Continue(string prompt, int length, Sampling sampling, ulong seed) =>
        vocabulary.Spelled(Drawn(prompt.Length > 0 ? vocabulary.Encode(prompt) : vocabulary.Start, length, sampling, seed));

    IEnumerable<int> Drawn(int[] prompt, int length, Sampling sampling, ulong seed)
    {
        model.Evaluate();
        var (text, random) = (model.Continue(), new Philox(seed, Philox.StreamOf("generate"), 0));
        for (var (n, unread) = (0, prompt); n < length; n++)
        {
            var next = sampling.Draw(text.Next(unread)[..vocabulary.Count], random.Uniform(n));
            if (next == vocabulary.End) yield break;
            yield return next;
            unread = [next];
        }
    }
}
