using Xunit;

namespace Adjoint.Tests;

/// <summary>The checkout the tests were built from.</summary>
static class Repository
{
    public static readonly string Root = FindRoot();

    /// <summary>Whether golden files are rewritten instead of compared.</summary>
    public static bool UpdatesGolden => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => Unix(File.ReadAllText(PathOf(parts)));

    /// <summary>Files below a folder, as paths from the root with forward slashes, sorted.</summary>
    public static List<string> Files(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>Demands that a text equals the committed file, or writes it: <c>UPDATE_GOLDEN=1</c>.</summary>
    public static void AssertGolden(string text, params string[] parts)
    {
        var path = PathOf(parts);
        text = Unix(text);
        if (UpdatesGolden)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }
        Assert.True(File.Exists(path), $"{path} is missing: UPDATE_GOLDEN=1 writes it. It would hold:\n{text}");
        Assert.Equal(Unix(File.ReadAllText(path)), text);
    }

    static string Unix(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new DirectoryNotFoundException($"no Adjoint.slnx above {AppContext.BaseDirectory}");
    }
}
