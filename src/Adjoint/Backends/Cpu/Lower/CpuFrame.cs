using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint;

// Everything that differs between runs of a program lies here, so that several threads may run it at the same time, each
// with a frame of its own.

/// <summary>One run of a program: where tensors lie, where time loops stand, what kernels are called with.</summary>
sealed unsafe class CpuFrame
{
    readonly nint[] pointers;
    readonly long[] positions;
    readonly double[] arguments;
    readonly long[] status = GC.AllocateArray<long>(2, pinned: true);

    /// <param name="numbers">The attributes, where kernels take them.</param>
    /// <param name="slots">How many pointers, positions and numbers the kernels of the program take in all.</param>
    public CpuFrame(int buffers, int loops, IReadOnlyList<double> numbers, KernelSlots slots)
    {
        (Buffers, Given) = (new nint[buffers], new bool[buffers]);
        Positions = new long[loops];
        Numbers = [.. numbers];
        pointers = GC.AllocateArray<nint>(slots.Pointers + 1, pinned: true);
        positions = GC.AllocateArray<long>(slots.Positions + 1, pinned: true);
        arguments = GC.AllocateArray<double>(slots.Numbers + 1, pinned: true);
    }

    /// <summary>The first cell of every tensor, by its number.</summary>
    public nint[] Buffers { get; }

    /// <summary>Whether the caller gave this buffer, so that nobody has to fill it.</summary>
    public bool[] Given { get; }

    /// <summary>Positions of the time loops, by their number.</summary>
    public long[] Positions { get; }

    /// <summary>The attributes that kernels take as arguments.</summary>
    public double[] Numbers { get; }

    public ulong Seed { get; set; }
    public uint Step { get; set; }

    /// <summary>Memory of the step that runs, for as long as it runs.</summary>
    public nint Scratch { get; set; }

    /// <summary>Where kernels report an index out of range: the site, the cell.</summary>
    public long[] Status => status;

    public void** Pointers(int slot) => (void**)First(pointers) + slot;
    public long* PositionArguments(int slot) => (long*)First(positions) + slot;
    public double* NumberArguments(int slot) => (double*)First(arguments) + slot;
    public nint StatusAddress => (nint)First(status);

    static void* First<T>(T[] pinned) => Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}

/// <summary>Hands out places among the arguments of a frame while a program is compiled.</summary>
sealed class KernelSlots
{
    public int Pointers { get; private set; }
    public int Positions { get; private set; }
    public int Numbers { get; private set; }

    /// <summary>The first of as many places of each kind.</summary>
    public (int Pointers, int Positions, int Numbers) Take(int pointers, int positions, int numbers)
    {
        var first = (Pointers, Positions, Numbers);
        (Pointers, Positions, Numbers) = (Pointers + pointers, Positions + positions, Numbers + numbers);
        return first;
    }
}
