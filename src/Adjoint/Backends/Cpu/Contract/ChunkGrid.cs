namespace Adjoint;

/// <summary>The chunks of a piece: ranges of its batches, times ranges of row parts, times ranges of column parts.</summary>
readonly record struct ChunkGrid(int Batches, int Rows, int Columns)
{
    /// <summary>Work worth a chunk of its own, 1 or 2 us; below, sharing costs more than it gains.</summary>
    const double LeastOperations = 1 << 18;

    /// <summary>Chunks for each thread, so that a thread that is held up does not hold up all.</summary>
    const int PerThread = 2;

    /// <summary>What packing costs, in rows or columns of products: shared by those of the chunk.</summary>
    const double PackingCost = 4;

    public int Chunks => Batches * Rows * Columns;

    public static ChunkGrid Of(int batches, int rows, int rowParts, int columns, int columnParts, double operations, int threads)
    {
        var wanted = threads == 1 ? 1 : (int)Math.Clamp(operations / LeastOperations, 1, PerThread * threads);
        if (batches >= wanted || batches == 0) return new(wanted, 1, 1);
        var each = (wanted + batches - 1) / batches;
        var (best, least) = (new ChunkGrid(batches, 1, 1), double.MaxValue);
        for (var c = 1; c <= Math.Min(each, columnParts); c++)
        {
            var grid = new ChunkGrid(batches, Math.Clamp((each + c - 1) / c, 1, Math.Max(1, rowParts)), c);
            var largest = (double)Ceiling(rowParts, grid.Rows) * Ceiling(columnParts, c) * Ceiling(grid.Chunks, threads);
            var cost = largest * (1 + PackingCost * grid.Rows / rows + PackingCost * c / columns);
            if (cost < least) (best, least) = (grid, cost);
        }
        return best;
    }

    /// <summary>The parts of one range out of several.</summary>
    public static (int From, int To) Range(int parts, int ranges, int range) =>
        ((int)((long)parts * range / ranges), (int)((long)parts * (range + 1) / ranges));

    static int Ceiling(int a, int b) => (a + b - 1) / b;
}
