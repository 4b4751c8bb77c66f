namespace Adjoint;

/// <summary>What the blocks of a transformer have in common.</summary>
/// <param name="Width">Numbers of a position.</param>
public sealed record TransformerOptions(int Width, int Heads)
{
    /// <summary>Units between the two layers of the feed-forward part; four times the width if it is not given.</summary>
    public int Hidden { get; init; } = 4 * Width;

    /// <summary>What stands between those two layers: gelu if nothing is given.</summary>
    public Func<Tensor, Tensor> Activation { get; init; } = x => x.Gelu();

    public double Dropout { get; init; }

    /// <summary>Whether the norm stands before each part, so that nothing stands in the way of the sum; otherwise after it, as in
    /// the first transformers.</summary>
    public bool IsPreNorm { get; init; } = true;

    /// <summary>Whether linear layers have a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>How a position reads the others.</summary>
    public AttentionRule Rule { get; init; } = new ScaledDotProduct();

    /// <summary>Whether queries and keys are turned by their position.</summary>
    public bool IsRotary { get; init; }

    /// <summary>Of the weights; the usual ones of each layer if none is given.</summary>
    public Init? Init { get; init; }

    /// <summary>Of the weights whose result is added to x; <see cref="Init"/> if none is given.</summary>
    public Init? OutInit { get; init; }
}
