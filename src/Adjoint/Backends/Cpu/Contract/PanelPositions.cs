namespace Adjoint;

/// <summary>Where each position of a list lies, and what it adds to each window's position.</summary>
sealed class PanelPositions
{
    /// <param name="group">Positions that are read whole, the last ones too.</param>
    public PanelPositions(AxisList list, int windows, int group)
    {
        Stride = list.Count + group;
        (Cells, Windows) = (new int[Stride], new int[Stride * windows]);
        Span<int> sums = stackalloc int[AxisList.MostWindows];
        for (var i = 0; i < list.Count; i++)
        {
            sums.Clear();
            list.AddWindows(i, sums);
            Cells[i] = (int)list.Cell(i);
            for (var w = 0; w < windows; w++) Windows[w * Stride + i] = sums[w];
        }
    }

    public int[] Cells { get; }

    /// <summary>By windows, then by positions.</summary>
    public int[] Windows { get; }
    public int Stride { get; }
}
