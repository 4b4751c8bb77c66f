namespace Adjoint;

/// <summary>What an indexer takes for an axis: a position, counted from either end, or a range. A range is of its own axis always,
/// <c>..</c> too, which C# does not tell from <c>0..</c>.</summary>
public readonly record struct Position(Range Range, bool IsSingle)
{
    /// <summary>All axes that are not named, as many as there are: <c>x[Position.Rest, 0]</c> is NumPy's <c>x[..., 0]</c>.</summary>
    public static Position Rest { get; } = new(Range.All, false) { IsRest = true };

    public static implicit operator Position(int at) => new(AsRange(at < 0 ? new Index(-at, fromEnd: true) : at), true);
    public static implicit operator Position(Index at) => new(AsRange(at), true);
    public static implicit operator Position(Range range) => new(range, false);

    /// <summary>Whether it stands for any number of axes.</summary>
    public bool IsRest { get; private init; }

    static Range AsRange(Index at) => new(at, at.IsFromEnd ? new Index(at.Value - 1, fromEnd: true) : at.Value + 1);
}
