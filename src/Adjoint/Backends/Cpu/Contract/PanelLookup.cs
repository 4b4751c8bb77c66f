using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// Sixteen lanes at a time, whatever axes they run over: where lanes and sums lie is looked up, and the windows are
// compared in lanes. Lanes that lie side by side are one load under a mask, even over the end of a row of an image; a
// few such stretches are as many loads into one vector; scattered lanes are gathered.

/// <summary>Copies panels of a float operand that is cut into short runs.</summary>
sealed unsafe class PanelLookup
{
    const int Group = 16;

    /// <summary>Beyond this many loads for a vector a gather takes less time.</summary>
    const int MostStretches = 8;

    /// <summary>Stretches of every other cell, each two loads and a permutation.</summary>
    const int MostPairs = 4;

    const int MostPositions = 1 << 18;

    readonly PanelPositions lanes, sums;
    readonly int[] extents;

    PanelLookup(AxisList lanes, AxisList sums, int[] extents)
    {
        (this.lanes, this.sums) = (new(lanes, extents.Length, Group), new(sums, extents.Length, Group));
        this.extents = extents;
    }

    /// <summary>Null where the machine or the sizes do not fit.</summary>
    public static PanelLookup? Of(AxisList lanes, AxisList sums, int[] extents) =>
        Avx512F.IsSupported && Math.Max(lanes.Count, sums.Count) <= MostPositions
            && Math.Abs(sums.Reach) + Math.Abs(lanes.Reach) < int.MaxValue ? new(lanes, sums, extents) : null;

