namespace Adjoint;

/// <summary>Files that are whole or absent: a crash while writing leaves the old file as it was.</summary>
static class AtomicFile
{
    /// <summary>Writes beside <paramref name="path"/>, flushes to the disk, then renames.</summary>
    /// <exception cref="FileWriteException">The disk refuses: it is full, read-only or not there.</exception>
    public static void Write(string path, Action<Stream> write, FileSystem? files = null)
    {
        files ??= FileSystem.Disk;
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = files.Create(temporary))
            {
                write(stream);
                files.FlushToDisk(stream);
            }
            files.Move(temporary, path);
        }
        catch (Exception e)
        {
            Remove(temporary, files);
            if (e is IOException or UnauthorizedAccessException) throw FileWriteException.Of(path, e);
            throw;
        }
    }

    // The first failure is the one to tell; a temporary file that stays is clutter and no damage.
    static void Remove(string temporary, FileSystem files)
    {
        try
        {
            files.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
