using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// Packing reads an operand through its axes and windows, so that padding, strides, dilation and transposition cost no pass
// of their own. Lanes and sums both come in runs; where two runs meet lies a rectangle of cells at constant steps, and
// PanelRectangle copies it.

/// <summary>Copies panels of one operand: panel[sum * width + lane], 0 where no point exists.</summary>
/// <param name="extents">Of the operand's windows.</param>
sealed unsafe class PanelReader(AxisList lanes, AxisList sums, int[] extents, bool isDouble)
{
    const int LongRun = 24;

    readonly PanelGather? gather = PanelGather.Of(lanes, sums, extents);
    readonly PanelLookup? lookup = isDouble || lanes.IsOneRun && sums.IsOneRun || AreLong(lanes, sums)
        ? null : PanelLookup.Of(lanes, sums, extents);
    readonly PanelMasks? masks = isDouble || lanes.IsOneRun && sums.IsOneRun || Avx512F.IsSupported
        ? null : PanelMasks.Of(lanes, sums, extents);

    /// <param name="source">The cell at which lane and sum are 0.</param>
    /// <param name="origin">The windows' positions at that cell.</param>
    /// <param name="width">Lanes of the panel; those from <paramref name="laneCount"/> on become 0.</param>
    public void Pack(
        byte* source, ReadOnlySpan<int> origin, int lane, int laneCount, int sum, int sumCount, int width, byte* panel)
    {
        if (isDouble) Pack((double*)source, origin, lane, laneCount, sum, sumCount, width, (double*)panel);
        else if (lookup is null && masks is null)
            Pack((float*)source, origin, lane, laneCount, sum, sumCount, width, (float*)panel);
        else
        {
            if (laneCount < width) PanelRectangle.Clear((float*)panel + laneCount, width, width - laneCount, sumCount);
            lookup?.Pack((float*)source, origin, lane, laneCount, sum, sumCount, width, (float*)panel);
            masks?.Pack((float*)source, origin, lane, laneCount, sum, sumCount, width, (float*)panel);
        }
    }

    /// <summary>Copies panels whose lanes lie side by side and meet no window; see <see cref="PanelRectangle.CopyStrip"/>.</summary>
    /// <param name="lane">The first of the first panel.</param>
    /// <param name="widths">Lanes of each panel.</param>
    public void PackStrip(byte* source, int lane, ReadOnlySpan<int> widths, int sum, int sumCount, byte* panels, long panelBytes)
    {
        var cell = lanes.Cell(lane) + sums.Cell(sum);
        if (isDouble) PanelRectangle.CopyStrip((double*)source + cell, sums.RunStep, widths, sumCount, (double*)panels, panelBytes / sizeof(double));
        else PanelRectangle.CopyStrip((float*)source + cell, sums.RunStep, widths, sumCount, (float*)panels, panelBytes / sizeof(float));
    }

    // Many sums that lie side by side are turned in registers sooner than looked up.
    static bool AreLong(AxisList lanes, AxisList sums) =>
        sums.RunLength >= LongRun && !PanelGather.IsBySum(lanes, sums);

    /// <summary>Sums outside of these meet no point in any of the lanes: their cells of a panel are 0.</summary>
    public (int From, int To) Reach(ReadOnlySpan<int> origin, int lane, int laneCount, int sum, int sumCount)
    {
        if (extents.Length == 0 || sumCount == 0 || !lanes.IsOneRun || !sums.IsOneRun) return (0, sumCount);
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        Span<PanelWindow> windows = stackalloc PanelWindow[extents.Length];
        origin.CopyTo(positions);
        lanes.AddWindows(lane, positions);
        sums.AddWindows(sum, positions);
        Windows(positions, windows);
        return PanelRectangle.Reach(windows, laneCount, sumCount, out _, out _);
    }

    void Pack<T>(
        T* source, ReadOnlySpan<int> origin, int lane, int laneCount, int sum, int sumCount, int width, T* panel)
        where T : unmanaged
    {
        if (laneCount < width) PanelRectangle.Clear(panel + laneCount, width, width - laneCount, sumCount);
        if (gather is not null)
        {
            gather.Pack(source, origin, lane, laneCount, sum, sumCount, width, panel);
            return;
        }
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        Span<PanelWindow> windows = stackalloc PanelWindow[extents.Length];
        for (int done = 0, run; done < laneCount; done += run)
        {
            run = Math.Min(laneCount - done, lanes.LeftInRun(lane + done));
            origin.CopyTo(positions);
            lanes.AddWindows(lane + done, positions);
            PackRun(source + lanes.Cell(lane + done), positions, windows, run, sum, sumCount, width, panel + done);
        }
    }

    void PackRun<T>(
        T* source, Span<int> origin, Span<PanelWindow> windows, int laneCount, int sum, int sumCount, int width, T* panel)
        where T : unmanaged
    {
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        for (int done = 0, run; done < sumCount; done += run)
        {
            run = Math.Min(sumCount - done, sums.LeftInRun(sum + done));
            origin.CopyTo(positions);
            sums.AddWindows(sum + done, positions);
            Windows(positions, windows);
            PanelRectangle.Copy(
                source + sums.Cell(sum + done), lanes.RunStep, sums.RunStep, windows, laneCount, run, width,
                panel + (long)done * width);
        }
    }

    // Of a rectangle that begins at these positions.
    void Windows(ReadOnlySpan<int> positions, Span<PanelWindow> windows)
    {
        for (var w = 0; w < windows.Length; w++)
            windows[w] = new(positions[w], lanes.RunCoefficient(w), sums.RunCoefficient(w), extents[w]);
    }
}
