namespace Adjoint;

// What the library asks of a disk when it writes, one operation a member. Tests put one in its place that stops at the
// k-th operation; whatever is written through it is shown to survive that.

/// <summary>Where files are written.</summary>
abstract class FileSystem
{
    /// <summary>The file system of this machine.</summary>
    public static FileSystem Disk { get; } = new DiskFileSystem();

    /// <summary>A new, empty file; an error where one of this name exists.</summary>
    public abstract Stream Create(string path);

    /// <summary>A file to write on at its end; a new one where there is none.</summary>
    public abstract Stream Append(string path);

    /// <summary>Returns when the disk holds what was written to a stream of this file system.</summary>
    public abstract void FlushToDisk(Stream stream);

    /// <summary>Renames in one piece; a file of the new name is replaced.</summary>
    public abstract void Move(string from, string to);

    /// <summary>Removes a file; nothing happens where there is none.</summary>
    public abstract void Delete(string path);
}

/// <summary>The file system of this machine.</summary>
sealed class DiskFileSystem : FileSystem
{
    // ZIP archives go back to fill in sizes, so that the stream is read as well.
    public override Stream Create(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);

    // Others may read a log while it grows.
    public override Stream Append(string path) =>
        new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);

    public override void FlushToDisk(Stream stream) => ((FileStream)stream).Flush(flushToDisk: true);

    public override void Move(string from, string to) => File.Move(from, to, overwrite: true);

    public override void Delete(string path) => File.Delete(path);
}
