namespace Adjoint;

/// <summary>What an indexer takes for an axis: a position, counted from either end, or a range.</summary>
public readonly record struct Position(Range Range, bool IsSingle)
{
    public static implicit operator Position(int at) => new(AsRange(at < 0 ? new Index(-at, fromEnd: true) : at), true);
    public static implicit operator Position(Index at) => new(AsRange(at), true);
    public static implicit operator Position(Range range) => new(range, false);

    /// <summary>Whether it is <c>..</c>.</summary>
    public bool IsAll => !IsSingle && Range.Equals(Range.All);

    static Range AsRange(Index at) => new(at, at.IsFromEnd ? new Index(at.Value - 1, fromEnd: true) : at.Value + 1);
}
