namespace Adjoint;

// An image whose numbers meet vectors of weights one by one (RowTable.IsOfA). A tile of packed weights stays in the first cache while a block
// of rows of the image, which stays in the second, passes: tiles of out are small and kept beside it until their sums are complete.

/// <summary>The decisions for such a piece.</summary>
sealed class ImagePlan
{
    /// <summary>Of a tile of weights, and of a block of the image.</summary>
    const int NearBytes = 16 << 10, BlockBytes = 160 << 10;

    readonly PiecePlan plan;
    readonly KernelEntry?[] kernels; // by rows and vectors, filled when first wanted

    public ImagePlan(PiecePlan plan)
    {
        this.plan = plan;
        kernels = new KernelEntry?[(plan.RowParts.Largest + 1) * (plan.Vectors + 1)];
        Panels = new(plan);
        var parts = plan.RowParts.Parts;
        var inBlock = (int)Math.Clamp(BlockBytes * parts / plan.Table!.Margins!.Bytes, 1, parts);
        // Tiles of as many rows follow each other: one call runs all of them.
        Tiles = [.. Enumerable.Range(0, parts).Chunk(inBlock).SelectMany(block => block.OrderByDescending(p => plan.RowParts[p].Count)).Select(p => plan.RowParts[p])];
        Blocks = [.. Enumerable.Range(0, parts).Chunk(inBlock).Select(block => (block[0], block[^1] + 1))];
        Starts = new(parts, i => plan.RowsA.Cell(Tiles[i].Row));
        TilesBytes = PiecePlan.Aligned((long)inBlock * plan.RowParts.Largest * plan.Width * plan.Bytes);
    }

    /// <summary>Sums of a tile of weights.</summary>
    public static int MostSums(int width, int bytes) => Math.Max(1, NearBytes / bytes / width);

    /// <summary>All tiles of weights.</summary>
    public StillPanels Panels { get; }

    /// <summary>The first row of each tile and how many it has, block by block.</summary>
    public (int Row, int Count)[] Tiles { get; }

    /// <summary>Tiles that all weights pass before the next are begun.</summary>
    public (int From, int To)[] Blocks { get; }

    /// <summary>What tiles of a block take.</summary>
    public long TilesBytes { get; }

    /// <summary>Where the rows of each tile begin in a.</summary>
    public CellTable Starts { get; }

    public KernelEntry Kernel(int rows, int vectors) =>
        kernels[rows * (plan.Vectors + 1) + vectors] ??= new ImageKernel(plan.Element, rows, vectors).Compile(plan.Target);
}
