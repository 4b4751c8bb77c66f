using System.Runtime.InteropServices;

namespace Adjoint;

// One block of native memory from a pool. The finalizer gives a forgotten block back, and the garbage collector is told
// of its size, so that it looks for forgotten ones in time. Whoever works on the pointer keeps the storage alive.

/// <summary>Native memory that begins on a cache line; new memory holds whatever was there before.</summary>
sealed unsafe class Storage : SafeHandle
{
    /// <summary>Bytes of a cache line and of the widest vector: every storage begins on a multiple of it.</summary>
    public const int Alignment = 64;

    readonly StoragePool pool;

    internal Storage(StoragePool pool, nint block, long bytes) : base(0, ownsHandle: true)
    {
        (this.pool, Bytes) = (pool, bytes);
        SetHandle(block);
    }

    /// <summary>Bytes asked for.</summary>
    public long Bytes { get; }

    public override bool IsInvalid => handle == 0;

    public void* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (void*)handle;
        }
    }

    public static Storage Allocate(long bytes) => StoragePool.Shared.Allocate(bytes);

    public static Storage AllocateZeroed(long bytes)
    {
        var storage = Allocate(bytes);
        NativeMemory.Clear(storage.Pointer, (nuint)bytes);
        return storage;
    }

    /// <summary>All whole numbers of the type that fit.</summary>
    public Span<T> AsSpan<T>() where T : unmanaged => new(Pointer, checked((int)(Bytes / sizeof(T))));

    protected override bool ReleaseHandle()
    {
        pool.Return(handle, Bytes);
        return true;
    }
}
