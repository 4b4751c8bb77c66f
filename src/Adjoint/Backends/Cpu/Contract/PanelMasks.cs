using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// As PanelLookup, where vectors have 256 bits and comparing windows in lanes would take most of the time: sums move a window
// to few positions, so which of eight lanes exist is computed once for each of them, and a sum looks it up.

/// <summary>Copies panels of a float operand that is cut into short runs, eight lanes at a time.</summary>
sealed unsafe class PanelMasks
{
    const int Group = 8;

    /// <summary>Beyond this many loads for a vector a gather takes less time.</summary>
    const int MostStretches = 4;

    /// <summary>Positions to which sums move a window; their masks stay in the first cache.</summary>
    const int MostShifts = 64;

    const int MostPositions = 1 << 18;

    readonly int[] extents;
    readonly PanelPositions lanes, sums;
    readonly int[] masks; // [window, sum]: where the mask lies, in bytes
    readonly int[][] shifts;

    PanelMasks(PanelPositions lanes, PanelPositions sums, int[] extents, int[][] shifts)
    {
        (this.lanes, this.sums, this.extents, this.shifts) = (lanes, sums, extents, shifts);
        masks = [.. sums.Windows.Select((shift, i) =>
            (i / sums.Stride * MostShifts + Array.BinarySearch(shifts[i / sums.Stride], shift)) * sizeof(Vector256<int>))];
    }

    /// <summary>Null where the machine or the sizes do not fit.</summary>
    public static PanelMasks? Of(AxisList lanes, AxisList sums, int[] extents)
    {
        var isDense = extents.Length == 0 && lanes.RunStep == 1 && lanes.RunLength >= Group;
        if (!Avx2.IsSupported || isDense || Math.Max(lanes.Count, sums.Count) > MostPositions
            || Math.Abs(sums.Reach) + Math.Abs(lanes.Reach) >= int.MaxValue) return null;
        var depths = new PanelPositions(sums, extents.Length, 0);
        int[][] shifts = [.. extents.Select((_, w) =>
            depths.Windows.Skip(w * depths.Stride).Take(depths.Stride).Distinct().Order().ToArray())];
        return Array.Exists(shifts, s => s.Length > MostShifts) ? null
            : new(new(lanes, extents.Length, Group), depths, extents, shifts);
    }

