namespace Adjoint;

/// <summary>One file of a data set.</summary>
/// <param name="Name">In the folder of the set.</param>
/// <param name="Url">Where it is had.</param>
/// <param name="Bytes">Its length; null where nobody has published it.</param>
/// <param name="Checksums">Accepted ones in hexadecimal: SHA-256, or MD5 where nothing else is published.</param>
public sealed record DataFile(string Name, string Url, long? Bytes, params IReadOnlyList<string> Checksums)
{
    /// <summary>Names under which the same data goes as well.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];
}

/// <summary>Where a data set comes from, under which licence, and how its files are recognised.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Title">What it is, in a line.</param>
/// <param name="License">Under which it may be used.</param>
/// <param name="Home">The page of those who made it; empty where that is this program.</param>
/// <param name="Files">None for a set that the program draws itself.</param>
public sealed record DataSource(string Name, string Title, string License, string Home, params IReadOnlyList<DataFile> Files)
{
    /// <summary>Of its files; the name of the set if nothing else is said.</summary>
    public string Folder { get; init; } = Name;
}
