namespace Adjoint;

// One curve says where caches end, however many there are and whoever else fills them: the speed of passing again and
// again over so many bytes.

/// <summary>Seconds a byte takes by how many other bytes were touched since it was touched last.</summary>
/// <param name="Bytes">Of what was passed over, ascending.</param>
/// <param name="Read">Seconds of a byte that is read.</param>
/// <param name="Written">Seconds of a byte that is written, its way to the core and back to memory included.</param>
/// <param name="Updated">Seconds of a byte that is read and written.</param>
/// <param name="Apart">Seconds of a number, of which there is one in 4 KiB: they all fall on few sets of a cache.</param>
sealed record MemorySpeed(IReadOnlyList<double> Bytes, IReadOnlyList<double> Read, IReadOnlyList<double> Written,
    IReadOnlyList<double> Updated, IReadOnlyList<double> Apart)
{
    /// <summary>Bytes that lie near enough to cost no more than the instruction that loads them.</summary>
    public const int Near = 24 << 10;

    public double SecondsOf(double distance, bool isRead, bool isWritten) =>
        At(distance, !isWritten ? Read : isRead ? Updated : Written);

    /// <summary>Seconds of a line that others follow at a step, as far away as so many of them are.</summary>
    public double SecondsApart(double count, long step)
    {
        // Only the sets that multiples of the step fall on are of use.
        var sets = Math.Min(4096, step & -step);
        return sets <= 64 ? 0 : At(count * sets, Apart);
    }

    /// <summary>The lesser of both.</summary>
    public MemorySpeed Least(MemorySpeed? other)
    {
        return other is null ? this : new(Bytes, Of(Read, other.Read), Of(Written, other.Written), Of(Updated, other.Updated), Of(Apart, other.Apart));

        static double[] Of(IReadOnlyList<double> a, IReadOnlyList<double> b) => [.. a.Zip(b, Math.Min)];
    }

    double At(double distance, IReadOnlyList<double> seconds)
    {
        if (distance <= Near) return 0;
        if (distance <= Bytes[0]) return seconds[0];
        for (var i = 1; i < Bytes.Count; i++)
            if (distance <= Bytes[i])
            {
                var share = Math.Log(distance / Bytes[i - 1]) / Math.Log(Bytes[i] / Bytes[i - 1]);
                return seconds[i - 1] + share * (seconds[i] - seconds[i - 1]);
            }
        return seconds[^1];
    }
}
