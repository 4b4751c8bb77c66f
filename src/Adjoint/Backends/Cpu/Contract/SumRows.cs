namespace Adjoint;

// The gradient of a convolution's weights has few cells, each a sum over all rows of the images. Packed for tiles, every number of an image would be
// written once for every tap. Where both operands have rows of the sum that lie side by side, lanes run along these, and nothing is packed.

/// <summary>The decisions for such a piece: its operand b is read where it lies, or in a copy with margins.</summary>
sealed class SumRows
{
    /// <summary>Vectors of all cells are passed over once for each block of sums.</summary>
    const int MostBytes = 128 << 10;

    /// <summary>From which adding up the lanes in the end takes no time.</summary>
    const int LeastSums = 512;

    /// <summary>Rows of b, and of a tile of a, that stay in the first cache while tiles pass.</summary>
    const int NearBytes = 16 << 10;

    readonly KernelEntry?[] kernels; // by rows of a tile and numbers of a row, filled when first wanted
    readonly CodeTarget target;
    readonly Element element;

    SumRows(ContractionPiece piece, MarginedOperand? image, Element element, CodeTarget target)
    {
        (Piece, Margins, this.element, this.target) = (image?.Piece ?? piece, image?.Copy, element, target);
        var (columns, sums) = (Piece.Group(ContractionGroup.Column), Piece.Group(ContractionGroup.Sum));
        Length = sums[^1].Extent;
        var (outerA, outerB) = (new AxisList(sums[..^1], a => a.A), new AxisList(sums[..^1], a => a.B));
        Rows = outerA.Count;
        Table = new(2 * Rows, i => (i % 2 == 0 ? outerA : outerB).Cell(i / 2));
        Side = SumRowKernel.Side(target);
        var columnsB = new AxisList(columns, a => a.B);
        Tiles = (columnsB.Count + Side - 1) / Side;
        Starts = image?.Cells(ContractionGroup.Column, Tiles * Side) ?? new(Tiles * Side, i => columnsB.Cell(Math.Min(i, columnsB.Count - 1)));
        var bytes = element == Element.Double ? 8 : 4;
        CellBytes = target.Lanes(element) * bytes;
        var ofRow = Side * Length * bytes + (Margins?.Bytes ?? (outerB.Reach + columnsB.Reach) * bytes) / Rows;
        BlockRows = (int)Math.Clamp(NearBytes / ofRow, 1, Rows);
        kernels = new KernelEntry?[(Side + 1) * (Length + 1)];
    }

    /// <summary>The piece as it reads the copy.</summary>
    public ContractionPiece Piece { get; }

    /// <summary>Null where the operand itself is read.</summary>
    public MarginCopy? Margins { get; }

    /// <summary>Rows and columns of a tile.</summary>
    public int Side { get; }

    /// <summary>Tiles of columns; what the last has too many is the last column once more.</summary>
    public int Tiles { get; }

    /// <summary>Where each column begins in b.</summary>
    public CellTable Starts { get; }

    /// <summary>Rows of the sum.</summary>
    public int Rows { get; }

    /// <summary>Where each row of the sum begins in a and in b, in turn.</summary>
    public CellTable Table { get; }

    /// <summary>Rows of the sum that all tiles pass before the next.</summary>
    public int BlockRows { get; }

    /// <summary>Of the vector of a cell.</summary>
    public int CellBytes { get; }

    /// <summary>Numbers of a row of the sum.</summary>
    public int Length { get; }

    /// <summary>Null where tiles take less time, or the piece is another.</summary>
    public static SumRows? Of(ContractionPiece piece, Element element, CodeTarget target) =>
        Oriented(piece, element, target) ?? Oriented(piece.Turned(), element, target);

    static SumRows? Oriented(ContractionPiece piece, Element element, CodeTarget target)
    {
        var (sums, lanes) = (piece.Group(ContractionGroup.Sum), target.Lanes(element));
        if (lanes == 1 || sums.Length < 2 || sums[^1].A != 1 || piece.Windows.Any(w => w.IsOfOut || !w.IsOfB || w.Step <= 0)
            || piece.Group(ContractionGroup.Batch).Length > 0 || piece.Group(ContractionGroup.Row).Length > 1) return null;
        var row = sums[^1];
        var (cells, vectors) = (piece.Count(ContractionGroup.Row) * piece.Count(ContractionGroup.Column), (row.Extent + lanes - 1) / lanes);
        var isShort = 2 * row.Extent <= vectors * lanes || row.Extent % lanes != 0 && !target.HasMaskedMemory;
        if (isShort || piece.Count(ContractionGroup.Sum) < LeastSums || cells * target.Vector(element).Bits / 8 > MostBytes) return null;
        if (piece.Windows.Count == 0) return row.B == 1 ? new(piece, null, element, target) : null;
        if (MarginedOperand.WindowAlong(piece, row) is not { } window || sums[..^1].Any(a => a.Coefficients[window] != 0)) return null;
        var image = new MarginedOperand(piece, window, row.Coefficients[window], element == Element.Double);
        return image.Copy.IsLarge ? null : new(piece, image, element, target);
    }

    /// <summary>The kernel for tiles of so many rows, and rows of the sum that end after so many numbers.</summary>
    public KernelEntry Kernel(int rows, int numbers) =>
        kernels[rows * (Length + 1) + numbers] ??= new SumRowKernel(element, rows, numbers).Compile(target);
}
