namespace Adjoint;

// A tensor needs memory from the first step that touches it to the last; a time loop is one step. Tensors whose
// intervals do not meet may lie in the same place. The largest is placed first, each at the lowest place that is free
// during its interval.

/// <summary>Where the intermediate tensors of a program lie in one piece of memory.</summary>
sealed class ArenaPlan
{
    readonly List<(long Offset, Interval Interval)> placed = [];
    readonly Dictionary<int, long> offsets = [];

    /// <param name="intervals">One for each buffer.</param>
    public ArenaPlan(IEnumerable<Interval> intervals)
    {
        foreach (var interval in intervals.OrderByDescending(i => i.Bytes).ThenBy(i => i.First).ThenBy(i => i.Buffer))
            offsets[interval.Buffer] = Place(interval);
    }

    /// <summary>Of the whole arena.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of each buffer by its number.</summary>
    public IReadOnlyDictionary<int, long> Offsets => offsets;

    long Place(Interval interval)
    {
        var bytes = Aligned(interval.Bytes);
        var offset = 0L;
        // In the order of their offsets, so that the first gap that is wide enough is the lowest.
        foreach (var (at, other) in placed)
        {
            if (other.Last < interval.First || other.First > interval.Last) continue;
            if (at >= offset + bytes) break;
            offset = Math.Max(offset, at + Aligned(other.Bytes));
        }
        var place = placed.BinarySearch((offset, interval), ByOffset);
        placed.Insert(place < 0 ? ~place : place, (offset, interval));
        Bytes = Math.Max(Bytes, offset + bytes);
        return offset;
    }

    static long Aligned(long bytes) => (bytes + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;

    static readonly Comparer<(long Offset, Interval Interval)> ByOffset =
        Comparer<(long Offset, Interval Interval)>.Create((a, b) => a.Offset.CompareTo(b.Offset));

    /// <summary>The steps during which a buffer holds what somebody reads.</summary>
    public readonly record struct Interval(int Buffer, long Bytes, int First, int Last);
}
