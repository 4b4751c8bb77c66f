namespace Adjoint;

/// <summary>A file that could not be written; one that was there before is as it was.</summary>
public sealed class FileWriteException : AdjointException
{
    const int NoSpace = 28, ReadOnly = 30, QuotaExceeded = 122; // errno of Linux
    const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleFull = unchecked((int)0x80070027);

    FileWriteException(string message, string file, Exception inner) : base(message, inner) => File = file;

    /// <summary>The file that was to be written.</summary>
    public string File { get; }

    internal static FileWriteException Of(string path, Exception e)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (fault, hint) = e switch
        {
            DirectoryNotFoundException => ($"there is no folder '{folder}'", "create it first."),
            _ when e.HResult is NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleFull =>
                ("the disk is full", $"free some space on the disk of '{folder}', or write elsewhere."),
            _ when Directory.Exists(path) => ("it is a folder", "name a file in it."),
            UnauthorizedAccessException => ($"writing to '{folder}' is not allowed", "write elsewhere."),
            _ when e.HResult == ReadOnly => ($"'{folder}' is read-only", "write elsewhere."),
            _ => (e.Message.TrimEnd('.'), (string?)null),
        };
        var before = System.IO.File.Exists(path) ? "the file of before, unchanged" : "no file of this name";
        var message = $"'{path}' was not written: {fault}.\n  on disk  {before}";
        return new(hint is null ? message : $"{message}\nHint: {hint}", path, e);
    }
}
