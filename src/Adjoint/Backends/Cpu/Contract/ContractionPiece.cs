namespace Adjoint;

/// <summary>An axis of a piece: the step in each array, and in the position of each window.</summary>
/// <param name="Coefficients">One for each window of the piece.</param>
sealed record PieceAxis(ContractionGroup Group, int Extent, long A, long B, long Out, EquatableArray<int> Coefficients)
{
    public bool IsOut => Group != ContractionGroup.Sum;
}

/// <summary>Points exist where (constant + sum of coefficient * axis) / divisor is a whole number in [0, extent).</summary>
/// <param name="Stride">Of the position, in cells; 0 once it is part of the axes' steps.</param>
/// <param name="IsOfOut">Cells outside need no value.</param>
sealed record PieceWindow(
    bool IsOfB, int Extent, int Constant, long Stride = 0, int Divisor = 1, bool IsOfOut = false)
{
    /// <summary>The stride, once it is part of the axes' steps.</summary>
    public long Step { get; init; }

    /// <summary>The first and the last position that a point of the shape has, inside or beyond an end: the same for all of its
    /// pieces.</summary>
    public int Least { get; init; }
    public int Most { get; init; }
}

/// <summary>
/// A contraction on its way to be run, and as it is run: divisors are gone, windows are conditions only, axes are few and
/// ordered with the outermost first, and columns are the group along which out is densest.
/// </summary>
sealed record ContractionPiece(EquatableArray<PieceAxis> Axes, EquatableArray<PieceWindow> Windows)
{
    /// <summary>The cell at which every axis is 0.</summary>
    public long OffsetA { get; init; }
    public long OffsetB { get; init; }
    public long OffsetOut { get; init; }

    /// <summary>Whether a and b have changed places, and rows and columns with them.</summary>
    public bool IsSwapped { get; init; }

    /// <summary>Whether an earlier piece writes the same cells.</summary>
    public bool Adds { get; init; }

    /// <summary>With operands in each other's place.</summary>
    public ContractionPiece Turned() => this with
    {
        Axes = [.. Axes.Select(a => a with { Group = Opposite(a.Group), A = a.B, B = a.A })],
        Windows = [.. Windows.Select(w => w with { IsOfB = !w.IsOfB })],
        OffsetA = OffsetB,
        OffsetB = OffsetA,
        IsSwapped = !IsSwapped,
    };

    static ContractionGroup Opposite(ContractionGroup group) => group switch
    {
        ContractionGroup.Row => ContractionGroup.Column,
        ContractionGroup.Column => ContractionGroup.Row,
        _ => group,
    };

    public PieceAxis[] Group(ContractionGroup group) => [.. Axes.Where(a => a.Group == group)];

    public long Count(ContractionGroup group) => Group(group).Aggregate(1L, (count, axis) => count * axis.Extent);
}
