namespace Adjoint;

// The decisions for one piece, from sizes alone: how groups are cut, what is packed, how work is shared out. The number of
// threads decides only how many parts there are to share; the order of the products of a cell does not depend on it.

/// <summary>How a piece is run.</summary>
sealed class PiecePlan
{
    /// <summary>A panel of a stays in the first cache together with what streams past it.</summary>
    const int PanelBytes = 24 << 10;

    /// <summary>A block of b stays in the second cache while all rows pass.</summary>
    const int BlockBytes = 512 << 10;

    /// <summary>Below this b stays near without being packed.</summary>
    const int SmallBytes = 64 << 10;

    readonly KernelEntry?[] kernels; // filled when first wanted

    public PiecePlan(ContractionPiece piece, Element element, CodeTarget target, int threads)
    {
        (Piece, Element, Target) = (piece, element, target);
        var windowsA = Windows(isOfB: false);
        var windowsB = Windows(isOfB: true);
        var (rows, columns) = (piece.Group(ContractionGroup.Row), piece.Group(ContractionGroup.Column));
        var (sums, batches) = (piece.Group(ContractionGroup.Sum), piece.Group(ContractionGroup.Batch));
        RowsA = new(rows, a => a.A, windowsA);
        RowsOut = new(rows, a => a.Out);
        ColumnsB = new(columns, a => a.B, windowsB);
        ColumnsOut = new(columns, a => a.Out);
        SumsA = new(sums, a => a.A, windowsA);
        SumsB = new(sums, a => a.B, windowsB);
        BatchesA = new(batches, a => a.A, windowsA);
        BatchesB = new(batches, a => a.B, windowsB);
        BatchesOut = new(batches, a => a.Out);
        OriginA = [.. windowsA.Select(w => piece.Windows[w].Constant)];
        OriginB = [.. windowsB.Select(w => piece.Windows[w].Constant)];
        ReaderA = new(RowsA, SumsA, [.. windowsA.Select(w => piece.Windows[w].Extent)], IsDouble);
        ReaderB = new(ColumnsB, SumsB, [.. windowsB.Select(w => piece.Windows[w].Extent)], IsDouble);

        Lanes = target.Lanes(element);
        var most = TileKernel.MostAccumulators(target);
        // Two vectors beside each other reach the peak from six rows on; with fewer rows it takes more of them.
        var mostRows = most / 2;
        RowParts = Partition.Even(RowsA.Count, RowsOut.RunLength >= 8 ? RowsOut.RunLength : RowsA.Count, mostRows);
        Vectors = Math.Clamp(most / Math.Max(1, RowParts.Largest), 2, 8);
        Vectors = Math.Clamp(Vectors, 1, Math.Max(1, (ColumnsB.Count + Lanes - 1) / Lanes));
        ColumnParts = Partition.Full(ColumnsB.Count, ColumnRun(), Width);
        SumParts = SumsA.Count == 0 ? Partition.One : Partition.Even(
            SumsA.Count, SumsA.RunLength >= 128 ? SumsA.RunLength : SumsA.Count,
            Math.Max(1, PanelBytes / Bytes / Math.Max(1, RowParts.Largest)));

        var isFlat = SumParts.Run == SumsA.RunLength;
        IsAdjacentA = (RowsA.RunStep == 1 || RowsA.Count == 1) && SumsA.RunStep != 1;
        CanReadA = isFlat && RowsA.Windows == 0 && (IsAdjacentA || SumsA.RunStep == 1);
        CanReadB = isFlat && ColumnsB.Windows == 0 && ColumnsB.RunStep == 1;
        var blockBytes = (long)SumParts.Largest * Width * Bytes;
        BlockTiles = (int)Math.Clamp(BlockBytes / Math.Max(1, blockBytes), 1, Math.Max(1, ColumnParts.Parts));
        PacksB = !CanReadB || RowParts.Parts >= 3 && blockBytes * BlockTiles > SmallBytes;
        var operations = 2.0 * BatchesOut.Count * RowsOut.Count * ColumnsOut.Count * SumsA.Count;
        kernels = new KernelEntry[(RowParts.Largest + 1) * (Vectors + 1) * 8];
        Grid = ChunkGrid.Of(
            BatchesOut.Count, RowsOut.Count, RowParts.Parts, ColumnsOut.Count, ColumnParts.Parts, operations, threads);
    }

