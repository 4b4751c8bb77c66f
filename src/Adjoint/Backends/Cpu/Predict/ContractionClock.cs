using System.Collections.Concurrent;

namespace Adjoint;

// The engine's loops once more, with counts in place of runs: how many tiles of which size there are, which kernel each
// calls, what is packed how often.

/// <summary>The least time of a contraction on one core.</summary>
static class ContractionClock
{
    // Instructions around a call of a kernel, to bring a cell of a tile beside to its place, and to copy one with its margins.
    const double OfCall = 100, OfScattered = 4, OfPlaced = 1.5, OfCopied = 0.5;

    const int LineBytes = Storage.Alignment;

    static readonly ConcurrentDictionary<(ContractionKernel, CodeTarget), KernelCode> Codes = new();

    /// <param name="hasPanels">What stays the same has been packed before.</param>
    /// <param name="finish">Seconds of what is computed on so many rows and columns of finished cells.</param>
    public static double Seconds(ContractionPlan plan, ContractionEnds ends, bool accumulates, double scale, bool hasPanels,
        MachineSpeed speed, Func<int, int, double>? finish)
    {
        var seconds = 0.0;
        foreach (var piece in plan.Pieces)
        {
            var own = piece.Piece.IsSwapped ? ends.Swapped : ends;
            seconds += piece.Image is not null ? ImageSeconds(piece, own, speed)
                : piece.SumRows is not null ? SumRowSeconds(piece, own, speed)
                : Seconds(piece, own, accumulates || piece.Piece.Adds, scale, hasPanels && piece.Still is not null, speed, finish);
        }
        return seconds;
    }

    /// <summary>Chunks that may run at the same time.</summary>
    public static int Chunks(ContractionPlan plan) => plan.Pieces.Select(p => p.Grid.Chunks).DefaultIfEmpty(1).Max();

    /// <summary>Packing for all runs what stays the same.</summary>
    public static double PackSeconds(ContractionPlan plan, MachineSpeed speed) =>
        plan.Pieces.Where(p => p.Still is not null).Sum(p => PackAllSeconds(p, speed));

    static double PackAllSeconds(PiecePlan plan, MachineSpeed speed) => Sizes(plan.ColumnParts).Sum(c => Sizes(plan.SumParts).Sum(s =>
        plan.BatchesB.Count * c.Count * s.Count * PackSeconds(plan, plan.ColumnsB, plan.SumsB, c.Size, s.Size, speed)));

    // All tiles past all panels, cells to their places, the copy with margins, the panels. A block of the image is not near: each sum of a tile
    // brings a line of it.
    static double ImageSeconds(PiecePlan plan, ContractionEnds ends, MachineSpeed speed)
    {
        var image = plan.Image!;
        var block = (double)plan.Margins!.Bytes / image.Blocks.Length;
        var ofLine = LineBytes * speed.Alone!.SecondsOf(block, isRead: true, isWritten: false);
        var tiles = 0.0;
        foreach (var (sums, sumParts) in Sizes(plan.SumParts))
            foreach (var (rows, rowParts) in Sizes(plan.RowParts))
                foreach (var (width, columnParts) in Sizes(plan.ColumnParts))
                {
                    var calls = Math.Min(rowParts, image.Blocks.Length);
                    var vectors = (width + plan.Lanes - 1) / plan.Lanes;
                    var code = Codes.GetOrAdd((new ImageKernel(plan.Element, rows, vectors), plan.Target), static key => key.Item1.Write(key.Item2));
                    tiles += columnParts * sumParts * calls * (OfCall * speed.Core.Instruction + KernelClock.Seconds(code, speed.Core, 0,
                        (long)(rowParts / calls), [sums * Reached(plan.SumsA.Count, ends.Sums), null, null, null, null, 1, null, null], [1])
                        + ofLine * sums * rowParts / calls);
                }
        var reached = Reached(plan.RowsOut.Count, ends.Rows) * Reached(plan.ColumnsOut.Count, ends.Columns);
        return plan.BatchesOut.Count * reached * (tiles + OfPlaced * plan.RowsOut.Count * plan.ColumnsOut.Count * speed.Core.Instruction)
            + plan.Margins.Bytes / plan.Bytes * OfCopied * speed.Core.Instruction + PackAllSeconds(plan, speed);
    }

