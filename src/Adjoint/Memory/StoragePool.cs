using System.Numerics;
using System.Runtime.InteropServices;

namespace Adjoint;

// Blocks that were given back wait in one list per size class, so that a step finds its memory where the last one left
// it: asking the system again would fault in every page anew. Four classes for each power of two waste a quarter at most.
// Blocks in use and waiting together stay within Slack of the most that was ever in use at once.

/// <summary>The source of every <see cref="Storage"/>.</summary>
sealed unsafe partial class StoragePool
{
    public static readonly StoragePool Shared = new();

    const long Slack = 64L << 20;
    const long LargestBlock = 1L << 46;

    /// <summary>From here on blocks lie on huge pages: a matrix of 4 KiB pages costs a page walk for each row.</summary>
    const long HugePage = 2L << 20;

    readonly Lock gate = new();
    readonly nint[] waiting = new nint[ClassOf(LargestBlock) + 1]; // first block of each class; a block holds the next one
    long used, idle, mostUsed;

    /// <summary>Bytes of the blocks in use.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>Bytes of the blocks that wait to be used again.</summary>
    public long Idle => Volatile.Read(ref idle);

    public Storage Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > LargestBlock) throw new OutOfMemoryException();
        var size = SizeOf(ClassOf(bytes));
        nint block;
        lock (gate)
        {
            block = Take(ClassOf(bytes), size) is var found and not 0 ? found : New(size);
            used += size;
            mostUsed = Math.Max(mostUsed, used);
        }
        GC.AddMemoryPressure(size);
        return new Storage(this, block, bytes);
    }

    internal void Return(nint block, long bytes)
    {
        var size = SizeOf(ClassOf(bytes));
        lock (gate)
        {
            *(nint*)block = waiting[ClassOf(bytes)];
            waiting[ClassOf(bytes)] = block;
            used -= size;
            idle += size;
        }
        GC.RemoveMemoryPressure(size);
    }

    /// <summary>Gives every waiting block back to the system.</summary>
    public void Trim()
    {
        lock (gate) Trim(0);
    }

    nint Take(int sizeClass, long size)
    {
        var block = waiting[sizeClass];
        if (block == 0) return 0;
        waiting[sizeClass] = *(nint*)block;
        idle -= size;
        return block;
    }

    nint New(long size)
    {
        Trim(Math.Max(mostUsed, used + size) + Slack - used - size);
        try
        {
            return Reserve(size);
        }
        catch (OutOfMemoryException) when (idle > 0)
        {
            Trim(0);
            return Reserve(size);
        }
    }

    void Trim(long keep)
    {
        // The largest first: few calls, and small blocks are the ones soon wanted again.
        for (var sizeClass = waiting.Length - 1; sizeClass >= 0 && idle > keep; sizeClass--)
            while (idle > keep && Take(sizeClass, SizeOf(sizeClass)) is var block and not 0)
                NativeMemory.AlignedFree((void*)block);
    }

    static nint Reserve(long size)
    {
        if (size < HugePage || !OperatingSystem.IsLinux())
            return (nint)NativeMemory.AlignedAlloc((nuint)size, Storage.Alignment);
        const int UseHugePages = 14; // MADV_HUGEPAGE
        var block = NativeMemory.AlignedAlloc((nuint)size, (nuint)HugePage);
        _ = Advise(block, (nuint)size, UseHugePages); // a kernel without huge pages refuses, and nothing is lost
        return (nint)block;
    }

    internal static int ClassOf(long bytes)
    {
        if (bytes <= 256) return (int)((Math.Max(bytes, 1) - 1) >> 6);
        var log = BitOperations.Log2((ulong)(bytes - 1));
        return 4 * (log - 7) + (int)((bytes - 1) >> (log - 2) & 3);
    }

    /// <summary>Bytes of a block of the class: a multiple of 64.</summary>
    internal static long SizeOf(int sizeClass) =>
        sizeClass < 4 ? 64L * (sizeClass + 1) : (5L + (sizeClass & 3)) << (sizeClass / 4 + 5);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
