using Xunit;

namespace Adjoint.Tests;

public sealed unsafe class PanelLookupTests
{
    [Theory]
    // Extents of the lanes, steps of their last axis; extents of the sums; windows.
    [InlineData("64", 1, "3 3", 0)]
    [InlineData("4 7 7", 1, "5 2 2", 2)]
    [InlineData("5 12", 1, "3 3 3", 1)]
    [InlineData("3 3", 1, "4 9", 2)]
    [InlineData("2 5 3", 2, "40", 3)]
    [InlineData("6 7", 2, "4 4", 2)]
    [InlineData("37", 5, "2 2 2", 4)]
    [InlineData("11", 1, "2 31", 2)]
    public void Panels_hold_what_each_lane_and_sum_say(string lanes, int step, string sums, int windows)
    {
        var random = new System.Random(lanes.Length + 31 * windows);
        int[] all = [.. Enumerable.Range(0, windows)];
        var rows = new AxisList(Axes(lanes, step), a => a.A, all);
        var depths = new AxisList(Axes(sums, 3), a => a.A, all);
        int[] extents = [.. all.Select(_ => random.Next(3, 9))];
        int[] origin = [.. all.Select(_ => random.Next(-3, 2)), 0, 0, 0, 0];
        var (lookup, masks) = (PanelLookup.Of(rows, depths, extents), PanelMasks.Of(rows, depths, extents));
        Assert.SkipWhen(lookup is null && masks is null, "This machine looks such lanes up in no table.");
        float[] cells = [.. Enumerable.Range(1, (int)(rows.Reach + depths.Reach)).Select(i => (float)i)];
        foreach (var (lane, count, width) in new[] { (0, rows.Count, rows.Count + 5), (1, Math.Min(9, rows.Count - 1), 9) })
        {
            fixed (float* source = cells)
            {
                var first = source;
                if (lookup is not null)
                    Check(panel => lookup.Pack(first, origin.AsSpan(0, AxisList.MostWindows), lane, count, 0, depths.Count, width, (float*)panel));
                if (masks is not null)
                    Check(panel => masks.Pack(first, origin.AsSpan(0, AxisList.MostWindows), lane, count, 0, depths.Count, width, (float*)panel));
            }

            void Check(Action<nint> pack)
            {
                const int Margin = 16;
                var panel = Enumerable.Repeat(float.NaN, width * depths.Count + Margin).ToArray();
                fixed (float* target = panel) pack((nint)target);
                for (var sum = 0; sum < depths.Count; sum++)
                    for (var i = 0; i < count; i++)
                        Assert.Equal(Cell(lane + i, sum), panel[sum * width + i]);
                // Behind the last row of the panel lies what others own.
                Assert.All(panel[^Margin..], number => Assert.True(float.IsNaN(number)));
            }
        }

        float Cell(int lane, int sum)
        {
            Span<int> positions = stackalloc int[AxisList.MostWindows];
            origin.AsSpan(0, AxisList.MostWindows).CopyTo(positions);
            rows.AddWindows(lane, positions);
            depths.AddWindows(sum, positions);
            for (var w = 0; w < windows; w++)
                if (positions[w] < 0 || positions[w] >= extents[w]) return 0;
            return cells[rows.Cell(lane) + depths.Cell(sum)];
        }

        PieceAxis[] Axes(string text, int last)
        {
            int[] extent = [.. text.Split(' ').Select(int.Parse)];
            var axes = new PieceAxis[extent.Length];
            long next = last;
            for (var i = extent.Length - 1; i >= 0; i--)
            {
                axes[i] = new(ContractionGroup.Sum, extent[i], next, 0, 0, [.. all.Select(_ => random.Next(-1, 3))]);
                next *= extent[i];
                // Rows that follow each other without a gap, and rows that do not.
                if (i % 2 == 1) next += 3;
            }
            return axes;
        }
    }
}
