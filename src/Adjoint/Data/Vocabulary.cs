namespace Adjoint;

/// <summary>Texts as numbers and back: what a model of text reads and writes.</summary>
public abstract class Vocabulary
{
    private protected Vocabulary() { }

    /// <summary>How many tokens there are; their numbers are 0 to Count - 1.</summary>
    public abstract int Count { get; }

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="DataException">A part of the text is no token.</exception>
    public abstract int[] Encode(ReadOnlySpan<char> text);

    /// <summary>The text of tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of a number.</exception>
    public abstract string Decode(ReadOnlySpan<int> tokens);

    /// <summary>The text of tokens that come one by one: each character as soon as it is whole.</summary>
    internal abstract IEnumerable<char> Spelled(IEnumerable<int> tokens);

    /// <summary>What stands before a text of which nothing is known; at least one token.</summary>
    internal abstract int[] Start { get; }

    /// <summary>The token after which a text is over, if there is one.</summary>
    internal virtual int? End => null;
}
