namespace Adjoint;

// A tensor needs memory from the first step that touches it to the last; a time loop is one step. Tensors whose
// intervals do not meet may lie in the same place. One after the other gets the lowest place that is free during its
// interval; what then lies highest is tried earlier, until nothing lies higher than it must. Where that does not come to
// what lives at one time, orders are tried one after the other.

/// <summary>Where the intermediate tensors of a program lie in one piece of memory.</summary>
sealed class ArenaPlan
{
    // Each costs the square of the buffers; some dozens settle nearly all.
    const int MostTries = 60;
    const long MostSteps = 1_000_000;

    // What comes first: the largest, what stays longest, what is much of both, what begins first, what ends last.
    static readonly Func<Interval, double>[] Weights =
    [
        i => i.Bytes, i => i.Last - i.First, i => (double)i.Bytes * (i.Last - i.First + 1), i => -i.First, i => i.Last,
    ];

    readonly List<(long Offset, Interval Interval)> placed = [];
    readonly Dictionary<int, long> offsets = [];

    ArenaPlan(IEnumerable<Interval> intervals)
    {
        foreach (var interval in intervals) offsets[interval.Buffer] = Place(interval);
    }

    ArenaPlan(IReadOnlyList<Interval> intervals, long[] places)
    {
        for (var i = 0; i < places.Length; i++)
        {
            offsets[intervals[i].Buffer] = places[i];
            Bytes = Math.Max(Bytes, places[i] + Aligned(intervals[i].Bytes));
        }
    }

    /// <param name="intervals">One for each buffer that has memory of its own.</param>
    /// <param name="hosts">For a buffer without, the one in whose memory it lies.</param>
    public static ArenaPlan Of(IReadOnlyList<Interval> intervals, IReadOnlyDictionary<int, int> hosts)
    {
        var peak = Peak(intervals);
        var tries = Math.Min(MostTries, 1 + MostSteps / (1 + (long)intervals.Count * intervals.Count));
        ArenaPlan? best = null;
        foreach (var weight in Weights)
        {
            if (best?.Bytes == peak) break;
            var order = intervals.OrderByDescending(weight).ThenByDescending(i => i.Bytes).ThenBy(i => i.Buffer).ToList();
            var plan = Improved(order, peak, tries);
            if (best is null || plan.Bytes < best.Bytes) best = plan;
        }
        if (best!.Bytes != peak && ArenaSearch.Offsets(intervals, peak) is { } found) best = new(intervals, found) { PeakBytes = peak };
        foreach (var (buffer, host) in hosts) best.offsets[buffer] = best.offsets[host];
        return best;
    }

    static ArenaPlan Improved(List<Interval> order, long peak, long tries)
    {
        ArenaPlan? best = null;
        while (best?.Bytes != peak && tries-- > 0)
        {
            var plan = new ArenaPlan(order) { PeakBytes = peak };
            if (best is null || plan.Bytes < best.Bytes) best = plan;
            var highest = order.FindLastIndex(i => plan.offsets[i.Buffer] + Aligned(i.Bytes) == plan.Bytes);
            if (highest <= 0) break;
            var first = order[highest];
            order.RemoveAt(highest);
            order.Insert(0, first);
        }
        return best!;
    }

    /// <summary>Of the whole arena.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of all that is needed at one time: no arena is smaller.</summary>
    public long PeakBytes { get; private init; }

    /// <summary>Of each buffer by its number.</summary>
    public IReadOnlyDictionary<int, long> Offsets => offsets;

    static long Peak(IReadOnlyList<Interval> intervals)
    {
        var changes = new long[intervals.Select(i => i.Last + 2).DefaultIfEmpty().Max()];
        foreach (var interval in intervals)
        {
            changes[interval.First] += Aligned(interval.Bytes);
            changes[interval.Last + 1] -= Aligned(interval.Bytes);
        }
        var (alive, peak) = (0L, 0L);
        foreach (var change in changes) peak = Math.Max(peak, alive += change);
        return peak;
    }

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

    public static long Aligned(long bytes) => (bytes + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;

    static readonly Comparer<(long Offset, Interval Interval)> ByOffset =
        Comparer<(long Offset, Interval Interval)>.Create((a, b) => a.Offset.CompareTo(b.Offset));

    /// <summary>The steps during which a buffer holds what somebody reads.</summary>
    public readonly record struct Interval(int Buffer, long Bytes, int First, int Last);
}
