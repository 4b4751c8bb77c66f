namespace Adjoint;

/// <summary>The operand b of a piece, read through windows, in a copy with margins: where its numbers lie there.</summary>
sealed class MarginedOperand
{
    readonly ContractionPiece piece;
    readonly PieceAxis[] axes; // as they move in the copy
    readonly int[] own, order; // windows of b; those in the order of the copy's dimensions, which follow those without windows
    readonly int whole;

    /// <param name="window">The one whose positions are to lie side by side.</param>
    /// <param name="stride">Or those that are so far from each other.</param>
    public MarginedOperand(ContractionPiece piece, int window, int stride, bool isDouble)
    {
        this.piece = piece;
        own = [.. WindowsOf(piece)];
        order = [.. own.Where(w => w != window), window];
        axes = [.. piece.Axes];
        int[] plain = [.. Enumerable.Range(0, axes.Length).Where(i => axes[i].B != 0 && own.All(w => axes[i].Coefficients[w] == 0))
            .OrderByDescending(i => Math.Abs(axes[i].B))];
        whole = plain.Length;
        Copy = new([.. plain.Select(i => new MarginDim(axes[i].Extent, axes[i].B, 0, axes[i].Extent)), .. order.Select(w => Reached(piece.Windows[w]))],
            stride, piece.OffsetB - own.Sum(w => piece.Windows[w].Constant * piece.Windows[w].Step), isDouble);
        for (var d = 0; d < plain.Length; d++) axes[plain[d]] = axes[plain[d]] with { B = Copy.Pitch(d) };
        for (var i = 0; i < axes.Length; i++)
            if (own.Any(w => axes[i].Coefficients[w] != 0))
                axes[i] = axes[i] with
                {
                    B = Enumerable.Range(0, order.Length).Sum(d => axes[i].Coefficients[order[d]] * Copy.Pitch(whole + d)
                        / (d == order.Length - 1 ? stride : 1)),
                };
        int[] others = [.. Enumerable.Range(0, piece.Windows.Count).Except(own)];
        Piece = piece with
        {
            Axes = [.. axes.Select(a => a with { Coefficients = [.. others.Select(w => a.Coefficients[w])] })],
            Windows = [.. others.Select(w => piece.Windows[w])],
            OffsetB = 0,
        };
    }

    public MarginCopy Copy { get; }

    /// <summary>The piece as it reads the copy. Steps hold for axes that move along the last dimension by the stride, or not at all.</summary>
    public ContractionPiece Piece { get; }

    public static IEnumerable<int> WindowsOf(ContractionPiece piece) => Enumerable.Range(0, piece.Windows.Count).Where(w => piece.Windows[w].IsOfB);

    /// <summary>The window of b that an axis moves forward; null where it moves several, or a copy could not be read as b is.</summary>
    public static int? WindowAlong(ContractionPiece piece, PieceAxis axis)
    {
        int[] own = [.. WindowsOf(piece)];
        int[] moved = [.. own.Where(w => axis.Coefficients[w] != 0)];
        return moved.Length == 1 && axis.Coefficients[moved[0]] > 0 && !piece.Axes.Any(a => own.Any(w => a.Coefficients[w] != 0)
            && a.B != own.Sum(w => a.Coefficients[w] * piece.Windows[w].Step)) ? moved[0] : null;
    }

    /// <summary>Where the positions of a group lie, in cells of the copy.</summary>
    public CellTable Cells(ContractionGroup group, int? count = null)
    {
        var list = new AxisList([.. axes.Where(a => a.Group == group)], a => own.Any(w => a.Coefficients[w] != 0) ? 0 : a.B, order);
        var positions = new int[AxisList.MostWindows];
        return new(count ?? list.Count, i =>
        {
            Array.Clear(positions);
            i = Math.Min(i, list.Count - 1);
            list.AddWindows(i, positions);
            var cell = list.Cell(i);
            for (var d = 0; d < order.Length; d++)
            {
                var window = piece.Windows[order[d]];
                var position = window.Constant - window.Least + positions[d];
                cell += d < order.Length - 1 ? position * Copy.Pitch(whole + d) : Copy.InRow(position);
            }
            return cell;
        });
    }

    // The positions that points have, in b or beyond its ends.
    static MarginDim Reached(PieceWindow window) => new(window.Most - window.Least + 1, window.Step, window.Least, window.Extent);
}
