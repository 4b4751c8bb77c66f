using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// Convolutions cut operands into short runs: three taps of a row, then of the next one. One side is looked up in a table
// here, one position after the other, and the runs of the other side are copied: turned in registers, eight lanes at a
// time, where they are sums that lie side by side, else as rows of the panel.

/// <summary>Copies panels of an operand with many short runs.</summary>
sealed unsafe class PanelGather
{
    const int MostPositions = 1 << 16, Lanes = 8;

    readonly AxisList lanes, sums;
    readonly int[] extents, cells, windows; // windows: [position, window]
    readonly int[] coefficients; // of the long runs
    readonly bool isBySum;

    PanelGather(AxisList lanes, AxisList sums, int[] extents)
    {
        (this.lanes, this.sums, this.extents) = (lanes, sums, extents);
        isBySum = IsBySum(lanes, sums);
        var (table, runs) = isBySum ? (sums, lanes) : (lanes, sums);
        coefficients = [.. extents.Select((_, w) => runs.RunCoefficient(w))];
        (cells, windows) = (new int[table.Count], new int[table.Count * extents.Length]);
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        for (var i = 0; i < table.Count; i++)
        {
            positions.Clear();
            table.AddWindows(i, positions);
            cells[i] = checked((int)table.Cell(i));
            positions[..extents.Length].CopyTo(windows.AsSpan(i * extents.Length));
        }
    }

    /// <summary>Null where both sides have long runs, or a table would be too large.</summary>
    public static PanelGather? Of(AxisList lanes, AxisList sums, int[] extents)
    {
        var table = IsBySum(lanes, sums) ? sums : lanes;
        return table.IsOneRun || table.Count > MostPositions || Math.Abs(table.Reach) > int.MaxValue
            ? null : new(lanes, sums, extents);
    }

    /// <summary>Whether lanes are copied sum after sum; otherwise sums that lie side by side are turned, lane after
    /// lane.</summary>
    public static bool IsBySum(AxisList lanes, AxisList sums) =>
        sums.RunStep != 1 || sums.RunLength < Lanes || lanes.RunStep == 1 && lanes.RunLength >= Lanes;

    public void Pack<T>(T* source, ReadOnlySpan<int> origin, int lane, int laneCount, int sum, int sumCount, int width,
        T* panel) where T : unmanaged
    {
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        var (runs, from, count) = isBySum ? (lanes, lane, laneCount) : (sums, sum, sumCount);
        for (int done = 0, run; done < count; done += run)
        {
            run = Math.Min(count - done, runs.LeftInRun(from + done));
            origin.CopyTo(positions);
            runs.AddWindows(from + done, positions);
            var first = source + runs.Cell(from + done);
            if (isBySum) CopyRows(first, positions, run, sum, sumCount, width, panel + done);
            else CopyColumns(first, positions, run, lane, laneCount, width, panel + (long)done * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyRows<T>(T* source, ReadOnlySpan<int> starts, int count, int sum, int sumCount, int width, T* panel)
        where T : unmanaged
    {
        var step = lanes.RunStep;
        for (var i = sum; i < sum + sumCount; i++, panel += width)
        {
            var (from, to) = Exists(starts, i, count);
            var row = source + cells[i];
            if (sizeof(T) == 4 && step == 1 && Avx512F.IsSupported)
            {
                CopyMasked((float*)row, from, to, count, (float*)panel);
                continue;
            }
            for (var j = 0; j < from; j++) panel[j] = default;
            if (step == 1) PanelRectangle.CopyDense(row + from, to - from, panel + from);
            else for (var j = from; j < to; j++) panel[j] = row[j * step];
            for (var j = to; j < count; j++) panel[j] = default;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyColumns<T>(T* source, ReadOnlySpan<int> starts, int count, int lane, int laneCount, int width, T* panel)
        where T : unmanaged
    {
        var step = sums.RunStep;
        var rows = stackalloc T*[Lanes];
        Span<(int From, int To)> ends = stackalloc (int, int)[Lanes];
        for (int done = 0, group; done < laneCount; done += group)
        {
            // The last group overlaps the one before.
            if (laneCount >= Lanes) done = Math.Min(done, laneCount - Lanes);
            group = Math.Min(Lanes, laneCount - done);
            var (from, to) = (0, count);
            for (var i = 0; i < group; i++)
            {
                rows[i] = source + cells[lane + done + i];
                ends[i] = Exists(starts, lane + done + i, count);
                (from, to) = (Math.Max(from, ends[i].From), Math.Min(to, ends[i].To));
            }
            to = Math.Max(from, to);
            for (var s = 0; s < count; s++)
            {
                if (s == from) s = to;
                for (var i = 0; i < group && s < count; i++)
                    panel[(long)s * width + done + i] =
                        s >= ends[i].From && s < ends[i].To ? rows[i][s * step] : default;
            }
            var at = panel + (long)from * width + done;
            if (sizeof(T) == 4 && step == 1 && group == Lanes && Avx.IsSupported)
                from = PanelTranspose.CopyEight((float**)rows, from, to, width, (float*)at);
            for (; from < to; from++)
                for (var i = 0; i < group; i++) panel[(long)from * width + done + i] = rows[i][from * step];
        }
    }

    // Lanes from..to of a row, 0 before and after: without branches, since rows at an edge differ from tap to tap.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyMasked(float* row, int from, int to, int count, float* panel)
    {
        var indices = Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        for (var i = 0; i < count; i += 16, indices += Vector512.Create(16))
        {
            var exists = Vector512.GreaterThanOrEqual(indices, Vector512.Create(from))
                & Vector512.LessThan(indices, Vector512.Create(to));
            var numbers = Avx512F.MaskLoad(row + i, exists.AsSingle(), Vector512<float>.Zero);
            if (count - i >= 16) numbers.Store(panel + i);
            else Avx512F.MaskStore(panel + i, Vector512.LessThan(indices, Vector512.Create(count)).AsSingle(), numbers);
        }
    }

    // The part of a run in which the points with one position of the table exist.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (int From, int To) Exists(ReadOnlySpan<int> starts, int position, int count)
    {
        var (from, to) = (0, count);
        for (var w = 0; w < extents.Length; w++)
        {
            var start = starts[w] + windows[position * extents.Length + w];
            if (coefficients[w] == 1) (from, to) = (Math.Max(from, -start), Math.Min(to, extents[w] - start));
            else if (coefficients[w] == 0) to = (uint)start < (uint)extents[w] ? to : 0;
            else new PanelWindow(start, coefficients[w], 0, extents[w]).CutLanes(0, ref from, ref to);
        }
        // A run may lie outside as a whole.
        from = Math.Min(from, count);
        return (from, Math.Max(from, to));
    }
}
