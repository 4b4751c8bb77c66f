using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Where the tiles of a piece begin that looks up rows of b: one call of a kernel runs many, wherever they lie.</summary>
sealed unsafe class TileStarts
{
    readonly long[] b, cells;
    readonly long[] zero = GC.AllocateArray<long>(1, pinned: true);

    public TileStarts(PiecePlan plan)
    {
        var parts = plan.ColumnParts.Parts;
        (b, cells) = (GC.AllocateArray<long>(parts, pinned: true), GC.AllocateArray<long>(parts, pinned: true));
        for (var i = 0; i < parts; i++)
        {
            b[i] = plan.ColumnsB.Cell(plan.ColumnParts[i].Start);
            cells[i] = plan.ColumnsOut.Cell(plan.ColumnParts[i].Start);
        }
    }

    /// <summary>In b, from a part of columns on.</summary>
    public long* OfB(int part) => (long*)Unsafe.AsPointer(ref b[part]);

    /// <summary>In out, likewise.</summary>
    public long* OfOut(int part) => (long*)Unsafe.AsPointer(ref cells[part]);

    /// <summary>Of a tile that stands alone.</summary>
    public long* Zero => (long*)Unsafe.AsPointer(ref zero[0]);
}
