namespace Adjoint;

/// <summary>The folder of a run and the names of what is in it.</summary>
public sealed class RunFolder
{
    const string ConfigName = "config.json";

    RunFolder(string path) => Path = path;

    public string Path { get; }

    public string Config => PathOf(ConfigName);

    public string Log => PathOf("log.jsonl");

    /// <summary>Where the run stands.</summary>
    public string Last => PathOf("last.safetensors");

    /// <summary>Where it was best.</summary>
    public string Best => PathOf("best.safetensors");

    public string Curves => PathOf("curves.svg");

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A new run.</summary>
    /// <param name="replaces">Whether a run of this name is deleted first.</param>
    /// <exception cref="SettingException">There is a run of this name, or something that is none.</exception>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public static RunFolder Create(string path, RunConfig config, bool replaces = false)
    {
        var folder = new RunFolder(path);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            if (!File.Exists(folder.Config))
                throw new SettingException($"'{path}' exists and is no run; nothing was written.\nHint: --out with another folder.");
            if (!replaces)
                throw new SettingException($"'{path}' holds a run already; nothing was written.\n"
                    + $"Hint: --resume {path} goes on with it, --force begins anew, --out takes another folder.");
        }
        try
        {
            Directory.CreateDirectory(path);
            using (folder.Hold()) folder.Clear();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.Of(path, e);
        }
        config.Write(folder.Config);
        return folder;
    }

    /// <exception cref="SettingException">There is no run.</exception>
    public static RunFolder Open(string path) => File.Exists(System.IO.Path.Combine(path, ConfigName)) ? new(path)
        : throw new SettingException($"'{path}' is no run: it holds no {ConfigName}.\nHint: adjoint train --out {path} makes one.");

    /// <summary>Keeps others from training this run until it is disposed, or the process ends in whatever way.</summary>
    /// <exception cref="SettingException">Somebody trains it already.</exception>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    internal IDisposable Hold()
    {
        const int WouldBlock = 11, SharingViolation = unchecked((int)0x80070020); // Linux, Windows
        try
        {
            return new FileStream(PathOf("running"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (e.HResult is WouldBlock or SharingViolation)
        {
            throw new SettingException($"'{Path}' is being trained by another process; nothing was written.\n"
                + "Hint: wait for its end, or stop it: it saves and can be resumed.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.Of(Path, e);
        }
    }

    // What a run writes and nothing else: the folder may hold notes of its owner.
    void Clear()
    {
        foreach (var file in Directory.EnumerateFiles(Path))
            if (System.IO.Path.GetExtension(file) is ".json" or ".jsonl" or ".safetensors" or ".svg" or ".png" or ".tmp"
                || System.IO.Path.GetFileName(file).StartsWith("events.out", StringComparison.Ordinal)) File.Delete(file);
    }
}
