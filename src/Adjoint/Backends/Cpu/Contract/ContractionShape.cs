namespace Adjoint;

// What the engine computes, without a word about how:
//
//   out[batch, row, column] (+)= scale * sum over the sum axes of a[batch, row, sum] * b[batch, column, sum]
//
// Every axis has a stride in a, b and out. An operand may also be read through windows, one for each of its dimensions
// whose position mixes several axes: zero padding, strides and dilation of convolutions and of their gradients. Only
// points with every window inside its extent exist; at the others the windows' operand is taken as 0 and not read. An
// operand is readable wherever its own windows hold, at positions between those of its points, too.

/// <summary>Which of the three arrays have an axis.</summary>
enum ContractionGroup
{
    /// <summary>a, b and out.</summary>
    Batch,

    /// <summary>a and out.</summary>
    Row,

    /// <summary>b and out.</summary>
    Column,

    /// <summary>a and b: summed.</summary>
    Sum,
}

/// <summary>One axis; strides are in cells, of any sign, 0 where moving along the axis stays in place.</summary>
readonly record struct ContractionAxis(
    ContractionGroup Group, int Extent, long StrideA = 0, long StrideB = 0, long StrideOut = 0);

/// <summary>
/// A dimension of a or b read at (sum of coefficient * axis + constant) / divisor: only points where that is a whole
/// number in [0, extent) exist. Moves the cell by the position times the stride, on top of the strides of the axes.
/// </summary>
/// <param name="IsOfB">Whether b is read, or a.</param>
/// <param name="Coefficients">One for each axis of the shape; 0 for those of the other operand alone.</param>
/// <param name="IsOfOut">Bounds rows and columns instead: what cells outside hold in the end is left open.</param>
sealed record ContractionWindow(
    bool IsOfB, int Extent, long Stride, EquatableArray<int> Coefficients, int Constant = 0, int Divisor = 1,
    bool IsOfOut = false);

/// <summary>A contraction with its sizes.</summary>
sealed record ContractionShape(EquatableArray<ContractionAxis> Axes, EquatableArray<ContractionWindow> Windows)
{
    public ContractionShape(params ReadOnlySpan<ContractionAxis> axes) : this([.. axes], []) { }

    /// <summary>out[m,n] of a[m,k] and b[k,n], all row-major, both transposable.</summary>
    public static ContractionShape Product(int m, int n, int k, bool transposeA = false, bool transposeB = false) => new(
        new ContractionAxis(ContractionGroup.Row, m, StrideA: transposeA ? 1 : k, StrideOut: n),
        new ContractionAxis(ContractionGroup.Column, n, StrideB: transposeB ? k : 1, StrideOut: 1),
        new ContractionAxis(ContractionGroup.Sum, k, StrideA: transposeA ? m : 1, StrideB: transposeB ? 1 : n));

    /// <summary>The product of the extents of a group.</summary>
    public long Count(ContractionGroup group)
    {
        var count = 1L;
        foreach (var axis in Axes)
            if (axis.Group == group)
                count *= axis.Extent;
        return count;
    }

    /// <summary>The least and the largest of what a window divides.</summary>
    public (int Least, int Most) Reach(ContractionWindow window)
    {
        int least = window.Constant, most = least;
        for (var i = 0; i < Axes.Count; i++)
        {
            var reach = window.Coefficients[i] * Math.Max(0, Axes[i].Extent - 1);
            (least, most) = (least + Math.Min(0, reach), most + Math.Max(0, reach));
        }
        return (least, most);
    }

    /// <summary>Two operations for each point, existing or not.</summary>
    public double Operations => 2.0 * Count(ContractionGroup.Batch) * Count(ContractionGroup.Row)
        * Count(ContractionGroup.Column) * Count(ContractionGroup.Sum);
}