    /// <summary>As <see cref="PanelReader.Pack"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(float* source, ReadOnlySpan<int> origin, int lane, int laneCount, int sum, int sumCount, int width,
        float* panel)
    {
        var memory = stackalloc byte[(MostStretches + AxisList.MostWindows + 1) * sizeof(Vector512<int>)];
        var windows = (Vector512<int>*)((nint)(memory + 63) & -64);
        var masks = windows + AxisList.MostWindows;
        var starts = stackalloc long[MostStretches];
        for (var done = 0; done < laneCount; done += Group)
        {
            // Lanes of the group before once more, if that makes it a whole one.
            if (laneCount >= Group) done = Math.Min(done, laneCount - Group);
            var at = Vector512.Create(lanes.Cells, lane + done);
            for (var w = 0; w < extents.Length; w++)
                windows[w] = Vector512.Create(origin[w])
                    + Vector512.Create(lanes.Windows, w * lanes.Stride + lane + done);
            var length = Math.Min(Group, laneCount - done);
            var stretches = Stretch(at - Vector512<int>.Indices, length, MostStretches, masks, starts);
            var pairs = stretches > 0 ? 0
                : Stretch(at - 2 * Vector512<int>.Indices, length, MostPairs, masks, starts);
            var target = panel + done;
            var kept = Math.Min(Group, width - done);
            if (pairs > 0) Copy(new Pairs(starts, masks, pairs), windows, source, sum, sumCount, target, width, kept);
            else if (stretches == 0)
                Copy(new Scattered(at, masks[0]), windows, source, sum, sumCount, target, width, kept);
            else if (stretches == 1)
                Copy(new Whole(starts[0], masks[0]), windows, source, sum, sumCount, target, width, kept);
            else if (stretches == 2)
                Copy(new Halves(starts[0], starts[1], masks[0], masks[1]), windows, source, sum, sumCount, target,
                    width, kept);
            else Copy(new Pieces(starts, masks, stretches), windows, source, sum, sumCount, target, width, kept);
        }
    }

    // The lanes of each stretch, known by the cell of lane 0 if it went on that far; 0 where there are too many, with all
    // lanes in the first mask.
    static int Stretch(Vector512<int> starting, int length, int most, Vector512<int>* masks, long* starts)
    {
        var all = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(length));
        var left = all;
        for (var stretches = 0; stretches < most; stretches++)
        {
            var bits = Vector512.ExtractMostSignificantBits(left);
            if (bits == 0) return stretches;
            var start = starting[System.Numerics.BitOperations.TrailingZeroCount(bits)];
            starts[stretches] = start;
            masks[stretches] = left & Vector512.Equals(starting, Vector512.Create(start));
            left &= ~masks[stretches];
        }
        if (left == Vector512<int>.Zero) return most;
        masks[0] = all;
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Copy<T>(T lanes, Vector512<int>* lists, float* source, int sum, int sumCount, float* panel, int width,
        int kept) where T : struct, ILanes
    {
        var lanesKept = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(kept)).AsSingle();
        fixed (int* cells = sums.Cells, windows = sums.Windows)
        {
            if (extents.Length == 0)
            {
                for (var i = sum; i < sum + sumCount; i++, panel += width)
                    Store(panel, lanes.Load(source + cells[i], Vector512<int>.AllBitsSet), kept, lanesKept);
                return;
            }
            // A single window counts twice.
            var other = extents.Length > 1 ? 1 : 0;
            var (first, second) = (lists[0], lists[other]);
            var (extent, extent2) = (Vector512.Create((uint)extents[0]), Vector512.Create((uint)extents[other]));
            var windows2 = windows + other * sums.Stride;
            for (var i = sum; i < sum + sumCount; i++, panel += width)
            {
                var exists = Vector512.LessThan((first + Vector512.Create(windows[i])).AsUInt32(), extent)
                    & Vector512.LessThan((second + Vector512.Create(windows2[i])).AsUInt32(), extent2);
                for (var w = 2; w < extents.Length; w++)
                    exists &= Vector512.LessThan((lists[w] + Vector512.Create(windows[w * sums.Stride + i])).AsUInt32(),
                        Vector512.Create((uint)extents[w]));
                Store(panel, lanes.Load(source + cells[i], exists.AsInt32()), kept, lanesKept);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* panel, Vector512<float> numbers, int kept, Vector512<float> lanesKept)
    {
        if (kept == Group) numbers.Store(panel);
        else Avx512F.MaskStore(panel, lanesKept, numbers);
    }

    /// <summary>How the lanes of a group lie.</summary>
    interface ILanes
    {
        /// <returns>0 where a lane does not exist.</returns>
        Vector512<float> Load(float* row, Vector512<int> exists);
    }

    readonly struct Whole(long start, Vector512<int> all) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Load(float* row, Vector512<int> exists) =>
            Avx512F.MaskLoad(row + start, (exists & all).AsSingle(), Vector512<float>.Zero);
    }

    readonly struct Halves(long start, long start2, Vector512<int> lanes, Vector512<int> lanes2) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Load(float* row, Vector512<int> exists) =>
            Avx512F.MaskLoad(row + start2, (exists & lanes2).AsSingle(),
                Avx512F.MaskLoad(row + start, (exists & lanes).AsSingle(), Vector512<float>.Zero));
    }

    readonly struct Pieces(long* starts, Vector512<int>* lanes, int count) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Load(float* row, Vector512<int> exists)
        {
            var numbers = Vector512<float>.Zero;
            for (var s = 0; s < count; s++)
                numbers = Avx512F.MaskLoad(row + starts[s], (exists & lanes[s]).AsSingle(), numbers);
            return numbers;
        }
    }

    // Every other cell (a stride of two): the cells between are masked away, for they may lie outside.
    readonly struct Pairs(long* starts, Vector512<int>* lanes, int count) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Load(float* row, Vector512<int> exists)
        {
            var even = Vector512.Create(-1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0);
            var low = Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
            var numbers = Vector512<float>.Zero;
            for (var s = 0; s < count; s++)
            {
                var own = exists & lanes[s];
                var first = Avx512F.PermuteVar16x32(own, low) & even;
                var second = Avx512F.PermuteVar16x32(own, low + Vector512.Create(8)) & even;
                var at = row + starts[s];
                numbers |= Avx512F.PermuteVar16x32x2(Avx512F.MaskLoad(at, first.AsSingle(), Vector512<float>.Zero),
                    Vector512<int>.Indices * 2,
                    Avx512F.MaskLoad(at + Group, second.AsSingle(), Vector512<float>.Zero));
            }
            return numbers;
        }
    }

    readonly struct Scattered(Vector512<int> at, Vector512<int> all) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Load(float* row, Vector512<int> exists) => Vector512.Create(
            Gather(row, at.GetLower(), (exists & all).GetLower()),
            Gather(row, at.GetUpper(), (exists & all).GetUpper()));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Gather(float* row, Vector256<int> at, Vector256<int> exists) =>
            Avx2.GatherMaskVector256(Vector256<float>.Zero, row, at, exists.AsSingle(), sizeof(float));
    }
}
