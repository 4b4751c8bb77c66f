using System.IO.Compression;

namespace Adjoint;

// A ZIP archive with one .npy file an array, stored or deflated. Nothing the directory of the archive says is believed
// before the bytes are there: sizes, checksums and names are all checked.

/// <summary>Named arrays in .npz files.</summary>
public static class Npz
{
    // Deflate cannot pack tighter than 258 bytes in 2 bits: an entry that promises more is a bomb or damaged.
    const long MaxRatio = 1032;

    const string Extension = ".npy";

    // The earliest time a ZIP archive can hold: equal arrays give equal files.
    static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>All arrays in the order of the file, by their names without ".npy".</summary>
    /// <exception cref="FileFormatException">The file is no archive of arrays of numbers, or is damaged.</exception>
    public static OrderedDictionary<string, HostArray> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <param name="stream">Seekable: the directory of an archive is at its end.</param>
    /// <param name="file">The name for messages.</param>
    public static OrderedDictionary<string, HostArray> Read(Stream stream, string file)
    {
        var source = new FileSource("Npz.Read", file);
        var start = stream.Position;
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return ReadAll(archive, stream.Length, source);
        }
        catch (Exception e) when (IsDamage(e))
        {
            stream.Position = start;
            var first = new byte[4];
            var read = stream.ReadAtLeast(first, 4, throwOnEndOfStream: false);
            throw source.Wrong("is not an archive of NumPy arrays", "a ZIP archive (.npz)",
                $"{FileSource.FirstBytes(first.AsSpan(0, read))}, {FileSource.Bytes(stream.Length)}; {e.Message}",
                first is [0x93, ..] ? "one array is read by Npy.Read." : null, e);
        }
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, HostArray>> arrays, bool compress = false) =>
        AtomicFile.Write(path, stream => Write(stream, arrays, compress));

    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, HostArray>> arrays, bool compress = false)
    {
        var level = compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression;
        var names = new HashSet<string>();
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            if (!names.Add(name)) throw new ArgumentException($"Npz.Write: two arrays are named '{name}'.");
            var entry = archive.CreateEntry(name + Extension, level);
            entry.LastWriteTime = Epoch;
            using var bytes = entry.Open();
            Npy.Write(bytes, array);
        }
    }

    static OrderedDictionary<string, HostArray> ReadAll(ZipArchive archive, long length, FileSource source)
    {
        var arrays = new OrderedDictionary<string, HostArray>();
        long packed = 0;
        foreach (var entry in archive.Entries)
        {
            if (entry.FullName.EndsWith('/')) continue; // a folder, as ZIP tools add them
            var name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
                ? entry.FullName[..^Extension.Length] : entry.FullName;
            var named = source with { Array = Printable(name) };
            packed += entry.CompressedLength;
            if (packed > length)
                throw named.Wrong("lies outside the file or over another array",
                    $"{FileSource.Bytes(length)} in all", FileSource.Bytes(packed));
            var array = ReadEntry(entry, named);
            if (!arrays.TryAdd(name, array))
                throw named.Wrong("is there twice", "every name once", $"{arrays[name]} and {array}");
        }
        return arrays;
    }

    static HostArray ReadEntry(ZipArchiveEntry entry, FileSource source)
    {
        var most = (entry.CompressedLength + 1) * MaxRatio;
        if (entry.Length > most)
            throw source.Wrong("promises more than it can hold",
                $"{FileSource.Bytes(most)} at most from {FileSource.Bytes(entry.CompressedLength)}",
                FileSource.Bytes(entry.Length));
        try
        {
            using var stream = entry.Open();
            var checksum = new Crc32();
            // The length comes from the directory: it is compared at the end, but no memory is taken on its word.
            var array = Npy.Whole(new(stream, length: null, checksum), source, entry.Length);
            return checksum.Value == entry.Crc32 ? array
                : throw source.Wrong("is damaged", $"checksum {entry.Crc32:X8}", $"checksum {checksum.Value:X8}");
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw source.Wrong("cannot be unpacked", "an entry that is stored or deflated", e.Message, inner: e);
        }
    }

    // What ZipArchive and its streams throw on bytes that are no archive.
    static bool IsDamage(Exception e) => e is InvalidDataException or IOException or NotSupportedException
        or ArgumentException or OverflowException or IndexOutOfRangeException;

    static string Printable(string name) => FileSource.Quoted(name)[1..^1];
}
