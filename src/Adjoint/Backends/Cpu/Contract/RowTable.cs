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

    RowTable(ContractionPiece piece, int[] own, int lanes, bool isOfA, bool isDouble)
    {
        IsOfA = isOfA;
        int[] order = [.. own.Where(w => w != lanes), lanes];
        var stride = isOfA ? 1 : piece.Group(ContractionGroup.Column)[^1].Coefficients[lanes];
        var axes = piece.Axes.ToArray();
        int[] whole = [.. Enumerable.Range(0, axes.Length).Where(i => axes[i].B != 0 && own.All(w => axes[i].Coefficients[w] == 0))
            .OrderByDescending(i => Math.Abs(axes[i].B))];
        Margins = new(
            [.. whole.Select(i => new MarginDim(axes[i].Extent, axes[i].B, 0, axes[i].Extent)), .. order.Select(w => Reached(piece.Windows[w]))],
            stride, piece.OffsetB - own.Sum(w => piece.Windows[w].Constant * piece.Windows[w].Step), isDouble);
        for (var d = 0; d < whole.Length; d++) axes[whole[d]] = axes[whole[d]] with { B = Margins.Pitch(d) };
        for (var i = 0; i < axes.Length; i++)
            if (own.Any(w => axes[i].Coefficients[w] != 0))
                axes[i] = axes[i] with
                {
                    B = Enumerable.Range(0, order.Length).Sum(d => axes[i].Coefficients[order[d]] * Margins.Pitch(whole.Length + d)
                        / (d == order.Length - 1 ? stride : 1)),
                };
        Sums = Lookup(piece, axes, own, order, whole.Length);
        int[] others = [.. Enumerable.Range(0, piece.Windows.Count).Except(own)];
        Piece = piece with
        {
            Axes = [.. axes.Select(a => a with { Coefficients = [.. others.Select(w => a.Coefficients[w])] })],
            Windows = [.. others.Select(w => piece.Windows[w])],
            OffsetB = 0,
        };
        if (isOfA) Piece = Piece.Turned();
    }

    RowTable(ContractionPiece piece)
    {
        Piece = piece;
        Sums = Cells(new([.. piece.Axes.Where(a => !a.IsOut)], a => a.B), (_, cell) => cell);
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
        int[] own = [.. Enumerable.Range(0, piece.Windows.Count).Where(w => piece.Windows[w].IsOfB)];
        var columns = piece.Group(ContractionGroup.Column);
        if (columns.Length == 0 || lanes == 1 || piece.Count(ContractionGroup.Sum) == 0
            || piece.Windows.Any(w => w.IsOfOut) || own.Any(w => piece.Windows[w].Step <= 0)) return null;
        var row = columns[^1];
        int[] moved = [.. own.Where(w => row.Coefficients[w] != 0)];
        var canCopy = moved.Length == 1 && row.Coefficients[moved[0]] > 0 && !piece.Axes.Any(a => own.Any(w => a.Coefficients[w] != 0)
            && a.B != own.Sum(w => a.Coefficients[w] * piece.Windows[w].Step));
        if (canCopy && IsOfWeights(piece, lanes)) return Copied(isOfA: true);
        var vectors = (row.Extent + lanes - 1) / lanes;
        // The last vector of each row of columns computes some for nothing, and one alone waits for numbers of a.
        var idle = (vectors == 1 ? lanes * 3 / 2 : vectors * lanes) - row.Extent;
        if (idle * piece.Count(ContractionGroup.Row) > RowsOfPacking * (row.Extent + lanes)) return null;
        // One vector alone may read beyond the row.
        if (own.Length == 0)
            return vectors > 1 && row.B == 1 && piece.Group(ContractionGroup.Sum).Length > 1
                && piece.Count(ContractionGroup.Row) <= MostRowsInPlace ? new(piece) : null;
        return canCopy && !piece.Axes.Any(a => a.IsOut && a != row && a.Coefficients[moved[0]] != 0) ? Copied(isOfA: false) : null;

        RowTable? Copied(bool isOfA) => new RowTable(piece, own, moved[0], isOfA, isDouble) is { Margins.IsLarge: false } copied ? copied : null;
    }

    static bool IsOfWeights(ContractionPiece piece, int lanes) => piece.Group(ContractionGroup.Column)[^1].Extent < LongRow
        && piece.Count(ContractionGroup.Row) >= LeastVectors * lanes && piece.Count(ContractionGroup.Sum) >= LeastSums;

    // The positions that points have, in b or beyond its ends.
    static MarginDim Reached(PieceWindow window) => new(window.Most - window.Least + 1, window.Step, window.Least, window.Extent);

    CellTable Lookup(ContractionPiece piece, PieceAxis[] axes, int[] own, int[] order, int whole) => Cells(
        new([.. axes.Where(a => !a.IsOut)], a => own.Any(w => a.Coefficients[w] != 0) ? 0 : a.B, order), (positions, cell) =>
        {
            for (var d = 0; d < order.Length; d++)
            {
                var window = piece.Windows[order[d]];
                var position = window.Constant - window.Least + positions[d];
                cell += d < order.Length - 1 ? position * Margins!.Pitch(whole + d) : Margins!.InRow(position);
            }
            return cell;
        });

    static CellTable Cells(AxisList sums, Func<int[], long, long> cell)
    {
        var positions = new int[AxisList.MostWindows];
        return new(sums.Count, i =>
        {
            Array.Clear(positions);
            sums.AddWindows(i, positions);
            return cell(positions, sums.Cell(i));
        });
    }
}
