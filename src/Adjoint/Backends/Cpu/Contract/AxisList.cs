using System.Runtime.CompilerServices;

namespace Adjoint;

// The axes of one group as one line of positions, the last axis fastest. Positions come in runs: stretches along the last
// axis, in which the cell and every window's position move by constant steps.

/// <summary>How one array is read, or written, along the axes of one group.</summary>
sealed class AxisList
{
    /// <summary>The engine keeps window positions in buffers of this size.</summary>
    public const int MostWindows = 4;

    readonly int[] extents;
    readonly long[] steps;
    readonly int[] coefficients; // [axis, window]

    /// <param name="windows">Those of the array, as indices into the piece's; null for out.</param>
    public AxisList(PieceAxis[] axes, Func<PieceAxis, long> step, int[]? windows = null)
    {
        extents = [.. axes.Select(a => a.Extent)];
        steps = [.. axes.Select(step)];
        Windows = windows?.Length ?? 0;
        coefficients = [.. axes.SelectMany(a => windows?.Select(w => a.Coefficients[w]) ?? [])];
        Count = (int)extents.Aggregate(1L, (count, extent) => count * extent);
        RunLength = extents.Length == 0 ? 1 : extents[^1];
        RunStep = steps.Length == 0 ? 0 : steps[^1];
    }

    public int Count { get; }

    public int Windows { get; }

    /// <summary>Positions of a whole run.</summary>
    public int RunLength { get; }

    /// <summary>From a position to the next one in the same run, in cells.</summary>
    public long RunStep { get; }

    public bool IsOneRun => extents.Length <= 1;

    /// <summary>The steps of all axes to their last positions, in cells.</summary>
    public long Reach => extents.Zip(steps, (extent, step) => Math.Abs(step) * extent).Sum();

    /// <summary>From a position to the next one in the same run.</summary>
    public int RunCoefficient(int window) => extents.Length == 0 ? 0 : coefficients[(extents.Length - 1) * Windows + window];

    /// <summary>Positions from here to the end of the run.</summary>
    public int LeftInRun(int position) => RunLength - position % RunLength;

    /// <summary>Where a position lies, in cells from the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Cell(int position) => extents.Length <= 1 ? position * RunStep : CellOfMany(position);

    /// <summary>Adds what a position contributes to each window's position.</summary>
    public void AddWindows(int position, Span<int> sums)
    {
        for (var axis = extents.Length - 1; axis >= 0 && Windows > 0; axis--)
        {
            var (rest, index) = Math.DivRem(position, extents[axis]);
            for (var w = 0; w < Windows; w++) sums[w] += coefficients[axis * Windows + w] * index;
            position = rest;
        }
    }

    long CellOfMany(int position)
    {
        var cell = 0L;
        for (var axis = extents.Length - 1; axis >= 0; axis--)
        {
            var (rest, index) = Math.DivRem(position, extents[axis]);
            cell += steps[axis] * index;
            position = rest;
        }
        return cell;
    }
}
