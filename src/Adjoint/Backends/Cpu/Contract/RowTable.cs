namespace Adjoint;

// A convolution reads each number of an image once for every tap: packing writes as many. Kernels read them in place, and a table
// says where those of each sum begin. Windows make this a copy with margins. Where the image has wide rows, or weights few, the
// numbers of a row are the lanes of vectors: they must lie side by side. Else weights are, and the image's numbers are
// multiplied by them one by one: operands change places.

/// <summary>Where kernels find the numbers of an image, in itself or in a copy with margins.</summary>
sealed class RowTable
{
    /// <summary>Packing a column takes about as long as so many rows of products with it, for each stretch of a vector.</summary>
    const int RowsOfPacking = 7;

    /// <summary>Rows for which cells far apart are not worth packing.</summary>
    const int MostRowsInPlace = 64;

    /// <summary>Vectors of weights, and sums of a cell, from which it pays to bring the cells of out to their places.</summary>
    const int LeastVectors = 2, LeastSums = 64;

    /// <summary>Numbers of a row that fill vectors well enough themselves; what follows a convolution is computed along them, too.</summary>
    const int LongRow = 32;

    RowTable(MarginedOperand image, bool isOfA)
    {
        (IsOfA, Margins, Sums) = (isOfA, image.Copy, image.Cells(ContractionGroup.Sum));
        Piece = isOfA ? image.Piece.Turned() : image.Piece;
    }

    RowTable(ContractionPiece piece)
    {
        Piece = piece;
        var sums = new AxisList(piece.Group(ContractionGroup.Sum), a => a.B);
        Sums = new(sums.Count, sums.Cell);
    }

    /// <summary>The piece as it reads the copy; where its sums lie says <see cref="Sums"/>.</summary>
    public ContractionPiece Piece { get; }

    /// <summary>Whether its numbers are those of a, of which one at a time meets a vector of b.</summary>
    public bool IsOfA { get; }

    /// <summary>Null where the operand itself is read.</summary>
    public MarginCopy? Margins { get; }

    /// <summary>Where the cells of sums begin, from those of the first column, or row, in cells.</summary>
    public CellTable Sums { get; }

    /// <summary>Null where packing takes less time.</summary>
    /// <param name="lanes">Of a vector.</param>
    public static RowTable? Of(ContractionPiece piece, int lanes, bool isDouble)
    {
        int[] own = [.. MarginedOperand.WindowsOf(piece)];
        var columns = piece.Group(ContractionGroup.Column);
        if (columns.Length == 0 || lanes == 1 || piece.Count(ContractionGroup.Sum) == 0
            || piece.Windows.Any(w => w.IsOfOut) || own.Any(w => piece.Windows[w].Step <= 0)) return null;
        var row = columns[^1];
        var along = MarginedOperand.WindowAlong(piece, row);
        if (along is not null && IsOfWeights(piece, lanes)) return Copied(isOfA: true);
        var vectors = (row.Extent + lanes - 1) / lanes;
        // The last vector of each row of columns computes some for nothing, and one alone waits for numbers of a.
        var idle = (vectors == 1 ? lanes * 3 / 2 : vectors * lanes) - row.Extent;
        if (idle * piece.Count(ContractionGroup.Row) > RowsOfPacking * (row.Extent + lanes)) return null;
        // One vector alone may read beyond the row.
        if (own.Length == 0)
            return vectors > 1 && row.B == 1 && piece.Group(ContractionGroup.Sum).Length > 1
                && piece.Count(ContractionGroup.Row) <= MostRowsInPlace ? new(piece) : null;
        return along is { } window && !piece.Axes.Any(a => a.IsOut && a != row && a.Coefficients[window] != 0) ? Copied(isOfA: false) : null;

        RowTable? Copied(bool isOfA) =>
            new MarginedOperand(piece, along!.Value, isOfA ? 1 : row.Coefficients[along.Value], isDouble) is { Copy.IsLarge: false } image ? new(image, isOfA) : null;
    }

    static bool IsOfWeights(ContractionPiece piece, int lanes) => piece.Group(ContractionGroup.Column)[^1].Extent < LongRow
        && piece.Count(ContractionGroup.Row) >= LeastVectors * lanes && piece.Count(ContractionGroup.Sum) >= LeastSums;
}
