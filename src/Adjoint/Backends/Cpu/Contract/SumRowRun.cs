using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>One chunk of a piece with <see cref="SumRows"/> on one thread. A cell is the sum of its lanes, each of which is one chain of fused products
/// in the order of the sum: its bits do not depend on the chunk it falls into.</summary>
unsafe ref struct SumRowRun
{
    readonly ref PieceCall call;
    readonly PiecePlan plan;
    readonly SumRows all;
    readonly byte* vectors;
    TileCall tile;

    public SumRowRun(ref PieceCall call, byte* workspace)
    {
        this.call = ref call;
        (plan, all) = (call.Plan, call.Plan.SumRows!);
        vectors = workspace;
        tile.B = call.B;
        tile.StepA = plan.RowsA.RunStep;
    }

    /// <summary>Does some parts of rows and of columns.</summary>
    public void Run((int From, int To) rowParts, (int From, int To) columnParts)
    {
        var (rows, left) = Math.DivRem(Math.Min(call.Ends.Sums, plan.SumsA.Count), all.Length);
        for (int from = 0, count; from < rows; from += count)
        {
            count = Math.Min(all.BlockRows, rows - from);
            Sum(rowParts, columnParts, from, count, all.Length);
        }
        if (left > 0) Sum(rowParts, columnParts, rows, 1, left);
        if (rows + left == 0) new Span<byte>(vectors, (int)plan.WorkspaceBytes).Clear();
        Place(rowParts, columnParts);
    }

    void Sum((int From, int To) rowParts, (int From, int To) columnParts, int from, int count, int numbers)
    {
        tile.Table = all.Table.From(2 * from);
        tile.Starts = all.Starts.From(columnParts.From * all.Side);
        tile.Sums = count;
        tile.Left = numbers % plan.Lanes;
        tile.Adds = from > 0 ? 1 : 0;
        tile.Cells = vectors;
        for (var part = rowParts.From; part < rowParts.To; part++)
        {
            var (row, rows) = plan.RowParts[part];
            tile.A = call.A + plan.RowsA.Cell(row) * plan.Bytes;
            TileCall.Run(all.Kernel(rows, numbers), ref tile, columnParts.To - columnParts.From);
            tile.Cells += (long)(columnParts.To - columnParts.From) * rows * all.Side * all.CellBytes;
        }
    }

    void Place((int From, int To) rowParts, (int From, int To) columnParts)
    {
        var at = vectors;
        for (var part = rowParts.From; part < rowParts.To; part++)
        {
            var (row, rows) = plan.RowParts[part];
            for (var columnPart = columnParts.From; columnPart < columnParts.To; columnPart++, at += (long)rows * all.Side * all.CellBytes)
            {
                var (column, width) = plan.ColumnParts[columnPart];
                width = Math.Min(width, call.Ends.Columns - column);
                for (var i = 0; i < Math.Min(rows, call.Ends.Rows - row); i++)
                    for (var j = 0; j < width; j++)
                    {
                        var cell = call.Out + (plan.RowsOut.Cell(row + i) + plan.ColumnsOut.Cell(column + j)) * plan.Bytes;
                        var vector = at + (long)(i * all.Side + j) * all.CellBytes;
                        if (plan.IsDouble) Place((double*)vector, (double*)cell, plan.Lanes, call.Scale, call.Accumulates);
                        else Place((float*)vector, (float*)cell, plan.Lanes, (float)call.Scale, call.Accumulates);
                    }
            }
        }
    }

    // Halves meet until one lane is left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Place<T>(T* lanes, T* cell, int count, T scale, bool adds)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>, System.Numerics.IMultiplyOperators<T, T, T>
    {
        while (count > 1)
        {
            count /= 2;
            for (var i = 0; i < count; i++) lanes[i] += lanes[count + i];
        }
        *cell = adds ? *cell + lanes[0] * scale : lanes[0] * scale;
    }
}
