namespace Adjoint;

/// <summary>Memory that a step passes over once.</summary>
/// <param name="Address">Of the first byte.</param>
/// <param name="Reach">Bytes from the first to the last.</param>
/// <param name="Bytes">Of the lines of the caches in between that it needs.</param>
readonly record struct Touched(long Address, long Reach, double Bytes, bool IsRead, bool IsWritten)
{
    public long End => Address + Reach;

    /// <summary>Both together.</summary>
    /// <param name="isApart">Whether the other needs lines of its own.</param>
    public Touched With(Touched other, bool isApart)
    {
        var (first, end) = (Math.Min(Address, other.Address), Math.Max(End, other.End));
        return new(first, end - first, Math.Min(end - first, isApart ? Bytes + other.Bytes : Math.Max(Bytes, other.Bytes)),
            IsRead || other.IsRead, IsWritten || other.IsWritten);
    }

    /// <summary>All bytes of a buffer from a place on.</summary>
    public static Touched Read(long address, long bytes) => new(address, bytes, bytes, true, false);

    /// <summary>All bytes of a buffer from a place on.</summary>
    public static Touched Written(long address, long bytes) => new(address, bytes, bytes, false, true);
}

/// <summary>Finds what lines touch where the time loops around them stand.</summary>
/// <param name="unstored">Tensors that never reach memory.</param>
/// <param name="loops">The time loops, by their number.</param>
sealed class TouchedCells(BoundProgram program, IReadOnlySet<string> unstored, IReadOnlyList<string> loops)
{
    const int LineBytes = 64;

    public void Add(IEnumerable<BoundLine> lines, CpuFrame frame, List<Touched> touched)
    {
        var (first, known) = (touched.Count, new HashSet<(string Tensor, string Cells)>());
        foreach (var line in lines)
        {
            foreach (var read in line.Reads) Add(line, read, isWritten: false);
            Add(line, line.Target, isWritten: true);
        }

        void Add(BoundLine line, Access access, bool isWritten)
        {
            if (unstored.Contains(access.Tensor)) return;
            var found = Found(line, access, isWritten, frame);
            var isNew = known.Add((access.Tensor, program.Offset(access).Key));
            // What several lines read, or read and write, comes and goes once.
            var other = touched.FindIndex(first, t => t.Address < found.End && found.Address < t.End);
            if (other < 0) touched.Add(found);
            else touched[other] = touched[other].With(found, isNew);
        }
    }

    Touched Found(BoundLine line, Access access, bool isWritten, CpuFrame frame)
    {
        var place = program[access.Tensor];
        var offset = program.Offset(access);
        var (low, high, cells, dense) = (offset.Constant, offset.Constant, 1.0, 1L);
        foreach (var (symbol, factor) in offset.Terms)
        {
            if (line.Loops.Contains(symbol))
            {
                var position = frame.Positions[IndexOf(symbol)];
                (low, high) = (low + factor * position, high + factor * position);
                continue;
            }
            var range = program.Range(symbol) ?? (0, Math.Max(0, place.Count / Math.Max(1, Math.Abs(factor)) - 1));
            low += Math.Min(factor * range.Low, factor * range.High);
            high += Math.Max(factor * range.Low, factor * range.High);
            // A position that is looked up takes as many values as there are points to look it up at.
            cells *= Math.Min(range.High - range.Low + 1, program.AxesOf(symbol).Where(line.Axes.Contains)
                .Aggregate(1.0, (all, axis) => all * program.Extents[axis]));
            if (Math.Abs(factor) == 1) dense = range.High - range.Low + 1;
        }
        (low, high) = (Math.Clamp(low, 0, place.Count - 1), Math.Clamp(high, 0, place.Count - 1));
        var bytes = place.Type.ByteSize;
        var reach = (high - low + 1) * bytes;
        var lines = cells / dense * Math.Max(1, dense * (double)bytes / LineBytes) * LineBytes;
        return new((long)frame.Buffers[place.Buffer] + low * bytes, reach, Math.Min(reach, lines), !isWritten, isWritten);
    }

    int IndexOf(string loop)
    {
        for (var i = 0; i < loops.Count; i++)
            if (loops[i] == loop) return i;
        throw Throw.Internal($"there is no time loop {loop}");
    }
}
