using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// The loops around the kernels. A block of columns and sums stays in the second cache while all row parts pass it; a part
// of rows stays in the first cache while the tiles of the block stream past. What is packed is packed by the row part
// that comes first: where b can be read as it lies, by the kernel itself, which has it in registers anyway.

/// <summary>One chunk of a piece on one thread.</summary>
unsafe ref partial struct ChunkRun
{
    readonly ref PieceCall call;
    readonly PiecePlan plan;
    readonly int bytes;
    readonly byte* panelA;
    readonly byte* spareTile;
    readonly byte* slots;
    byte* still; // the tiles of the block, where b is packed already
    readonly Span<int> originA, originB; // windows' positions at the first cell of the batch
    byte* a;
    byte* b;
    byte* cells;
    byte* rowsOfA;
    TileCall tile;

    // The part of rows and the block of sums at work.
    int batch, row, rows, sum, sums, stillSums;
    (int From, int To) reach; // sums at which rows of a exist
    bool isFirstPart, isLastBlock, isAdjacent;

    /// <param name="origins">Room for the positions of all windows.</param>
    public ChunkRun(ref PieceCall call, byte* workspace, Span<int> origins)
    {
        this.call = ref call;
        plan = call.Plan;
        bytes = plan.Bytes;
        panelA = workspace;
        spareTile = panelA + plan.PanelsOfA * plan.PanelABytes;
        slots = spareTile + plan.TileBytes;
        originA = origins[..AxisList.MostWindows];
        originB = origins[AxisList.MostWindows..];
        tile.Scale = call.Scale;
        tile.IsFar = plan.IsFar ? 1 : 0;
    }

    /// <summary>Does some parts of rows and columns of some batches.</summary>
    public void Run((int From, int To) batches, (int From, int To) rowParts, (int From, int To) columnParts)
    {
        var keepsA = plan.KeptPanels > 0;
        var blocks = new ChunkBlocks(
            batches.From, columnParts.From, columnParts.To, plan.BlockTiles, plan.SumParts.Parts, keepsA);
        var steps = (batches.To - batches.From) * blocks.PerBatch;
        for (var step = 0; step < steps; step++)
        {
            var block = blocks[step];
            TakeBlock(block);
            if (sums == 0 && block.Sum > 0 || plan.ColumnParts[block.ColumnFrom].Start >= call.Ends.Columns) continue;
            for (var part = rowParts.From; part < rowParts.To; part++)
            {
                (row, rows) = plan.RowParts[part];
                rows = Math.Min(rows, call.Ends.Rows - row);
                if (rows <= 0) break;
                isFirstPart = part == rowParts.From;
                TakeRows(part, rowParts, isPacked: keepsA && block.ColumnFrom > columnParts.From);
                if (plan.IsFar)
                {
                    if (part + 1 < rowParts.To) PrefetchRows(block, part + 1, columnParts.From);
                    else if (step + 1 < steps) PrefetchBlock(blocks[step + 1], rowParts.From, columnParts.From);
                }
                RunTiles(block.ColumnFrom, block.ColumnTo, adds: call.Accumulates || block.Sum > 0);
            }
        }
    }

    void TakeBlock(ChunkBlock block)
    {
        batch = block.Batch;
        a = call.A + plan.BatchesA.Cell(block.Batch) * bytes;
        b = call.B + plan.BatchesB.Cell(block.Batch) * bytes;
        cells = call.Out + plan.BatchesOut.Cell(block.Batch) * bytes;
        if (plan.HasWindows)
        {
            plan.OriginA.CopyTo(originA);
            plan.OriginB.CopyTo(originB);
            plan.BatchesA.AddWindows(block.Batch, originA);
            plan.BatchesB.AddWindows(block.Batch, originB);
        }
        if (call.Panels is not null) still = plan.Still!.Block(call.Panels, block.Batch, block.Sum);
        (sum, sums) = plan.SumParts[block.Sum];
        stillSums = sums;
        sums = Math.Clamp(call.Ends.Sums - sum, 0, sums);
        isLastBlock = block.Sum == plan.SumParts.Parts - 1;
    }

    readonly bool IsInRun => rows <= plan.RowsOut.LeftInRun(row);

    void TakeRows(int part, (int From, int To) rowParts, bool isPacked)
    {
        reach = (0, sums);
        if (plan.CanReadA && IsInRun)
        {
            isAdjacent = plan.IsAdjacentA;
            rowsOfA = a + (plan.RowsA.Cell(row) + plan.SumsA.Cell(sum)) * bytes;
            tile.StepA = isAdjacent ? plan.SumsA.RunStep : plan.RowsA.RunStep;
            return;
        }
        var done = part - rowParts.From;
        var inStrip = done % plan.StripPanels;
        var panel = panelA + (plan.KeptPanels > 0 ? done : inStrip) * plan.PanelABytes;
        if (!isPacked && plan.StripPanels == 1) plan.ReaderA.Pack(a, originA, row, rows, sum, sums, rows, panel);
        else if (!isPacked && inStrip == 0) PackStrip(part, Math.Min(plan.StripPanels, rowParts.To - part), panel);
        isAdjacent = plan.Method != ContractionMethod.Dots;
        rowsOfA = panel;
        tile.StepA = rows;
        reach = plan.ReaderA.Reach(originA, row, rows, sum, sums);
    }

    readonly void PackStrip(int part, int panels, byte* panel)
    {
        Span<int> widths = stackalloc int[panels];
        for (var i = 0; i < panels; i++)
        {
            var (first, count) = plan.RowParts[part + i];
            widths[i] = Math.Clamp(call.Ends.Rows - first, 0, count);
        }
        plan.ReaderA.PackStrip(a, row, widths, sum, sums, panel, plan.PanelABytes);
    }

    void RunTiles(int from, int end, bool adds)
    {
        var rowCell = plan.RowsOut.Cell(row);
        var canWriteRows = plan.ColumnsOut.RunStep == 1 && IsInRun;
        var areAlike = plan.AreAlike && call.Ends.Columns >= plan.ColumnsB.Count && call.Epilogue is null;
        for (int part = from, next; part < end; part = next)
        {
            var (column, width) = plan.ColumnParts[part];
            if (column >= call.Ends.Columns) break;
            width = Math.Min(width, call.Ends.Columns - column);
            var vectors = (width + plan.Lanes - 1) / plan.Lanes;
            var isPartial = width != vectors * plan.Lanes;
            var left = plan.ColumnsOut.LeftInRun(column);
            var leftB = plan.CanReadB && still is null ? plan.ColumnsB.LeftInRun(column) : 0;
            var overlaps = isPartial && vectors > 1 && plan.TableB is not null;
            var isWhole = !isPartial || overlaps || plan.Target.HasMaskedMemory;
            var canRead = width <= leftB && (isWhole || plan.TableB is not null);
            var canWrite = canWriteRows && width <= left && isWhole;
            var packs = (plan.PacksB || !canRead) && isFirstPart && still is null;
            var cutsB = isPartial && canRead && (packs || !plan.PacksB) && plan.TableB is null;
            // Slots follow each other only where every tile has been packed.
            var isRow = canRead || !packs && (plan.PacksB || still is not null);
            var tiles = canWrite && areAlike ? end - part
                : canWrite && width == plan.Width && isRow && plan.TableB is null ? Math.Min(end - part, (canRead ? Math.Min(left, leftB) : left) / width) : 1;
            tiles = Math.Min(tiles, (call.Ends.Columns - column) / width);
            var isOutside = false;
            if (plan.Bounds.Length > 0 && width <= left)
            {
                var (first, last) = Wanted(column, left);
                isOutside = first == last || first >= width;
                // Rows that come later may need columns that these leave out.
                tiles = !isOutside ? Math.Min(tiles, (last + width - 1) / width)
                    : packs ? 1 : Math.Min(end - part, (first == last ? left + width - 1 : first) / width);
            }
            next = part + tiles;

            var slot = still is null ? slots + (long)(part - from) * sums * plan.Width * bytes
                : still + (long)part * stillSums * plan.Width * bytes;
            if (isOutside)
            {
                if (packs) plan.ReaderB.Pack(b, originB, column, width, sum, sums, vectors * plan.Lanes, slot);
                continue;
            }
            if (packs && !canRead)
                plan.ReaderB.Pack(b, originB, column, width, sum, sums, vectors * plan.Lanes, slot);
            if (canRead && (packs || !plan.PacksB)) ReadB(part, column, vectors * plan.Lanes);
            else ReadSlot(slot, vectors * plan.Lanes);
            tile.Packed = slot;
            tile.Left = width - (vectors - 1) * plan.Lanes;
            packs &= canRead;
            Cut(packs ? (0, sums) : reach);
            if (canWrite)
            {
                var cell = rowCell + plan.ColumnsOut.Cell(column);
                tile.Cells = cells + (plan.TableB is null ? cell : rowCell) * bytes;
                if (plan.StartsOut is not null) tile.StartsOut = plan.StartsOut.From(part);
                tile.RowStep = plan.RowsOut.RunStep;
                tile.Adds = adds ? 1 : 0;
                TileCall.Run(plan.Kernel(rows, vectors, isAdjacent, packs, cutsB, isPartial), ref tile, tiles);
                if (isLastBlock && call.Epilogue is not null) Finish(cell, rows, tile.RowStep, tiles * width);
                continue;
            }
            tile.Cells = spareTile;
            if (plan.TableB is not null) tile.StartsOut = CellTable.Zero.From(0);
            tile.RowStep = vectors * plan.Lanes;
            tile.Adds = 0;
            TileCall.Run(plan.Kernel(rows, vectors, isAdjacent, packs, cutsB, overlaps), ref tile, 1);
            Scatter(column, width, vectors * plan.Lanes, adds);
        }
    }

    // Products of sums at which no row of a exists are 0 (only packed panels have such).
    void Cut((int From, int To) sums)
    {
        tile.Sums = sums.To - sums.From;
        tile.A = rowsOfA + (long)sums.From * rows * bytes;
        if (sums.From == 0) return;
        if (plan.TableB is null) tile.B += sums.From * tile.StepB * bytes;
        else tile.Table += sums.From;
    }

    // Of so many columns of a run those that any of the part's rows wants: bounds hold for none of the others.
    readonly (int From, int To) Wanted(int column, int columns)
    {
        var (from, to) = (0, columns);
        if (!IsInRun) return (from, to);
        Span<int> positions = stackalloc int[AxisList.MostWindows];
        positions.Clear();
        plan.BatchesOut.AddWindows(batch, positions);
        plan.RowsOut.AddWindows(row, positions);
        plan.ColumnsOut.AddWindows(column, positions);
        for (var i = 0; i < plan.Bounds.Length; i++)
            new PanelWindow(positions[i] + plan.Bounds[i].Constant, plan.ColumnsOut.RunCoefficient(i),
                plan.RowsOut.RunCoefficient(i), plan.Bounds[i].Extent).OfAny(rows).CutLanes(0, ref from, ref to);
        return (from, to);
    }

    void ReadB(int part, int column, int width)
    {
        if (plan.TableB is not null)
        {
            tile.B = b;
            tile.Table = plan.TableB.Sums.From(sum);
            tile.Starts = plan.StartsB!.From(part);
            return;
        }
        tile.B = b + (plan.ColumnsB.Cell(column) + plan.SumsB.Cell(sum)) * bytes;
        tile.StepB = plan.Method == ContractionMethod.Dots ? plan.ColumnsB.RunStep : plan.SumsB.RunStep;
        tile.TileB = plan.ColumnsB.RunStep * width;
    }

    void ReadSlot(byte* slot, int width)
    {
        tile.B = slot;
        tile.StepB = width;
        tile.TileB = (long)sums * width;
    }

    // What comes next lies far away and in pieces, which the machine does not foresee.
    readonly void PrefetchRows(ChunkBlock block, int part, int firstColumn)
    {
        var isPacked = plan.KeptPanels > 0 && block.ColumnFrom > firstColumn;
        if (!plan.IsPlainA || isPacked || plan.StripPanels > 1 || !Sse.IsSupported) return;
        var (row, rows) = plan.RowParts[part];
        var (sum, sums) = plan.SumParts[block.Sum];
        var first = call.A + (plan.BatchesA.Cell(block.Batch) + plan.RowsA.Cell(row) + plan.SumsA.Cell(sum)) * bytes;
        if (plan.IsAdjacentA) Prefetch(first, sums, plan.SumsA.RunStep * bytes, rows * bytes);
        else Prefetch(first, rows, plan.RowsA.RunStep * bytes, sums * bytes);
    }

    readonly void PrefetchBlock(ChunkBlock block, int part, int firstColumn)
    {
        PrefetchRows(block, part, firstColumn);
        if (!plan.CanReadB || plan.TableB is not null || call.Panels is not null || !Sse.IsSupported) return;
        var (column, width) = plan.ColumnParts[block.ColumnFrom];
        var (sum, sums) = plan.SumParts[block.Sum];
        var first = call.B + (plan.BatchesB.Cell(block.Batch) + plan.ColumnsB.Cell(column) + plan.SumsB.Cell(sum)) * bytes;
        Prefetch(first, sums, plan.SumsB.RunStep * bytes, width * bytes);
    }

    static void Prefetch(byte* first, int rows, long rowStep, int rowBytes)
    {
        for (; rows > 0; rows--, first += rowStep)
            for (var i = 0; i < rowBytes; i += Storage.Alignment) Sse.Prefetch1(first + i);
    }
}
