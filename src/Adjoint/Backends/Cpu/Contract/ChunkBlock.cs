namespace Adjoint;

/// <summary>Tiles of b that are worked on together: parts of columns and one part of the sum.</summary>
readonly record struct ChunkBlock(int Batch, int ColumnFrom, int ColumnTo, int Sum);

/// <summary>The blocks of a chunk, in the order in which they are done.</summary>
/// <param name="KeepsA">Columns of the same sums follow each other, otherwise sums of the same columns.</param>
readonly record struct ChunkBlocks(int Batch, int ColumnFrom, int ColumnTo, int Tiles, int Sums, bool KeepsA)
{
    public int PerBatch => Columns * Sums;

    int Columns => (ColumnTo - ColumnFrom + Tiles - 1) / Tiles;

    public ChunkBlock this[int step]
    {
        get
        {
            var (batch, block) = PerBatch > step ? (0, step) : Math.DivRem(step, PerBatch);
            var (column, sum) = Math.DivRem(block, Sums);
            if (KeepsA) (sum, column) = Math.DivRem(block, Columns);
            var from = ColumnFrom + column * Tiles;
            return new(Batch + batch, from, Math.Min(ColumnTo, from + Tiles), sum);
        }
    }
}
