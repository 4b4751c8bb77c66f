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

    protected override Tensor Run(Tensor tokens) => ((Tensor)Weight).Embedding(tokens);

    public override string ToString() => $"Embedding {size.Tokens} × {size.Width}";
}
