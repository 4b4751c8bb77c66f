using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Where things lie, in cells, as kernels read it.</summary>
sealed unsafe class CellTable
{
    readonly long[] cells;

    public CellTable(int count, Func<int, long> cell)
    {
        cells = GC.AllocateArray<long>(count, pinned: true);
        for (var i = 0; i < count; i++) cells[i] = cell(i);
    }

    /// <summary>Of one thing that lies at the beginning.</summary>
    public static CellTable Zero { get; } = new(1, _ => 0);

    /// <summary>From a thing on.</summary>
    public long* From(int index) => (long*)Unsafe.AsPointer(ref cells[index]);
}
