namespace Adjoint.Cli;

/// <summary>Files named on the command line.</summary>
static class InputFile
{
    /// <exception cref="FileFormatException">The file is not there or cannot be opened.</exception>
    public static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileFormatException($"There is no file '{path}'.", path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileFormatException(Directory.Exists(path) ? $"'{path}' is a folder, not a file."
                : $"'{path}' cannot be read: {e.Message.TrimEnd('.')}.", path, e);
        }
    }

    /// <summary>Refuses a result file that could not be written, before anything is computed.</summary>
    public static void CheckWritable(string option, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new FileFormatException($"{option}: there is no folder '{folder}'.", path);
        if (Directory.Exists(path)) throw new FileFormatException($"{option}: '{path}' is a folder, not a file.", path);
    }
}
