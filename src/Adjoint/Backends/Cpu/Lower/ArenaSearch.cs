namespace Adjoint;

// Buffers in the order of their offsets: each lies on what lies below it during its steps, and what is left free there
// stays free. So at every step what lies there and what is still to come must fit, and most orders end early.

/// <summary>Looks for a place for each buffer so that all lie within what lives at one time.</summary>
sealed class ArenaSearch
{
    // Looks at one step. Beyond so many the best of the orders tried before stands.
    const long MostWork = 50_000_000;

    readonly IReadOnlyList<ArenaPlan.Interval> intervals;
    readonly long peak;
    readonly long[] offsets, top, left; // of each interval; where free memory begins at each step, and what is to come there
    long work;

    ArenaSearch(IReadOnlyList<ArenaPlan.Interval> intervals, long peak)
    {
        (this.intervals, this.peak, offsets) = (intervals, peak, new long[intervals.Count]);
        var steps = intervals.Max(i => i.Last) + 1;
        (top, left) = (new long[steps], new long[steps]);
        Array.Fill(offsets, -1);
        foreach (var interval in intervals)
            for (var step = interval.First; step <= interval.Last; step++) left[step] += ArenaPlan.Aligned(interval.Bytes);
    }

    /// <summary>Of each interval; null where there are none, or none were found.</summary>
    public static long[]? Offsets(IReadOnlyList<ArenaPlan.Interval> intervals, long peak) =>
        intervals.Count > 0 && new ArenaSearch(intervals, peak) is var search && search.Place(0, 0) ? search.offsets : null;

    bool Place(int placed, long from)
    {
        if (placed == intervals.Count) return true;
        var candidates = new List<(long Offset, long Bytes, int Interval)>();
        for (var i = 0; i < intervals.Count; i++)
            if (offsets[i] < 0 && Lowest(intervals[i]) is var offset && offset >= from) candidates.Add((offset, -intervals[i].Bytes, i));
        candidates.Sort();
        foreach (var (offset, _, i) in candidates)
        {
            var interval = intervals[i];
            var bytes = ArenaPlan.Aligned(interval.Bytes);
            if (work > MostWork) return false;
            var before = top[interval.First..(interval.Last + 1)];
            offsets[i] = offset;
            for (var step = interval.First; step <= interval.Last; step++)
                (top[step], left[step]) = (offset + bytes, left[step] - bytes);
            if (Fits(offset) && Place(placed + 1, offset)) return true;
            offsets[i] = -1;
            before.CopyTo(top, interval.First);
            for (var step = interval.First; step <= interval.Last; step++) left[step] += bytes;
        }
        return false;
    }

    // What is still to come lies no lower than here.
    bool Fits(long from)
    {
        work += top.Length;
        for (var step = 0; step < top.Length; step++)
            if (left[step] > 0 && Math.Max(top[step], from) + left[step] > peak) return false;
        return true;
    }

    long Lowest(ArenaPlan.Interval interval)
    {
        var lowest = 0L;
        work += interval.Last - interval.First + 1;
        for (var step = interval.First; step <= interval.Last; step++) lowest = Math.Max(lowest, top[step]);
        return lowest;
    }
}
