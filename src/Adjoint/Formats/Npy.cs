using System.Buffers.Binary;
using System.Text;

namespace Adjoint;

// NumPy's format for one array, versions 1.0 to 3.0: "\x93NUMPY", version, length of the header, header, numbers.
// Whatever the order of bytes and dimensions in the file, the array that comes out is row-major and native.

/// <summary>Arrays in .npy files.</summary>
public static class Npy
{
    const int Alignment = 64;
    const int MaxHeader = 1 << 20; // 64 dimensions of 20 digits need 1,500 bytes; the rest is padding

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <exception cref="FileFormatException">The file is not an array of numbers, or is damaged.</exception>
    public static HostArray Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Whole(new(stream, stream.Length), new("Npy.Read", path), stream.Length);
    }

    /// <summary>Reads one array and leaves the stream behind it.</summary>
    /// <param name="file">The name for messages.</param>
    public static HostArray Read(Stream stream, string file) =>
        ReadArray(new(stream, stream.CanSeek ? stream.Length - stream.Position : null), new("Npy.Read", file));

    /// <param name="file">The name for messages.</param>
    public static unsafe HostArray Read(ReadOnlySpan<byte> bytes, string file)
    {
        fixed (byte* start = bytes)
        {
            using Stream stream = bytes.IsEmpty ? Stream.Null : new UnmanagedMemoryStream(start, bytes.Length);
            return Whole(new(stream, bytes.Length), new("Npy.Read", file), bytes.Length);
        }
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, HostArray array) => AtomicFile.Write(path, stream => Write(stream, array));

    public static void Write(Stream stream, HostArray array)
    {
        var header = NpyHeader.Print(array.Type, array.Shape);
        var unpadded = Magic.Length + 4 + header.Length + 1; // version, length, line feed
        var padding = (Alignment - unpadded % Alignment) % Alignment;
        Span<byte> prefix = [.. Magic, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], (ushort)(header.Length + padding + 1));
        stream.Write(prefix);
        stream.Write(Encoding.ASCII.GetBytes(header + new string(' ', padding) + '\n'));
        stream.Write(array.Bytes);
    }

    /// <summary>An array that must end where the <paramref name="length"/> bytes end.</summary>
    internal static HostArray Whole(BoundedReader reader, FileSource source, long length)
    {
        var array = ReadArray(reader, source);
        return reader.Position == length ? array : throw source.Wrong($"goes on after its {array}",
            FileSource.Bytes(reader.Position), FileSource.Bytes(length));
    }

    static HostArray ReadArray(BoundedReader reader, FileSource source)
    {
        var header = ReadHeader(reader, source);
        var size = header.Count * header.Type.ByteSize;
        var bytes = reader.ReadUpTo(size);
        if (bytes.Length < size)
        {
            var promised = DTypes.Describe(header.Type, header.Shape);
            throw source.Wrong(
                "is cut short", $"{FileSource.Bytes(size)} of numbers for {promised}", FileSource.Bytes(bytes.Length));
        }
        if (header.IsBigEndian == BitConverter.IsLittleEndian) Swap(bytes, header.Type.ByteSize);
        if (header.Type == DType.Bool) foreach (ref var b in bytes.AsSpan()) b = b == 0 ? (byte)0 : (byte)1;
        if (header.IsFortranOrder) bytes = RowMajor(bytes, header.Shape, header.Type.ByteSize);
        return new(header.Type, header.Shape, bytes);
    }

    static NpyHeader ReadHeader(BoundedReader reader, FileSource source)
    {
        var prefix = reader.ReadUpTo(Magic.Length + 2);
        if (!prefix.AsSpan().StartsWith(Magic))
            throw source.Wrong("is not a NumPy array",
                "first bytes 93 4E 55 4D 50 59 (\"\\x93NUMPY\")", FileSource.FirstBytes(prefix),
                prefix is [0x50, 0x4B, ..] ? "an archive of arrays is read by Npz.Read." : null);
        if (prefix.Length < Magic.Length + 2) throw CutShort(source);
        var (major, minor) = (prefix[^2], prefix[^1]);
        if (major is < 1 or > 3 || minor != 0)
            throw source.Wrong("is of an unknown version", "version 1.0, 2.0 or 3.0", $"version {major}.{minor}");
        var width = major == 1 ? 2 : 4;
        var lengthBytes = reader.ReadUpTo(width);
        if (lengthBytes.Length < width) throw CutShort(source);
        var length = width == 2
            ? BinaryPrimitives.ReadUInt16LittleEndian(lengthBytes)
            : BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > MaxHeader)
            throw source.Wrong(
                "has a header that is not NumPy's", $"{FileSource.Bytes(MaxHeader)} at most", FileSource.Bytes(length));
        var text = reader.ReadUpTo((int)length);
        if (text.Length < length) throw CutShort(source);
        return NpyHeader.Parse((major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text), source);
    }

    static FileFormatException CutShort(FileSource source) =>
        source.Wrong("is cut short", "a header of version, length and shape", "the end of the file inside it");

    static void Swap(Span<byte> bytes, int size)
    {
        if (size == 1) return;
        for (var at = 0; at < bytes.Length; at += size) bytes.Slice(at, size).Reverse();
    }

    // The file counts its first dimension fastest, we the last: our next cell is `steps[d]` bytes on in the file.
    static byte[] RowMajor(byte[] bytes, int[] shape, int size)
    {
        var rank = shape.Length;
        var steps = new int[rank];
        for (int d = 0, step = size; d < rank; step *= shape[d++]) steps[d] = step;
        var result = new byte[bytes.Length];
        var position = new int[rank];
        for (int to = 0, from = 0; to < result.Length; to += size)
        {
            bytes.AsSpan(from, size).CopyTo(result.AsSpan(to));
            for (var d = rank - 1; d >= 0; d--)
            {
                from += steps[d];
                if (++position[d] < shape[d]) break;
                from -= steps[d] * shape[d];
                position[d] = 0;
            }
        }
        return result;
    }
}
