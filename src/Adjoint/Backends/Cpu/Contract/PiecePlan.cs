namespace Adjoint;

// The decisions for one piece, from sizes alone: how groups are cut, what is packed, how work is shared out. The number of
// threads decides only how many parts there are to share; the order of the products of a cell does not depend on it.

/// <summary>What runs along the lanes of vectors.</summary>
enum ContractionMethod
{
    /// <summary>Columns, in tiles that hold their sums in registers.</summary>
    Tiles,

    /// <summary>Columns, row after row of b; for one or two rows of a.</summary>
    Streams,

    /// <summary>The sum; for few rows and a b that is dense along it.</summary>
    Dots,
}

/// <summary>How a piece is run.</summary>
sealed partial class PiecePlan
{
    /// <summary>A block of b stays in the second cache while all rows pass.</summary>
    const int BlockBytes = 512 << 10;

    /// <summary>Below this b stays near without being packed.</summary>
    const int SmallBytes = 32 << 10;

    /// <summary>More bytes than the second cache holds.</summary>
    const int FarFrom = 1 << 20;

    /// <summary>Cells of out that stay in the first cache while b streams past.</summary>
    const int StreamBytes = 16 << 10;

    /// <summary>Panels of a that are kept for the next block of columns stay in the third cache.</summary>
    const int KeptBytes = 8 << 20;

    /// <summary>A step at which cells share a set of the first cache, and how many fit into a set with others.</summary>
    const int CollidingStep = 4096, CollidingCells = 6;

    /// <summary>Lines of the cache whose rows of a are packed together; with half as many the first and last of each count.</summary>
    const int StripLines = 6;

    /// <summary>Tiles of columns from which copying a pays.</summary>
    const int MostInPlace = 4;

    readonly KernelEntry?[] kernels; // filled when first wanted
    readonly bool isStillB;

