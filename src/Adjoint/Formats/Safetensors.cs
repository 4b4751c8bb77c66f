using System.Buffers.Binary;

namespace Adjoint;

// https://huggingface.co/docs/safetensors: the length of the header in 8 bytes, the header in JSON, the numbers, little-
// endian and row-major. Arrays are written in one order, whatever order they come in: equal arrays give equal files, and
// those are the files that the reference implementation writes.

/// <summary>Named arrays in .safetensors files.</summary>
public static class Safetensors
{
    /// <summary>All arrays in the order of the file, copied; <see cref="SafetensorsFile"/> maps them instead.</summary>
    /// <param name="path">A .safetensors file, or an index of several (.index.json) beside it.</param>
    /// <exception cref="FileFormatException">The file is not of this form, or is damaged.</exception>
    public static OrderedDictionary<string, HostArray> Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var arrays = new OrderedDictionary<string, HostArray>();
        foreach (var name in file.Names) arrays.Add(name, file[name]);
        return arrays;
    }

    /// <param name="file">The name for messages.</param>
    public static OrderedDictionary<string, HostArray> Read(ReadOnlySpan<byte> bytes, string file)
    {
        var header = HeaderOf(bytes, bytes.Length, file);
        var data = bytes[(sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes))..];
        var arrays = new OrderedDictionary<string, HostArray>();
        foreach (var (name, entry) in header.Entries)
            arrays.Add(name, Copy(entry, data[(int)entry.Begin..(int)entry.End]));
        return arrays;
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="metadata">Texts about the whole.</param>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, HostArray>> arrays,
        IReadOnlyDictionary<string, string>? metadata = null) => Write(path, arrays, metadata, FileSystem.Disk);

    internal static void Write(string path, IEnumerable<KeyValuePair<string, HostArray>> arrays,
        IReadOnlyDictionary<string, string>? metadata, FileSystem files) =>
        AtomicFile.Write(path, stream => Write(stream, arrays, metadata), files);

    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, HostArray>> arrays,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = SafetensorsHeader.Sorted(arrays);
        var names = new HashSet<string>();
        foreach (var (name, _) in sorted)
        {
            if (name == SafetensorsHeader.MetadataKey)
                throw new ArgumentException($"Safetensors.Write: an array can't be named '{name}'.");
            if (!names.Add(name)) throw new ArgumentException($"Safetensors.Write: two arrays are named '{name}'.");
        }
        var header = SafetensorsHeader.Print(sorted, metadata);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, array) in sorted) stream.Write(array.Bytes);
    }

    /// <param name="start">The file from its first byte, at least to the end of the header.</param>
    /// <param name="length">Bytes of the whole file.</param>
    internal static SafetensorsHeader HeaderOf(ReadOnlySpan<byte> start, long length, string file)
    {
        var source = new FileSource("Safetensors.Read", file);
        if (start.Length < sizeof(long))
            throw source.Wrong("is no safetensors file", "a header and its length", FileSource.Bytes(start.Length));
        var size = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (size > SafetensorsHeader.MaxBytes || start.Length < sizeof(long) + 1 || start[sizeof(long)] != '{')
            throw source.Wrong("is no safetensors file",
                $"the length of a header, {FileSource.Bytes(SafetensorsHeader.MaxBytes)} at most, and a header in JSON",
                FileSource.FirstBytes(start));
        if (size > (ulong)length - sizeof(long))
            throw source.Wrong("is cut short", $"{FileSource.Bytes((long)size)} of header",
                FileSource.Bytes(length - sizeof(long)));
        return SafetensorsHeader.Parse(start.Slice(sizeof(long), (int)size), length - sizeof(long) - (long)size, file);
    }

    internal static HostArray Copy(SafetensorsEntry entry, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        if (entry.Type == DType.Bool) foreach (ref var b in copy.AsSpan()) b = b == 0 ? (byte)0 : (byte)1;
        return new(entry.Type, entry.Shape, copy);
    }
}
