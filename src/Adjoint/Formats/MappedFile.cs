using System.IO.MemoryMappedFiles;

namespace Adjoint;

/// <summary>A file as memory: the system reads its pages when somebody looks at them.</summary>
sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile? file; // an empty file cannot be mapped
    readonly MemoryMappedViewAccessor? view;
    readonly byte* start;

    public MappedFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Length = stream.Length;
        if (Length == 0) return;
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* pages = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pages);
        start = pages + view.PointerOffset;
    }

    public long Length { get; }

    /// <summary>Valid until the file is disposed.</summary>
    public ReadOnlySpan<byte> Bytes(long from, long count)
    {
        ObjectDisposedException.ThrowIf(view is not null && view.SafeMemoryMappedViewHandle.IsClosed, this);
        if (from < 0 || count < 0 || from > Length - count)
            throw Throw.Internal($"bytes {from} to {from + count} of a file of {Length}");
        return new(start + from, checked((int)count));
    }

    public void Dispose()
    {
        if (view is null || view.SafeMemoryMappedViewHandle.IsClosed) return;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file!.Dispose();
    }
}
