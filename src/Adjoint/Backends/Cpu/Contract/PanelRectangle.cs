using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

/// <summary>A rectangle of cells at constant steps, copied to panel[sum * width + lane].</summary>
static unsafe class PanelRectangle
{
    /// <summary>Rows that are asked for ahead of the one that is copied.</summary>
    const int RowsAhead = 8;

    public static void Copy<T>(
        T* source, long laneStep, long sumStep, ReadOnlySpan<PanelWindow> windows, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        var (first, end) = Reach(windows, lanes, sums, out var from, out var to);
        Clear(panel, width, lanes, first);
        CopyPart(first, from, windows);
        CopyWhole(source + from * sumStep, laneStep, sumStep, lanes, to - from, width, panel + (long)from * width);
        CopyPart(to, end, windows);
        Clear(panel + (long)end * width, width, lanes, sums - end);

        void CopyPart(int from, int to, ReadOnlySpan<PanelWindow> windows)
        {
            if (from >= to) return;
            Span<PanelWindow> moved = stackalloc PanelWindow[AxisList.MostWindows];
            for (var w = 0; w < windows.Length; w++) moved[w] = windows[w].From(from);
            T* source2 = source + from * sumStep, panel2 = panel + (long)from * width;
            moved = moved[..windows.Length];
            if (laneStep == 1 || lanes >= to - from) CopyBySum(source2, laneStep, sumStep, moved, lanes, to - from, width, panel2);
            else CopyByLane(source2, laneStep, sumStep, moved, lanes, to - from, width, panel2);
        }
    }

    /// <summary>The sums at which a lane exists lie from here to there, and those at which all do are a stretch of them.</summary>
    public static (int From, int To) Reach(ReadOnlySpan<PanelWindow> windows, int lanes, int sums, out int from, out int to)
    {
        (from, to, var first, var end) = (0, sums, 0, sums);
        foreach (var window in windows)
        {
            if (window.Holds(lanes, sums) == false) end = 0;
            int start = 0, stop = sums, start2 = 0, stop2 = sums;
            window.CutSums(0, ref start, ref stop);
            window.CutSums(lanes - 1, ref start2, ref stop2);
            (from, to) = (Math.Max(from, Math.Max(start, start2)), Math.Min(to, Math.Min(stop, stop2)));
            // A lane between may exist where those at the ends never do.
            if (window.SumStep != 0) (first, end) = (Math.Max(first, Math.Min(start, start2)), Math.Min(end, Math.Max(stop, stop2)));
        }
        if (first >= end) first = end = 0;
        if (from >= to) from = to = end;
        return (first, end);
    }

    public static void Clear<T>(T* panel, int width, int lanes, int sums) where T : unmanaged
    {
        if (lanes == width) (lanes, sums) = (lanes * sums, Math.Min(sums, 1));
        for (var sum = 0; sum < sums; sum++, panel += width) new Span<T>(panel, lanes).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyWhole<T>(T* source, long laneStep, long sumStep, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        if (laneStep == 1)
        {
            for (var sum = 0; sum < sums; sum++, panel += width, source += sumStep) CopyDense(source, lanes, panel);
            return;
        }
        var lane = sumStep == 1 ? PanelTranspose.Copy(source, laneStep, lanes, sums, width, panel) : 0;
        for (; lane < lanes; lane++)
            for (var sum = 0; sum < sums; sum++)
                panel[(long)sum * width + lane] = source[lane * laneStep + sum * sumStep];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyBySum<T>(
        T* source, long laneStep, long sumStep, ReadOnlySpan<PanelWindow> windows, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        for (var sum = 0; sum < sums; sum++, panel += width, source += sumStep)
        {
            int from = 0, to = lanes;
            foreach (var window in windows) window.CutLanes(sum, ref from, ref to);
            for (var lane = 0; lane < from; lane++) panel[lane] = default;
            if (laneStep == 1) CopyDense(source + from, to - from, panel + from);
            else for (var lane = from; lane < to; lane++) panel[lane] = source[lane * laneStep];
            for (var lane = to; lane < lanes; lane++) panel[lane] = default;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyByLane<T>(
        T* source, long laneStep, long sumStep, ReadOnlySpan<PanelWindow> windows, int lanes, int sums, int width, T* panel)
        where T : unmanaged
    {
        for (var lane = 0; lane < lanes; lane++, panel++, source += laneStep)
        {
            int from = 0, to = sums;
            foreach (var window in windows) window.CutSums(lane, ref from, ref to);
            for (var sum = 0; sum < from; sum++) panel[(long)sum * width] = default;
            for (var sum = from; sum < to; sum++) panel[(long)sum * width] = source[sum * sumStep];
            for (var sum = to; sum < sums; sum++) panel[(long)sum * width] = default;
        }
    }

    /// <summary>Copies panels whose lanes lie side by side, sum by sum: they share lines of the cache, which would be gone when the
    /// next panel wants them.</summary>
    /// <param name="widths">Lanes of each panel.</param>
    /// <param name="panelStep">Cells from one panel to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyStrip<T>(T* source, long sumStep, ReadOnlySpan<int> widths, int sums, T* panels, long panelStep) where T : unmanaged
    {
        var lanes = 0;
        foreach (var width in widths) lanes += width;
        for (var sum = 0; sum < sums; sum++, source += sumStep)
        {
            // Rows may lie a page apart, where the machine foresees nothing.
            if (Sse.IsSupported)
                for (var i = 0; i < lanes; i += Storage.Alignment / sizeof(T)) Sse.Prefetch0(source + RowsAhead * sumStep + i);
            T* from = source, panel = panels;
            foreach (var width in widths)
            {
                CopyDense(from, width, panel + (long)sum * width);
                from += width;
                panel += panelStep;
            }
        }
    }

    // Rows of a panel are short and of odd lengths: the last vector overlaps the one before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyDense<T>(T* source, int count, T* target) where T : unmanaged
    {
        var lanes = 32 / sizeof(T);
        if (Vector256.IsHardwareAccelerated && count >= lanes)
        {
            var end = count - lanes;
            for (var i = 0; i < end; i += lanes) Vector256.Store(Vector256.Load((byte*)(source + i)), (byte*)(target + i));
            Vector256.Store(Vector256.Load((byte*)(source + end)), (byte*)(target + end));
            return;
        }
        lanes = 16 / sizeof(T);
        var last = count - lanes;
        if (last >= 0)
        {
            for (var i = 0; i < last; i += lanes) Vector128.Store(Vector128.Load((byte*)(source + i)), (byte*)(target + i));
            Vector128.Store(Vector128.Load((byte*)(source + last)), (byte*)(target + last));
            return;
        }
        for (var i = 0; i < count; i++) target[i] = source[i];
    }
}
