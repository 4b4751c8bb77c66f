using System.Security.Cryptography;

namespace Adjoint;

/// <summary>What became of a file of a data set.</summary>
/// <param name="Found">Its checksum; null where it is not there.</param>
/// <param name="IsGood">Whether it is one of the accepted ones.</param>
public sealed record DataCheck(DataFile File, string Path, string? Found, bool IsGood);

// One folder a set, its files in it as they were downloaded. A file is there whole and with an accepted checksum, or under
// another name: that of a download that goes on the next time.

/// <summary>The folder that data sets are kept in.</summary>
public sealed class DataCache
{
    /// <summary>The variable that names the folder.</summary>
    public const string Variable = "ADJOINT_DATA";

    /// <param name="root">Need not exist.</param>
    public DataCache(string root) => Root = Path.GetFullPath(root);

    /// <summary>The folder that ADJOINT_DATA names, else .cache/adjoint in the home of the user.</summary>
    public static DataCache Default => new(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "adjoint"));

    public string Root { get; }

    /// <summary>Where a file lies or would lie.</summary>
    public string PathOf(DataSource source, DataFile file)
    {
        var folder = Path.Combine(Root, source.Folder);
        return NamesOf(file).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? Path.Combine(folder, file.Name);
    }

    /// <summary>Whether all files of a set are there; their checksums are not looked at.</summary>
    public bool Has(DataSource source) => source.Files.All(f => File.Exists(PathOf(source, f)));

    /// <summary>The path of a file that is there.</summary>
    /// <exception cref="DataException">It is not there.</exception>
    public string Find(DataSource source, DataFile file)
    {
        var path = PathOf(source, file);
        return File.Exists(path) ? path : throw new DataException($"Data set '{source.Name}': '{file.Name}' is not on this machine.\n"
            + $"  looked for  {path}\nHint: adjoint data get {source.Name}", source.Name);
    }

    /// <summary>Compares every file with its accepted checksums.</summary>
    public IEnumerable<DataCheck> Verify(DataSource source, CancellationToken cancellation = default)
    {
        foreach (var file in source.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = PathOf(source, file);
            yield return File.Exists(path) ? Check(file, path) : new(file, path, null, false);
        }
    }

    /// <summary>Brings the files of a set here that are not here yet.</summary>
    /// <param name="from">A folder to copy them from instead of downloading: with the files, or with the folder of
    /// the set.</param>
    /// <exception cref="DataException">A file could not be had, or is another one than expected.</exception>
    public async Task GetAsync(DataSource source, string? from = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var download = new Download(FileSystem.Disk, progress);
        await GetAsync(source, from, download, cancellation);
    }

    internal async Task GetAsync(DataSource source, string? from, Download download, CancellationToken cancellation)
    {
        foreach (var file in source.Files)
        {
            var path = PathOf(source, file);
            if (File.Exists(path) && Check(file, path).IsGood) continue;
            if (from is not null) Copy(source, file, from, path);
            else
            {
                CreateFolder(path);
                await download.GetAsync(source, file, path, cancellation);
            }
        }
    }

    /// <exception cref="DataException">The file is not one of the accepted ones.</exception>
    internal static void Accept(DataSource source, DataFile file, string path)
    {
        var check = Check(file, path);
        if (check.IsGood) return;
        throw new DataException($"Data set '{source.Name}': '{path}' is another file than expected.\n"
            + $"  expected  {string.Join(" or ", file.Checksums)}\n"
            + $"  found     {check.Found}, {FileSource.Bytes(new FileInfo(path).Length)}", source.Name);
    }

    static IEnumerable<string> NamesOf(DataFile file) => file.OtherNames.Prepend(file.Name);

    static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileWriteException.Of(path, e);
        }
    }

    static void Copy(DataSource source, DataFile file, string from, string path)
    {
        string[] places = [.. NamesOf(file).SelectMany(n => new[] { Path.Combine(from, source.Folder, n), Path.Combine(from, n) })];
        var found = places.FirstOrDefault(File.Exists)
            ?? throw new DataException($"Data set '{source.Name}': '{file.Name}' is not in '{from}'.\n"
                + $"  looked for  {string.Join("\n              ", places)}", source.Name);
        Accept(source, file, found);
        CreateFolder(path);
        AtomicFile.Write(path, to =>
        {
            using var stream = File.OpenRead(found);
            stream.CopyTo(to);
        });
    }

    static DataCheck Check(DataFile file, string path)
    {
        var sha = Of(SHA256.Create());
        if (file.Checksums.Contains(sha)) return new(file, path, sha, true);
        if (file.Checksums.All(c => c.Length == sha.Length)) return new(file, path, sha, false);
        var md5 = Of(MD5.Create()); // against damage, not against enemies
        return new(file, path, md5, file.Checksums.Contains(md5));

        string Of(HashAlgorithm algorithm)
        {
            using var stream = File.OpenRead(path);
            using (algorithm) return Convert.ToHexStringLower(algorithm.ComputeHash(stream));
        }
    }
}
