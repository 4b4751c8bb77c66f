using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// Sixteen lanes at a time, whatever axes they run over: where they lie is known once for all sums, where a sum lies is
// looked up, and the windows are compared in lanes. Lanes that lie side by side are one load under a mask, even over the
// end of a row of an image; a few such stretches are as many loads into one vector; scattered lanes are gathered.

/// <summary>Copies panels of a float operand that is cut into short runs.</summary>
sealed unsafe class PanelLookup
{
    const int Group = 16;

    /// <summary>Beyond this many loads for a vector a gather takes less time.</summary>
    const int MostStretches = 8;

    const int MostPositions = 1 << 18;

    /// <summary>Far outside every window, whatever a sum adds to it.</summary>
    const int Nowhere = int.MinValue / 2;

    readonly AxisList lanes;
    readonly int[] extents, cells, windows; // cells: of sums; windows: [window, sum]
    readonly int count;

    PanelLookup(AxisList lanes, AxisList sums, int[] extents)
    {
        (this.lanes, this.extents, count) = (lanes, extents, sums.Count);
        (cells, windows) = (new int[count], new int[count * extents.Length]);
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        for (var i = 0; i < count; i++)
        {
            positions.Clear();
            sums.AddWindows(i, positions);
            cells[i] = (int)sums.Cell(i);
            for (var w = 0; w < extents.Length; w++) windows[w * count + i] = positions[w];
        }
    }

    /// <summary>Null where the machine or the sizes do not fit.</summary>
    public static PanelLookup? Of(AxisList lanes, AxisList sums, int[] extents) =>
        Avx512F.IsSupported && sums.Count <= MostPositions && Math.Abs(sums.Reach) + Math.Abs(lanes.Reach) < int.MaxValue
            ? new(lanes, sums, extents) : null;

    /// <summary>As <see cref="PanelReader.Pack"/>.</summary>
    public void Pack(float* source, ReadOnlySpan<int> origin, int lane, int laneCount, int sum, int sumCount, int width,
        float* panel)
    {
        var vectors = stackalloc byte[(MostStretches + AxisList.MostWindows + 2) * 64];
        var lists = new Lists((int*)((nint)(vectors + 63) & -64));
        for (var done = 0; done < laneCount; done += Group)
        {
            // Lanes of the group before once more, if that makes it a whole one.
            if (laneCount >= Group) done = Math.Min(done, laneCount - Group);
            var length = Math.Min(Group, laneCount - done);
            Find(lists, origin, lane + done, length);
            var stretches = Stretch(lists.Cells, lists.Masks, length);
            Copy(lists, stretches, source, sum, sumCount, panel + done, width, Math.Min(Group, width - done));
        }
    }

    // Cells of the lanes, then their positions in each window, then the lanes of each stretch; sixteen numbers each.
    readonly struct Lists(int* cells)
    {
        public int* Cells => cells;
        public int* Windows => cells + Group;
        public Vector512<int> Window(int window) => *(Vector512<int>*)(Windows + window * Group);
        public int* Masks => cells + Group * (1 + AxisList.MostWindows);
    }

    // Lanes that do not exist are in no window; without windows no stretch holds them.
    void Find(Lists lists, ReadOnlySpan<int> origin, int lane, int length)
    {
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        for (int done = 0, run; done < length; done += run)
        {
            run = Math.Min(length - done, lanes.LeftInRun(lane + done));
            var cell = (int)lanes.Cell(lane + done);
            for (var i = 0; i < run; i++) lists.Cells[done + i] = cell + i * (int)lanes.RunStep;
            origin.CopyTo(positions);
            lanes.AddWindows(lane + done, positions);
            for (var w = 0; w < extents.Length; w++)
                for (var i = 0; i < run; i++)
                    lists.Windows[w * Group + done + i] = positions[w] + i * lanes.RunCoefficient(w);
        }
        for (var i = length; i < Group; i++)
        {
            lists.Cells[i] = lists.Cells[0];
            for (var w = 0; w < extents.Length; w++) lists.Windows[w * Group + i] = Nowhere;
        }
    }

    // The lanes of each stretch of adjacent cells; 0 where there are too many, with all lanes in the first mask.
    static int Stretch(int* cells, int* masks, int length)
    {
        var stretches = 0;
        for (int from = 0, to; from < length; from = to, stretches++)
        {
            for (to = from + 1; to < length && cells[to] == cells[to - 1] + 1; to++) { }
            if (stretches == MostStretches)
            {
                for (var i = 0; i < Group; i++) masks[i] = i < length ? -1 : 0;
                return 0;
            }
            for (var i = 0; i < Group; i++) masks[stretches * Group + i] = i >= from && i < to ? -1 : 0;
        }
        return stretches;
    }

    void Copy(Lists lists, int stretches, float* source, int sum, int sumCount, float* panel, int width, int kept)
    {
        var starts = stackalloc long[MostStretches];
        for (var s = 0; s < stretches; s++)
        {
            var first = 0;
            while (lists.Masks[s * Group + first] == 0) first++;
            starts[s] = lists.Cells[first] - first;
        }
        var masks = (Vector512<int>*)lists.Masks;
        if (stretches == 0)
            Copy(new Scattered(*(Vector512<int>*)lists.Cells, masks[0]), lists, source, sum, sumCount, panel, width, kept);
        else if (stretches == 1)
            Copy(new Whole(starts[0], masks[0]), lists, source, sum, sumCount, panel, width, kept);
        else if (stretches == 2)
            Copy(new Halves(starts[0], starts[1], masks[0], masks[1]), lists, source, sum, sumCount, panel, width, kept);
        else Copy(new Pieces(starts, masks, stretches), lists, source, sum, sumCount, panel, width, kept);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Copy<T>(T lanes, Lists lists, float* source, int sum, int sumCount, float* panel, int width, int kept)
        where T : struct, ILanes
    {
        var lanesKept = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(kept)).AsSingle();
        fixed (int* cells = this.cells, windows = this.windows)
        {
            if (extents.Length == 0)
            {
                for (var i = sum; i < sum + sumCount; i++, panel += width)
                    Store(panel, lanes.Load(source + cells[i], Vector512<int>.AllBitsSet), kept, lanesKept);
                return;
            }
            // A single window counts twice.
            var other = extents.Length > 1 ? 1 : 0;
            var (first, second) = (lists.Window(0), lists.Window(other));
            var (extent, extent2) = (Vector512.Create((uint)extents[0]), Vector512.Create((uint)extents[other]));
            var windows2 = windows + other * count;
            for (var i = sum; i < sum + sumCount; i++, panel += width)
            {
                var exists = Vector512.LessThan((first + Vector512.Create(windows[i])).AsUInt32(), extent)
                    & Vector512.LessThan((second + Vector512.Create(windows2[i])).AsUInt32(), extent2);
                for (var w = 2; w < extents.Length; w++)
                    exists &= Vector512.LessThan((lists.Window(w) + Vector512.Create(windows[w * count + i])).AsUInt32(),
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

    readonly struct Scattered(Vector512<int> at, Vector512<int> all) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Load(float* row, Vector512<int> exists) => Vector512.Create(
            Gather(row, at.GetLower(), (exists & all).GetLower()), Gather(row, at.GetUpper(), (exists & all).GetUpper()));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Gather(float* row, Vector256<int> at, Vector256<int> exists) =>
            Avx2.GatherMaskVector256(Vector256<float>.Zero, row, at, exists.AsSingle(), sizeof(float));
    }
}
