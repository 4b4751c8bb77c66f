namespace Adjoint;

/// <summary>Tiles of b that are worked on together: parts of columns and one part of the sum.</summary>
readonly record struct ChunkBlock(int Batch, int ColumnFrom, int ColumnTo, int Sum);

/// <summary>The blocks of a chunk, in the order in which they are done: sums of the same columns follow each other.</summary>
readonly record struct ChunkBlocks(int Batch, int ColumnFrom, int ColumnTo, int Tiles, int Sums)
{
    public int PerBatch => (ColumnTo - ColumnFrom + Tiles - 1) / Tiles * Sums;

    public ChunkBlock this[int step]
    {
        get
        {
            var (batch, block) = PerBatch > step ? (0, step) : Math.DivRem(step, PerBatch);
            var (column, sum) = Math.DivRem(block, Sums);
            var from = ColumnFrom + column * Tiles;
            return new(Batch + batch, from, Math.Min(ColumnTo, from + Tiles), sum);
        }
    }
}