    /// <summary>As <see cref="PanelReader.Pack"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public void Pack(float* source, ReadOnlySpan<int> origin, int lane, int laneCount, int sum, int sumCount, int width,
        float* panel)
    {
        var memory = stackalloc byte[(MostStretches + AxisList.MostWindows * MostShifts + 1) * sizeof(Vector256<int>)];
        var stretchMasks = (Vector256<int>*)((nint)(memory + 31) & -32);
        var table = stretchMasks + MostStretches;
        var starts = stackalloc long[MostStretches];
        for (var done = 0; done < laneCount; done += Group)
        {
            // Lanes of the group before once more, if that makes it a whole one.
            if (laneCount >= Group) done = Math.Min(done, laneCount - Group);
            var at = Vector256.Create(lanes.Cells, lane + done);
            for (var w = 0; w < extents.Length; w++)
            {
                var position = Vector256.Create(lanes.Windows, w * lanes.Stride + lane + done) + Vector256.Create(origin[w]);
                var extent = Vector256.Create((uint)extents[w]);
                for (var s = 0; s < shifts[w].Length; s++)
                    table[w * MostShifts + s] =
                        Vector256.LessThan((position + Vector256.Create(shifts[w][s])).AsUInt32(), extent).AsInt32();
            }
            var length = Math.Min(Group, laneCount - done);
            var stretches = Stretch(at - Vector256<int>.Indices, length, stretchMasks, starts);
            var pairs = stretches > 0 ? 0 : Stretch(at - 2 * Vector256<int>.Indices, length, stretchMasks, starts);
            var call = new Call((byte*)table, source, sum, sumCount, panel + done, width, Math.Min(Group, width - done));
            if (pairs == 1) Copy(new Pair(starts[0], stretchMasks[0]), call);
            else if (pairs > 0) Copy(new Pairs(starts, stretchMasks, pairs), call);
            else if (stretches == 0) Copy(new Scattered(at, stretchMasks[0]), call);
            else if (stretches == 1) Copy(new Whole(starts[0], stretchMasks[0]), call);
            else if (stretches == 2) Copy(new Halves(starts[0], starts[1], stretchMasks[0], stretchMasks[1]), call);
            else Copy(new Pieces(starts, stretchMasks, stretches), call);
        }
    }

    // The lanes of each stretch, known by the cell of lane 0 if it went on that far; 0 where there are too many, with all
    // lanes in the first mask.
    static int Stretch(Vector256<int> starting, int length, Vector256<int>* masks, long* starts)
    {
        var all = Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(length));
        var left = all;
        for (var stretches = 0; stretches < MostStretches; stretches++)
        {
            var bits = Vector256.ExtractMostSignificantBits(left);
            if (bits == 0) return stretches;
            var start = starting[BitOperations.TrailingZeroCount(bits)];
            starts[stretches] = start;
            masks[stretches] = left & Vector256.Equals(starting, Vector256.Create(start));
            left &= ~masks[stretches];
        }
        if (left == Vector256<int>.Zero) return MostStretches;
        masks[0] = all;
        return 0;
    }

    readonly ref struct Call(byte* table, float* source, int sum, int sumCount, float* panel, int width, int kept)
    {
        public readonly byte* Table = table;
        public readonly float* Source = source, Panel = panel;
        public readonly int Sum = sum, End = sum + sumCount, Width = width, Kept = kept;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Copy<T>(T group, Call call) where T : struct, ILanes
    {
        float* source = call.Source, panel = call.Panel;
        var table = call.Table;
        int width = call.Width, kept = call.Kept;
        fixed (int* cells = sums.Cells, first = masks)
        {
            var count = sums.Stride;
            var second = extents.Length > 1 ? first + count : first; // a single window counts twice
            for (var i = call.Sum; i < call.End; i++, panel += width)
            {
                var exists = Vector256<int>.AllBitsSet;
                if (extents.Length > 0)
                    exists = Vector256.Load((int*)(table + first[i])) & Vector256.Load((int*)(table + second[i]));
                for (var w = 2; w < extents.Length; w++) exists &= Vector256.Load((int*)(table + first[w * count + i]));
                Store(panel, group.Load(source + cells[i], exists), kept);
            }
        }
    }

    // The first lanes; how many they are is the same for all sums, so that nothing here is foreseen wrongly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* panel, Vector256<float> numbers, int kept)
    {
        if (kept == Group)
        {
            numbers.Store(panel);
            return;
        }
        var four = numbers.GetLower();
        if ((kept & 4) != 0)
        {
            four.Store(panel);
            four = numbers.GetUpper();
            panel += 4;
        }
        if ((kept & 2) != 0)
        {
            Sse.StoreLow(panel, four);
            four = Sse.MoveHighToLow(four, four);
            panel += 2;
        }
        if ((kept & 1) != 0) *panel = four.ToScalar();
    }

    /// <summary>How the lanes of a group lie.</summary>
    interface ILanes
    {
        /// <returns>0 where a lane does not exist; nothing is read there.</returns>
        Vector256<float> Load(float* row, Vector256<int> exists);
    }

    readonly struct Whole(long start, Vector256<int> all) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Load(float* row, Vector256<int> exists) => Avx.MaskLoad(row + start, (exists & all).AsSingle());
    }

    readonly struct Halves(long start, long start2, Vector256<int> lanes, Vector256<int> lanes2) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Load(float* row, Vector256<int> exists) =>
            Avx.MaskLoad(row + start, (exists & lanes).AsSingle()) | Avx.MaskLoad(row + start2, (exists & lanes2).AsSingle());
    }

    readonly struct Pieces(long* starts, Vector256<int>* lanes, int count) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Load(float* row, Vector256<int> exists)
        {
            var numbers = Vector256<float>.Zero;
            for (var s = 0; s < count; s++) numbers |= Avx.MaskLoad(row + starts[s], (exists & lanes[s]).AsSingle());
            return numbers;
        }
    }

    readonly struct Pair(long start, Vector256<int> all) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Load(float* row, Vector256<int> exists) => EveryOther(row + start, exists & all);
    }

    readonly struct Pairs(long* starts, Vector256<int>* lanes, int count) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Load(float* row, Vector256<int> exists)
        {
            var numbers = Vector256<float>.Zero;
            for (var s = 0; s < count; s++) numbers |= EveryOther(row + starts[s], exists & lanes[s]);
            return numbers;
        }
    }

    // A stride of two: the cells between are masked away, for they may lie outside.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> EveryOther(float* at, Vector256<int> own)
    {
        var even = Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0);
        var first = Avx2.PermuteVar8x32(own, Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3)) & even;
        var second = Avx2.PermuteVar8x32(own, Vector256.Create(4, 4, 5, 5, 6, 6, 7, 7)) & even;
        // Both halves of each: 0, 2 of the first, 0, 2 of the second, then 4, 6 and 4, 6.
        var mixed = Avx.Shuffle(Avx.MaskLoad(at, first.AsSingle()), Avx.MaskLoad(at + Group, second.AsSingle()), 0b10_00_10_00);
        return Avx2.Permute4x64(mixed.AsDouble(), 0b11_01_10_00).AsSingle();
    }

    readonly struct Scattered(Vector256<int> at, Vector256<int> all) : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Load(float* row, Vector256<int> exists) =>
            Avx2.GatherMaskVector256(Vector256<float>.Zero, row, at, (exists & all).AsSingle(), sizeof(float));
    }
}
