using System.Runtime.CompilerServices;

namespace Adjoint;

// What a tile computed, brought to its places in out and finished there.

unsafe ref partial struct ChunkRun
{
    // A tile whose cells do not lie in rows was written beside; here its cells find their places.
    void Scatter(int column, int width, int tileWidth, bool adds)
    {
        Span<(long Cell, int From, int Count)> runs = stackalloc (long, int, int)[width];
        var count = 0;
        for (int done = 0, run; done < width; done += run)
        {
            run = Math.Min(width - done, plan.ColumnsOut.LeftInRun(column + done));
            runs[count++] = (plan.ColumnsOut.Cell(column + done), done, run);
        }
        var step = plan.ColumnsOut.RunStep;
        for (var i = 0; i < rows; i++)
        {
            var source = spareTile + (long)i * tileWidth * bytes;
            var row = cells + plan.RowsOut.Cell(this.row + i) * bytes;
            foreach (var (cell, from, length) in runs[..count])
                if (plan.IsDouble) Scatter((double*)source + from, (double*)row + cell, length, step, adds);
                else Scatter((float*)source + from, (float*)row + cell, length, step, adds);
        }
        if (isLastBlock && call.Epilogue is not null) FinishScattered(column, width);
    }

    // Runs of columns that touch are finished together, and all rows of them at once.
    readonly void FinishScattered(int column, int width)
    {
        var step = plan.ColumnsOut.RunStep;
        for (int done = 0, run; done < width; done += run)
        {
            var cell = plan.ColumnsOut.Cell(column + done);
            run = step == 1 ? Math.Min(width - done, plan.ColumnsOut.LeftInRun(column + done)) : 1;
            while (step == 1 && done + run < width && plan.ColumnsOut.Cell(column + done + run) == cell + run)
                run += Math.Min(width - done - run, plan.ColumnsOut.LeftInRun(column + done + run));
            if (IsInRun) Finish(plan.RowsOut.Cell(row) + cell, rows, plan.RowsOut.RunStep, run);
            else for (var i = 0; i < rows; i++) Finish(plan.RowsOut.Cell(row + i) + cell, 1, 0, run);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
