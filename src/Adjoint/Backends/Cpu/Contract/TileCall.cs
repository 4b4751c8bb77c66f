using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>The arguments of a <see cref="TileKernel"/>, in its order; steps are in cells.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct TileCall
{
    public byte* A;
    public byte* B;
    public byte* Cells;

    /// <summary>Where the kernel also writes b, if it packs.</summary>
    public byte* Packed;

    /// <summary>Where b lies for each sum, if it is looked up.</summary>
    public long* Table;

    /// <summary>Where each tile begins in the operand that is looked up, and in out.</summary>
    public long* Starts;
    public long* StartsOut;

    public long Sums;

    /// <summary>From one sum to the next where rows of a are adjacent, otherwise from one row to the next.</summary>
    public long StepA;

    /// <summary>From one sum to the next.</summary>
    public long StepB;

    /// <summary>From one tile to the next.</summary>
    public long TileB;
    public long RowStep;

    /// <summary>0 writes out, 1 adds to it.</summary>
    public long Adds;

    /// <summary>Columns of the last vector, for partial kernels.</summary>
    public long Left;

    /// <summary>Not 0 where out is not near, so that its lines are fetched while the tile is computed.</summary>
    public long IsFar;

    public double Scale;

    public static void Run(KernelEntry kernel, ref TileCall call, int tiles)
    {
        fixed (TileCall* arguments = &call)
            kernel((void**)&arguments->A, &arguments->Sums, &arguments->Scale, 0, tiles);
    }
}
