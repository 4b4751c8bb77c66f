namespace Adjoint;

/// <summary>A row of a table for every token: tok [..] of integers to [.., d].</summary>
public sealed class Embedding : Layer
{
    readonly (int Tokens, int Width) size;

    /// <param name="init">Standard normal numbers if none is given.</param>
    public Embedding(int tokens, int width, Init? init = null)
    {
        size = (tokens, width);
        Weight = Parameter("weight", [tokens, width], init ?? Init.Normal());
    }

    /// <summary>[v, d]</summary>
    public Parameter Weight { get; }

    protected override Tensor Run(Tensor tokens)
    {
        Check(tokens);
        return ((Tensor)Weight).Embedding(tokens);
    }

    public override string ToString() => $"Embedding {size.Tokens} × {size.Width}";

    // Tokens that are there already; those a captured step is given are found out of range when it runs.
    void Check(Tensor tokens)
    {
        if (tokens.Values is null || tokens.Draws is not null || tokens.Type.IsFloating) return;
        var numbers = tokens.ToHost().ToDoubles();
        for (var n = 0; n < numbers.Length; n++)
            if (!(numbers[n] >= 0 && numbers[n] < size.Tokens))
                throw new ShapeException(FormattableString.Invariant(
                    $"{this}: there is no token {numbers[n]} (number {n} of those given).\n  possible  0 to {size.Tokens - 1}\n  tokens : {tokens.Described}"),
                    "tokens", [.. tokens.Shape]);
    }
}
