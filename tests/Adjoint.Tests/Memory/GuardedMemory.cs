using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Adjoint.Tests;

/// <summary>Memory between two pages that may not be touched: one step over an end ends the process.</summary>
sealed unsafe partial class GuardedMemory : IDisposable
{
    readonly byte* pages;
    readonly nuint length;

    /// <param name="bytes">Bytes of <see cref="Pointer"/>.</param>
    /// <param name="atEnd">Whether the last byte touches a guard, or the first one.</param>
    public GuardedMemory(long bytes, bool atEnd = true)
    {
        var page = (nuint)Environment.SystemPageSize;
        var usable = ((nuint)Math.Max(bytes, 1) + page - 1) / page * page;
        length = usable + 2 * page;
        pages = OperatingSystem.IsWindows() ? ReserveOnWindows(usable, page) : Reserve(usable, page);
        Pointer = atEnd ? pages + page + usable - (nuint)bytes : pages + page;
        Bytes = bytes;
    }

    public byte* Pointer { get; }
    public long Bytes { get; }

    public Span<T> AsSpan<T>() where T : unmanaged => new(Pointer, (int)(Bytes / sizeof(T)));

    public void Dispose()
    {
        if (OperatingSystem.IsWindows()) VirtualFree(pages, 0, 0x8000);
        else Unmap(pages, length);
    }

    byte* Reserve(nuint usable, nuint page)
    {
        var anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
        var start = Map(null, length, 0, anonymous | 2, -1, 0);
        if ((nint)start == -1 || Protect(start + page, usable, 3) != 0) throw new Win32Exception();
        return start;
    }

    byte* ReserveOnWindows(nuint usable, nuint page)
    {
        var start = VirtualAlloc(null, length, 0x3000, 1);
        if (start is null || !VirtualProtect(start + page, usable, 4, out _)) throw new Win32Exception();
        return start;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nuint length, int access, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int access);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial byte* VirtualAlloc(void* address, nuint size, uint type, uint access);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualProtect(void* address, nuint size, uint access, out uint old);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(void* address, nuint size, uint type);
}
