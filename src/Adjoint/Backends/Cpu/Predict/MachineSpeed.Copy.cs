using System.Runtime.InteropServices;

namespace Adjoint;

sealed unsafe partial record MachineSpeed
{
    const long CopiedBytes = 64 << 20, ChunkBytes = 1 << 20;

    /// <summary>Bytes a second that copying reads and writes.</summary>
    public static double CopyBytes(Team team)
    {
        // Not from the pool, which keeps what it has: this memory is to leave no trace in what is measured next.
        var from = (byte*)NativeMemory.AlignedAlloc((nuint)CopiedBytes, Storage.Alignment);
        var to = (byte*)NativeMemory.AlignedAlloc((nuint)CopiedBytes, Storage.Alignment);
        NativeMemory.Clear(from, (nuint)CopiedBytes);
        var copy = new Copy(from, to);
        var address = (nint)(&copy);
        var chunks = team.Threads == 1 ? 1 : (int)(CopiedBytes / ChunkBytes);
        var seconds = Least(() => team.Run(chunks, chunks == 1 ? &Whole : &Chunk, (void*)address));
        NativeMemory.AlignedFree(from);
        NativeMemory.AlignedFree(to);
        return 2.0 * CopiedBytes / seconds;
    }

    readonly struct Copy(byte* from, byte* to)
    {
        public readonly byte* From = from, To = to;
    }

    static void Whole(void* copy, int chunk, int worker) =>
        NativeMemory.Copy(((Copy*)copy)->From, ((Copy*)copy)->To, (nuint)CopiedBytes);

    static void Chunk(void* copy, int chunk, int worker) => NativeMemory.Copy(((Copy*)copy)->From + chunk * ChunkBytes,
        ((Copy*)copy)->To + chunk * ChunkBytes, (nuint)ChunkBytes);
}
