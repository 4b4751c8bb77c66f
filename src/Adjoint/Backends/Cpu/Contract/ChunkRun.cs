namespace Adjoint;

// The loops around the kernels. A block of columns and sums stays in the second cache while all row parts pass it; a part
// of rows stays in the first cache while the tiles of the block stream past. What is packed is packed by the row part
// that comes first: where b can be read as it lies, by the kernel itself, which has it in registers anyway.

/// <summary>One chunk of a piece on one thread.</summary>
unsafe ref struct ChunkRun
{
    readonly ref PieceCall call;
    readonly PiecePlan plan;
    readonly int bytes;
    readonly byte* panelA;
    readonly byte* spareTile;
    readonly byte* slots;
    readonly Span<int> originA, originB; // windows' positions at the first cell of the batch
    byte* a;
    byte* b;
    byte* cells;
    TileCall tile;

    // The part of rows and the block of sums at work.
    int row, rows, sum, sums;
    bool isFirstPart, isLastBlock, isAdjacent;

    /// <param name="origins">Room for the positions of all windows.</param>
    public ChunkRun(ref PieceCall call, byte* workspace, Span<int> origins)
    {
        this.call = ref call;
        plan = call.Plan;
        bytes = plan.Bytes;
        panelA = workspace;
        spareTile = panelA + plan.PanelABytes;
        slots = spareTile + plan.TileBytes;
        originA = origins[..AxisList.MostWindows];
        originB = origins[AxisList.MostWindows..];
        tile.Scale = call.Scale;
    }

    public void Batch(int batch, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        a = call.A + plan.BatchesA.Cell(batch) * bytes;
        b = call.B + plan.BatchesB.Cell(batch) * bytes;
        cells = call.Out + plan.BatchesOut.Cell(batch) * bytes;
        plan.OriginA.CopyTo(originA);
        plan.OriginB.CopyTo(originB);
        plan.BatchesA.AddWindows(batch, originA);
        plan.BatchesB.AddWindows(batch, originB);
        for (int column = columnFrom, end; column < columnTo; column = end)
        {
            end = Math.Min(columnTo, column + plan.BlockTiles);
            for (var block = 0; block < plan.SumParts.Parts; block++)
            {
                (sum, sums) = plan.SumParts[block];
                isLastBlock = block == plan.SumParts.Parts - 1;
                tile.Sums = sums;
                for (var part = rowFrom; part < rowTo; part++)
                {
                    (row, rows) = plan.RowParts[part];
                    isFirstPart = part == rowFrom;
                    TakeRows();
                    RunTiles(column, end, adds: call.Accumulates || block > 0);
                }
            }
        }
    }

    bool IsInRun => rows <= plan.RowsOut.LeftInRun(row);

    void TakeRows()
    {
        if (plan.CanReadA && IsInRun)
        {
            isAdjacent = plan.IsAdjacentA;
            tile.A = a + (plan.RowsA.Cell(row) + plan.SumsA.Cell(sum)) * bytes;
            tile.StepA = isAdjacent ? plan.SumsA.RunStep : plan.RowsA.RunStep;
            return;
        }
        plan.ReaderA.Pack(a, originA, row, rows, sum, sums, rows, panelA);
        isAdjacent = true;
        tile.A = panelA;
        tile.StepA = rows;
    }

    void RunTiles(int from, int end, bool adds)
    {
        var rowCell = plan.RowsOut.Cell(row);
        var canWriteRows = plan.ColumnsOut.RunStep == 1 && IsInRun;
        for (int part = from, next; part < end; part = next)
        {
            var (column, width) = plan.ColumnParts[part];
            var vectors = (width + plan.Lanes - 1) / plan.Lanes;
            var isPartial = width != vectors * plan.Lanes;
            var left = plan.ColumnsOut.LeftInRun(column);
            var isWhole = width <= left && (!isPartial || plan.Target.HasMaskedMemory);
            var canRead = plan.CanReadB && isWhole;
            var canWrite = canWriteRows && isWhole;
            var packs = (plan.PacksB || !canRead) && isFirstPart;
            var tiles = canWrite && width == plan.Width && (canRead || !packs) ? Math.Min(end - part, left / width) : 1;
            next = part + tiles;

            var slot = slots + (long)(part - from) * sums * plan.Width * bytes;
            if (packs && !canRead)
                plan.ReaderB.Pack(b, originB, column, width, sum, sums, vectors * plan.Lanes, slot);
            if (canRead && (packs || !plan.PacksB)) ReadB(column);
            else ReadSlot(slot, vectors * plan.Lanes);
            tile.Packed = slot;
            tile.Left = width - (vectors - 1) * plan.Lanes;
            packs &= canRead;
            if (canWrite)
            {
                var cell = rowCell + plan.ColumnsOut.Cell(column);
                tile.Cells = cells + cell * bytes;
                tile.RowStep = plan.RowsOut.RunStep;
                tile.Adds = adds ? 1 : 0;
                TileCall.Run(plan.Kernel(rows, vectors, isAdjacent, packs, isPartial), ref tile, tiles);
                if (isLastBlock && call.Epilogue is not null) Finish(cell, rows, tile.RowStep, tiles * width);
                continue;
            }
            tile.Cells = spareTile;
            tile.RowStep = vectors * plan.Lanes;
            tile.Adds = 0;
            TileCall.Run(plan.Kernel(rows, vectors, isAdjacent, packs, isPartial && canRead), ref tile, 1);
            Scatter(column, width, vectors * plan.Lanes, adds);
        }
    }

    void ReadB(int column)
    {
        tile.B = b + (plan.ColumnsB.Cell(column) + plan.SumsB.Cell(sum)) * bytes;
        tile.StepB = plan.SumsB.RunStep;
        tile.TileB = plan.Width;
    }

    void ReadSlot(byte* slot, int width)
    {
        tile.B = slot;
        tile.StepB = width;
        tile.TileB = (long)sums * width;
    }

    // A tile whose cells do not lie in rows was written beside; here its cells find their places.
    void Scatter(int column, int width, int tileWidth, bool adds)
    {
        for (var i = 0; i < rows; i++)
        {
            var source = spareTile + (long)i * tileWidth * bytes;
            var rowCell = plan.RowsOut.Cell(row + i);
            for (int done = 0, run; done < width; done += run)
            {
                run = Math.Min(width - done, plan.ColumnsOut.LeftInRun(column + done));
                var cell = rowCell + plan.ColumnsOut.Cell(column + done);
                var step = plan.ColumnsOut.RunStep;
                if (plan.IsDouble) Scatter((double*)source + done, (double*)cells + cell, run, step, adds);
                else Scatter((float*)source + done, (float*)cells + cell, run, step, adds);
                if (!isLastBlock || call.Epilogue is null) continue;
                if (step == 1) Finish(cell, 1, 0, run);
                else for (var j = 0; j < run; j++) Finish(cell + j * step, 1, 0, 1);
            }
        }
    }

    static void Scatter<T>(T* source, T* target, int count, long step, bool adds)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        if (adds) for (var i = 0; i < count; i++) target[i * step] += source[i];
        else for (var i = 0; i < count; i++) target[i * step] = source[i];
    }

    readonly void Finish(long cell, int rows, long rowStep, int columns)
    {
        var fromStart = plan.Piece.OffsetOut + (cells - call.Out) / bytes + cell;
        call.Epilogue!(call.Context, cells + cell * bytes, fromStart, rows, rowStep, columns);
    }
}