    public ContractionPiece Piece { get; }
    public Element Element { get; }
    public CodeTarget Target { get; }
    public bool IsDouble => Element == Element.Double;
    public int Bytes => IsDouble ? 8 : 4;

    public AxisList RowsA { get; }
    public AxisList RowsOut { get; }
    public AxisList ColumnsB { get; }
    public AxisList ColumnsOut { get; }
    public AxisList SumsA { get; }
    public AxisList SumsB { get; }
    public AxisList BatchesA { get; }
    public AxisList BatchesB { get; }
    public AxisList BatchesOut { get; }

    /// <summary>The windows' positions where every axis is 0.</summary>
    public int[] OriginA { get; }
    public int[] OriginB { get; }
    public PanelReader ReaderA { get; }
    public PanelReader ReaderB { get; }

    /// <summary>Lanes of a vector.</summary>
    public int Lanes { get; }

    /// <summary>Vectors of a full tile.</summary>
    public int Vectors { get; }

    /// <summary>Columns of a full tile.</summary>
    public int Width => Vectors * Lanes;

    public Partition RowParts { get; }
    public Partition ColumnParts { get; }
    public Partition SumParts { get; }

    /// <summary>Tiles of b that are worked on together.</summary>
    public int BlockTiles { get; }

    /// <summary>Whether rows of a lie side by side, or sums.</summary>
    public bool IsAdjacentA { get; }

    /// <summary>Whether kernels can read a where it lies.</summary>
    public bool CanReadA { get; }
    public bool CanReadB { get; }

    /// <summary>Whether every tile of b is packed, or only those that cannot be read where they lie.</summary>
    public bool PacksB { get; }

    public ChunkGrid Grid { get; }

    /// <summary>The kernel for tiles of so many rows and vectors.</summary>
    public KernelEntry Kernel(int rows, int vectors, bool isAdjacent, bool packs, bool isPartial)
    {
        ref var kernel = ref kernels[
            (rows * (Vectors + 1) + vectors) * 8 + (isAdjacent ? 1 : 0) + (packs ? 2 : 0) + (isPartial ? 4 : 0)];
        return kernel ??= new TileKernel(Element, rows, vectors, isAdjacent, packs, isPartial).Compile(Target);
    }

    // Each of these begins on a cache line.
    public long PanelABytes => Aligned((long)RowParts.Largest * SumParts.Largest * Bytes);
    public long TileBytes => Aligned((long)RowParts.Largest * Width * Bytes);
    public long SlotBytes => Aligned((long)SumParts.Largest * Width * Bytes);

    /// <summary>What one thread needs.</summary>
    public long WorkspaceBytes => PanelABytes + TileBytes + SlotBytes * BlockTiles;

    // Parts that stay inside runs are read and written in place, but the last of each may be narrow.
    int ColumnRun()
    {
        var run = ColumnsOut.RunLength;
        var computed = (run + Lanes - 1) / Lanes * Lanes;
        return computed <= run + run / 4 ? run : ColumnsB.Count;
    }

    int[] Windows(bool isOfB)
    {
        var windows = Enumerable.Range(0, Piece.Windows.Count).Where(w => Piece.Windows[w].IsOfB == isOfB).ToArray();
        return windows.Length <= AxisList.MostWindows ? windows
            : throw Throw.Internal($"a contraction reads through {windows.Length} windows");
    }

    static long Aligned(long bytes) => (bytes + Storage.Alignment - 1) & -Storage.Alignment;
}
