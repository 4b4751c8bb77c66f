using System.Runtime.InteropServices;

namespace Adjoint.Tests;

// The cells end where a page ends, and the next page may not be touched: a kernel that reads one cell too far dies.
// Elsewhere than on Linux the memory is plain.

/// <summary>Memory of a kernel with nothing behind it.</summary>
sealed unsafe partial class GuardedCells : IDisposable
{
    const int ReadWrite = 3, Nothing = 0, PrivateAnonymous = 0x22;

    readonly nint size;
    readonly byte* memory;
    readonly int bytes;

    public GuardedCells(int bytes)
    {
        this.bytes = bytes;
        var page = Environment.SystemPageSize;
        var used = (bytes + page - 1) / page * page;
        size = used + page;
        if (OperatingSystem.IsLinux())
        {
            memory = (byte*)Map(0, size, ReadWrite, PrivateAnonymous, -1, 0);
            if (memory == (byte*)-1 || Protect((nint)memory + used, page, Nothing) != 0) throw new InsufficientMemoryException();
        }
        else
        {
            memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, (nuint)page);
        }
        Start = memory + used - bytes;
    }

    public void* Start { get; }

    public Span<T> AsSpan<T>() where T : unmanaged => new(Start, bytes / sizeof(T));

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) _ = Unmap((nint)memory, size);
        else NativeMemory.AlignedFree(memory);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