    /// <param name="still">The operand that is the same in many runs.</param>
    public PiecePlan(ContractionPiece piece, Element element, CodeTarget target, int threads,
        StillOperand still = StillOperand.None)
    {
        (Element, Target) = (element, target);
        if (still == StillOperand.None) SumRows = SumRows.Of(piece, element, target);
        if (SumRows is null && still != (piece.IsSwapped ? StillOperand.A : StillOperand.B)) Table = RowTable.Of(piece, target.Lanes(element), IsDouble);
        Piece = piece = SumRows?.Piece ?? Table?.Piece ?? piece;
        isStillB = still == (piece.IsSwapped ? StillOperand.A : StillOperand.B);
        var windowsA = Windows(w => !w.IsOfOut && !w.IsOfB);
        var windowsB = Windows(w => !w.IsOfOut && w.IsOfB);
        var (rows, columns) = (piece.Group(ContractionGroup.Row), piece.Group(ContractionGroup.Column));
        var (sums, batches) = (piece.Group(ContractionGroup.Sum), piece.Group(ContractionGroup.Batch));
        RowsA = new(rows, a => a.A, windowsA);
        var bounds = Windows(w => w.IsOfOut);
        RowsOut = new(rows, a => a.Out, bounds);
        ColumnsB = new(columns, a => a.B, windowsB);
        ColumnsOut = new(bounds.Length > 0 ? columns : Join(columns, a => a.Out), a => a.Out, bounds);
        SumsA = new(sums, a => a.A, windowsA);
        SumsB = new(IsImage ? Join(sums, a => a.B) : sums, a => a.B, windowsB);
        BatchesA = new(batches, a => a.A, windowsA);
        BatchesB = new(batches, a => a.B, windowsB);
        BatchesOut = new(batches, a => a.Out, bounds);
        OriginA = [.. windowsA.Select(w => piece.Windows[w].Constant)];
        OriginB = [.. windowsB.Select(w => piece.Windows[w].Constant)];
        Bounds = [.. bounds.Select(w => piece.Windows[w])];
        ReaderA = new(RowsA, SumsA, [.. windowsA.Select(w => piece.Windows[w].Extent)], IsDouble);
        ReaderB = new(ColumnsB, SumsB, [.. windowsB.Select(w => piece.Windows[w].Extent)], IsDouble);

        Method = ChooseMethod();
        Lanes = Method == ContractionMethod.Dots ? 1 : target.Lanes(element);
        var isInRun = IsImage || RowsOut.RunLength >= 8;
        var vectors = ((TableB is null ? ColumnsB.Count : ColumnsB.RunLength) + Lanes - 1) / Lanes;
        RowParts = Partition.Even(RowsA.Count, isInRun ? RowsOut.RunLength : RowsA.Count, MostRows(vectors));
        Vectors = Math.Clamp(MostVectors(Math.Max(1, RowParts.Largest)), 1, Math.Max(1, vectors));
        // Even parts of rows that are looked up are never narrower than a vector, unless the row is.
        ColumnParts = SumRows is not null ? Partition.Full(ColumnsB.Count, ColumnsB.Count, SumRows.Side)
            : TableB is null ? Partition.Full(ColumnsB.Count, ColumnRun(), Width)
            : Partition.Even(ColumnsB.Count, ColumnRun(), Width);
        SumParts = CutSums();

        var isFlat = SumParts.Run == SumsA.RunLength;
        IsAdjacentA = (RowsA.RunStep == 1 || RowsA.Count == 1) && SumsA.RunStep != 1;
        IsPlainA = isFlat && RowsA.Windows == 0 && (IsAdjacentA && Method != ContractionMethod.Dots || SumsA.RunStep == 1);
        CanReadB = TableB is not null || isFlat && ColumnsB.Windows == 0 && (ColumnsB.RunStep == 1 || Method == ContractionMethod.Dots);
        var tileBytes = (long)SumParts.Largest * Width * Bytes;
        var most = Method == ContractionMethod.Streams ? StreamBytes / Bytes / Width : BlockBytes / Math.Max(1, tileBytes);
        BlockTiles = (int)Math.Clamp(most, 1, Math.Max(1, ColumnParts.Parts));
        IsFar = FarFrom < Bytes * (double)BatchesOut.Count
            * ((double)RowsA.Count * SumsA.Count + (double)ColumnsB.Count * SumsB.Count + (double)RowsOut.Count * ColumnsOut.Count);
        HasWindows = piece.Windows.Count > 0;
        PacksB = !CanReadB
            || TableB is null && Method == ContractionMethod.Tiles && RowParts.Parts >= 3 && (IsFar || tileBytes * BlockTiles > SmallBytes);
        if (TableB is not null)
            (StartsB, StartsOut) = (new(ColumnParts.Parts, i => ColumnsB.Cell(ColumnParts[i].Start)), new(ColumnParts.Parts, i => ColumnsOut.Cell(ColumnParts[i].Start)));
        if (IsImage) Image = new(this);
        else if (isStillB && Method == ContractionMethod.Tiles && RowsA.Count <= StillPanels.MostRows
            && (!CanReadB || tileBytes * ColumnParts.Parts > SmallBytes)
            && new StillPanels(this) is { Bytes: > 0 and <= StillPanels.MostBytes } all) Still = all;
        kernels = new KernelEntry[(RowParts.Largest + 1) * (Vectors + 1) * 16];
        var operations = 2.0 * BatchesOut.Count * RowsOut.Count * ColumnsOut.Count * SumsA.Count;
        Grid = ChunkGrid.Of(
            BatchesOut.Count, RowsOut.Count, Image?.Blocks.Length ?? RowParts.Parts, ColumnsOut.Count, ColumnParts.Parts, operations, threads);
        var isOneBlock = ColumnParts.Parts <= BlockTiles;
        var isInPlace = IsPlainA && !IsSpread && !Collides;
        // Packing b again for each chunk costs less than packing a again for each block of columns.
        if (!isOneBlock && !isInPlace && !IsImage && SumRows is null)
            Grid = Grid with { Rows = (int)Math.Max(Grid.Rows, (RowParts.Parts * PanelABytes + KeptBytes - 1) / KeptBytes) };
        CanReadA = isInPlace;
        KeptPanels = isOneBlock || CanReadA ? 0 : (RowParts.Parts + Grid.Rows - 1) / Grid.Rows;
        var isStrip = !CanReadA && IsPlainA && IsAdjacentA && RowsA.IsOneRun && Method == ContractionMethod.Tiles;
        StripPanels = isStrip ? Math.Max(1, StripLines * Storage.Alignment / Bytes / Math.Max(1, RowParts.Largest)) : 1;
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

    /// <summary>Rectangles of cells that lie outside one of these are not computed.</summary>
    public PieceWindow[] Bounds { get; }
    public PanelReader ReaderA { get; }
    public PanelReader ReaderB { get; }

    public ContractionMethod Method { get; }

    /// <summary>Columns of a vector.</summary>
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

    /// <summary>Panels of a that are packed once for all blocks of columns; 0 packs each again for each block.</summary>
    public int KeptPanels { get; }

    /// <summary>Panels of a that are packed together: their rows lie side by side and share lines of the cache.</summary>
    public int StripPanels { get; }

    /// <summary>Whether rows of a lie side by side, or sums.</summary>
    public bool IsAdjacentA { get; }

    /// <summary>Whether parts of a are rows of adjacent cells.</summary>
    public bool IsPlainA { get; }

    /// <summary>Whether kernels read a where it lies.</summary>
    public bool CanReadA { get; }
    public bool CanReadB { get; }

    /// <summary>Whether every tile of b is packed, or only those that cannot be read where they lie.</summary>
    public bool PacksB { get; }

    /// <summary>Tiles of b that are packed once for many runs; null where each run packs what it wants.</summary>
    public StillPanels? Still { get; }

    /// <summary>Where tiles find rows of one operand that lie at no constant step; null where there is one, or both are packed.</summary>
    public RowTable? Table { get; }
    public RowTable? TableB => Table is { IsOfA: false } ? Table : null;

    public bool IsImage => Table is { IsOfA: true };

    /// <summary>How it is run where lanes run along rows of the sum.</summary>
    public SumRows? SumRows { get; }

    /// <summary>The copy that is read in place of an operand.</summary>
    public MarginCopy? Margins => Table?.Margins ?? SumRows?.Margins;

    /// <summary>Where tiles begin in b and in out, if that operand is b.</summary>
    public CellTable? StartsB { get; }
    public CellTable? StartsOut { get; }

    /// <summary>Whether one call runs all tiles of a block, wherever they begin.</summary>
    public bool AreAlike => TableB is not null && ColumnParts.Longer == 0;

    /// <summary>How it is run where that operand is a.</summary>
    public ImagePlan? Image { get; }

    /// <summary>Where b begins, from the first cell of its operand.</summary>
    public long OffsetB => Piece.OffsetB;

    /// <summary>Whether operands and out are too large to be near.</summary>
    public bool IsFar { get; }
    public bool HasWindows { get; }

    public ChunkGrid Grid { get; }

    /// <summary>The kernel for tiles of so many rows and vectors.</summary>
    public KernelEntry Kernel(int rows, int vectors, bool isAdjacent, bool packs, bool cutsB, bool cutsOut)
    {
        ref var kernel = ref kernels[(rows * (Vectors + 1) + vectors) * 16
            + (isAdjacent ? 1 : 0) + (packs ? 2 : 0) + (cutsB ? 4 : 0) + (cutsOut ? 8 : 0)];
        return kernel ??= (Method switch
        {
            ContractionMethod.Dots => new DotKernel(Element, rows, vectors),
            ContractionMethod.Streams => new StreamKernel(Element, rows, vectors, isAdjacent, cutsB),
            _ => (ContractionKernel)new TileKernel(Element, rows, vectors, isAdjacent, packs, cutsB, cutsOut, TableB is not null),
        }).Compile(Target);
    }

    // Each of these begins on a cache line. Panels are an odd number of lines: a strip of them is written side by side, and a
    // multiple of a page apart their lines would share a set of the first cache.
    public long PanelABytes => Aligned((long)RowParts.Largest * SumParts.Largest * Bytes) | Storage.Alignment;
    public long TileBytes => Aligned((long)RowParts.Largest * Width * Bytes);
    public long SlotBytes => Method == ContractionMethod.Tiles ? Aligned((long)SumParts.Largest * Width * Bytes) : 0;

    public int PanelsOfA => Math.Max(StripPanels, KeptPanels);

    /// <summary>What one thread needs.</summary>
    public long WorkspaceBytes => SumRows is not null ? (long)RowsA.Count * SumRows.Tiles * SumRows.Side * SumRows.CellBytes
        : Image?.TilesBytes ?? PanelsOfA * PanelABytes + TileBytes + SlotBytes * BlockTiles;

    // Cells a multiple of this apart share a few lines of the first cache and drive each other out: read once for each tile
    // of columns, they would come from further away each time.
    bool Collides => Method == ContractionMethod.Tiles && ColumnParts.Parts >= MostInPlace
        && (IsAdjacentA ? SumParts.Largest > CollidingCells && SumsA.RunStep * Bytes % CollidingStep == 0
            : RowParts.Largest > CollidingCells && RowsA.RunStep * Bytes % CollidingStep == 0);

    // Where it lies, a panel of adjacent rows takes a line of the cache for each sum: much more than its cells where rows are few.
    bool IsSpread => Method == ContractionMethod.Tiles && ColumnParts.Parts >= MostInPlace && IsAdjacentA
        && (long)SumParts.Largest * Storage.Alignment > 2 * PanelBytes;

    int[] Windows(Func<PieceWindow, bool> isWanted)
    {
        var windows = Enumerable.Range(0, Piece.Windows.Count).Where(w => isWanted(Piece.Windows[w])).ToArray();
        return windows.Length <= AxisList.MostWindows ? windows
            : throw Throw.Internal($"a contraction reads through {windows.Length} windows");
    }

    public static long Aligned(long bytes) => (bytes + Storage.Alignment - 1) & -Storage.Alignment;
}