    // All tiles past all rows of the sum, lanes added up, the copy with margins.
    static double SumRowSeconds(PiecePlan plan, ContractionEnds ends, MachineSpeed speed)
    {
        var (all, core) = (plan.SumRows!, speed.Core);
        var blocks = Math.Ceiling((double)all.Rows / all.BlockRows);
        var tiles = Sizes(plan.RowParts).Sum(rows => rows.Count * blocks * (OfCall * core.Instruction + KernelClock.Seconds(
            Codes.GetOrAdd((new SumRowKernel(plan.Element, rows.Size, all.Length), plan.Target), static key => key.Item1.Write(key.Item2)), core, 0, all.Tiles,
            [all.BlockRows, null, null, null, null, 1, null, null], [1])));
        return (tiles + OfScattered * plan.Lanes * plan.RowsA.Count * plan.ColumnsB.Count * core.Instruction)
            * Reached(plan.RowsOut.Count, ends.Rows) * Reached(plan.ColumnsOut.Count, ends.Columns) * Reached(plan.SumsA.Count, ends.Sums)
            + (all.Margins?.Bytes ?? 0) / plan.Bytes * OfCopied * core.Instruction;
    }

    static double Seconds(PiecePlan plan, ContractionEnds ends, bool accumulates, double scale, bool hasPanels, MachineSpeed speed,
        Func<int, int, double>? finish)
    {
        var core = speed.Core;
        var reached = Reached(plan.RowsOut.Count, ends.Rows) * Reached(plan.ColumnsOut.Count, ends.Columns);
        var all = 0.0;
        var isRowWhole = plan.RowsOut.IsOneRun || plan.RowsOut.RunLength >= plan.RowParts.Largest;
        var isColumnInRun = plan.ColumnParts.Run == plan.ColumnsOut.RunLength || plan.ColumnsOut.IsOneRun;
        var blocks = Math.Ceiling((double)plan.ColumnParts.Parts / plan.BlockTiles);
        var inside = Inside(plan);
        var reachedSums = ReachedSums(plan);
        var sumCount = 0;
        foreach (var (sums, sumParts) in Sizes(plan.SumParts))
        {
            var summed = Math.Max(0, sums * reachedSums * Reached(plan.SumsA.Count, ends.Sums));
            var adds = accumulates || sumCount++ > 0;
            foreach (var (rows, rowParts) in Sizes(plan.RowParts))
            {
                var calls = plan.BatchesOut.Count * sumParts * rowParts;
                var readsA = plan.CanReadA && isRowWhole;
                if (!readsA)
                    all += calls * (plan.KeptPanels > 0 ? plan.Grid.Columns : blocks)
                        * PackSeconds(plan, plan.RowsA, plan.SumsA, rows, sums, speed);
                foreach (var (width, columnParts) in Sizes(plan.ColumnParts))
                {
                    var vectors = (width + plan.Lanes - 1) / plan.Lanes;
                    var isPartial = width != vectors * plan.Lanes;
                    var isWhole = !isPartial || plan.Target.HasMaskedMemory || vectors > 1 && plan.TableB is not null;
                    var canRead = plan.CanReadB && !hasPanels && (isWhole || plan.TableB is not null) && (plan.ColumnsB.IsOneRun || plan.ColumnsB.RunLength >= width);
                    var canWrite = plan.ColumnsOut.RunStep == 1 && isRowWhole && isColumnInRun && isWhole;
                    var packs = (plan.PacksB || !canRead) && !hasPanels;
                    var isRow = canWrite && width == plan.Width && (canRead || plan.PacksB || hasPanels);
                    var tiles = plan.AreAlike && canWrite ? Math.Max(1, columnParts / blocks)
                        : isRow && plan.TableB is null ? Math.Max(1, columnParts / Math.Max(blocks, columnParts * plan.Width / plan.ColumnsOut.RunLength)) : 1;
                    var isAdjacent = readsA ? plan.IsAdjacentA : plan.Method != ContractionMethod.Dots;
                    var each = OfCall * core.Instruction + Kernel(packs: false)
                        + (canWrite ? 0 : OfScattered * rows * width * core.Instruction)
                        + (finish is null ? 0 : finish(rows, (int)(tiles * width)) / plan.SumParts.Parts);
                    all += calls * inside * columnParts * (each / tiles + (readsA && plan.IsAdjacentA
                        ? sums * speed.Alone!.SecondsApart(sums, plan.SumsA.RunStep * plan.Bytes) : 0));
                    if (!packs) continue;
                    var firsts = plan.BatchesOut.Count * sumParts * plan.Grid.Rows * columnParts * rowParts / plan.RowParts.Parts;
                    all += firsts * (canRead ? (Kernel(packs: true) - Kernel(packs: false)) / tiles
                        : PackSeconds(plan, plan.ColumnsB, plan.SumsB, width, sums, speed));

                    double Kernel(bool packs) => KernelClock.Seconds(Code(plan, rows, vectors, isAdjacent, packs, isPartial && canRead && plan.TableB is null, isPartial && canWrite),
                        core, 0, tiles, [summed, null, null, null, null, adds ? 1 : 0, width - (vectors - 1) * plan.Lanes, plan.IsFar ? 1 : 0], [scale]);
                }
            }
        }
        if (plan.Table?.Margins is { } copy) all += copy.Bytes / plan.Bytes * OfCopied * core.Instruction;
        return all * reached;
    }

