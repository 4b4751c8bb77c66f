namespace Adjoint;

/// <summary>A window over a rectangle: the point (lane, sum) exists where start + lane steps + sum steps is in [0, extent).</summary>
readonly record struct PanelWindow(int Start, int LaneStep, int SumStep, int Extent)
{
    /// <summary>Whether all points of the rectangle exist, none does (false) or some may (null).</summary>
    public bool? Holds(int lanes, int sums)
    {
        long lane = (long)LaneStep * (lanes - 1), sum = (long)SumStep * (sums - 1);
        var least = Start + Math.Min(0, lane) + Math.Min(0, sum);
        var most = Start + Math.Max(0, lane) + Math.Max(0, sum);
        return least >= 0 && most < Extent ? true : most < 0 || least >= Extent ? false : null;
    }

    /// <summary>The window over the sums from this one on.</summary>
    public PanelWindow From(int sum) => this with { Start = Start + SumStep * sum };

    /// <summary>The window over lanes alone: one exists where it does at any of so many sums.</summary>
    public PanelWindow OfAny(int sums)
    {
        var last = SumStep * (sums - 1);
        return new(Start + Math.Max(0, last), LaneStep, 0, (int)Math.Min(int.MaxValue, (long)Extent + Math.Abs(last)));
    }

    /// <summary>Cuts lanes [from, to) down to those that exist at a sum.</summary>
    public void CutLanes(int sum, ref int from, ref int to) => Cut(Start + SumStep * sum, LaneStep, ref from, ref to);

    /// <summary>Cuts sums [from, to) down to those that exist at a lane.</summary>
    public void CutSums(int lane, ref int from, ref int to) => Cut(Start + LaneStep * lane, SumStep, ref from, ref to);

    void Cut(int start, int step, ref int from, ref int to)
    {
        if (step == 0)
        {
            if ((uint)start >= (uint)Extent) to = from;
            return;
        }
        // A falling position is a rising one seen from the other end of the extent.
        if (step < 0) (start, step) = (Extent - 1 - start, -step);
        if (start < 0) from = Math.Max(from, step == 1 ? -start : (-start + step - 1) / step);
        var end = Extent <= start ? 0 : step == 1 ? Extent - start : (Extent - start + step - 1) / step;
        to = Math.Min(to, end);
        from = Math.Min(from, to = Math.Max(to, 0));
    }
}