    static double Reached(int count, int end) => count == 0 ? 0 : Math.Min(1.0, (double)end / count);

    static KernelCode Code(PiecePlan plan, int rows, int vectors, bool isAdjacent, bool packs, bool cutsB, bool cutsOut) =>
        Codes.GetOrAdd((plan.Method switch
        {
            ContractionMethod.Dots => new DotKernel(plan.Element, rows, vectors),
            ContractionMethod.Streams => new StreamKernel(plan.Element, rows, vectors, isAdjacent, cutsB),
            _ => (ContractionKernel)new TileKernel(plan.Element, rows, vectors, isAdjacent, packs, cutsB, cutsOut, plan.TableB is not null),
        }, plan.Target), static key => key.Item1.Write(key.Item2));

    // Sizes of parts, and how many have each.
    static IEnumerable<(int Size, double Count)> Sizes(Partition parts) => parts.Parts == 0 ? []
        : Enumerable.Range(0, parts.PerRun).Select(i => parts[i].Count).GroupBy(size => size)
            .Select(g => (g.Key, g.Count() * (double)parts.Parts / parts.PerRun));

    // The share of sums at which a row of a part exists.
    static double ReachedSums(PiecePlan plan)
    {
        if (plan.RowsA.Windows == 0 || plan.SumParts.Parts == 0) return 1;
        var reached = Enumerable.Range(0, plan.RowParts.Parts).Select(i => plan.RowParts[i]).Average(part =>
        {
            var (from, to) = plan.ReaderA.Reach(plan.OriginA, part.Start, part.Count, 0, plan.SumsA.Count);
            return to - from;
        });
        return reached / plan.SumsA.Count;
    }

    // The share of tiles that lie inside the bounds.
    static double Inside(PiecePlan plan)
    {
        if (plan.Bounds.Length == 0) return 1;
        var count = 0;
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        for (var row = 0; row < plan.RowParts.Parts; row++)
            for (var column = 0; column < plan.ColumnParts.Parts; column++)
            {
                positions.Clear();
                plan.RowsOut.AddWindows(plan.RowParts[row].Start, positions);
                plan.ColumnsOut.AddWindows(plan.ColumnParts[column].Start, positions);
                var isOutside = false;
                for (var i = 0; i < plan.Bounds.Length; i++)
                    isOutside |= new PanelWindow(positions[i] + plan.Bounds[i].Constant, plan.ColumnsOut.RunCoefficient(i),
                        plan.RowsOut.RunCoefficient(i), plan.Bounds[i].Extent).Holds(plan.ColumnParts[column].Count, plan.RowParts[row].Count) == false;
                if (!isOutside) count++;
            }
        return count / (double)Math.Max(1, plan.RowParts.Parts * plan.ColumnParts.Parts);
    }

    // Rows that lie as they are wanted are copied, squares are turned, short runs are looked up.
    static double PackSeconds(PiecePlan plan, AxisList lanes, AxisList sums, int laneCount, int sumCount, MachineSpeed speed)
    {
        const double OfRow = 8, OfTurned = 1.0;
        var runs = Math.Ceiling((double)laneCount / Math.Max(1, lanes.RunLength));
        var instruction = speed.Core.Instruction;
        if (lanes.Windows == 0 && sums.RunStep == 1 && sums.RunLength >= 8) return OfTurned * laneCount * sumCount * instruction;
        if (lanes.Windows > 0 || lanes.RunStep != 1 || runs > 1)
            return sumCount * (runs * speed.OfShortRun + (lanes.RunStep == 1 ? 0 : laneCount * 2 * instruction));
        return sumCount * (Math.Ceiling((double)laneCount * plan.Bytes / LineBytes) * speed.Alone!.SecondsApart(sumCount, sums.RunStep * plan.Bytes)
            + (OfRow + laneCount / 4.0) * instruction);
    }
}
