using System.Buffers.Binary;
using System.IO.Compression;

namespace Adjoint;

// The format of MNIST: 0 0, type, number of dimensions, each size in 4 bytes, numbers; everything big-endian. Usually
// packed with gzip, which is seen by its first bytes and not by the name.

/// <summary>Arrays in IDX files, plain or gzipped.</summary>
public static class Idx
{
    const int MaxRank = 8; // images of video in colour need 5

    static readonly Dictionary<byte, DType> Types = new()
    {
        [0x08] = DType.UInt8, [0x09] = DType.Int8, [0x0B] = DType.Int16, [0x0C] = DType.Int32, [0x0D] = DType.Float32,
        [0x0E] = DType.Float64,
    };

    /// <exception cref="FileFormatException">The file is not an array in this form, or is damaged.</exception>
    public static HostArray Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads an array that must end where the stream ends.</summary>
    /// <param name="stream">Seekable.</param>
    /// <param name="file">The name for messages.</param>
    public static HostArray Read(Stream stream, string file)
    {
        var source = new FileSource("Idx.Read", file);
        var start = stream.Position;
        var isPacked = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = start;
        if (!isPacked) return ReadArray(new(stream, stream.Length - start), source);
        try
        {
            using var unpacked = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            return ReadArray(new(unpacked, length: null), source);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw source.Wrong("cannot be unpacked", "gzip", e.Message.TrimEnd('.'), inner: e);
        }
    }

    /// <summary>Writes the file whole or not at all, unpacked.</summary>
    /// <exception cref="FileWriteException">The disk refuses.</exception>
    public static void Write(string path, HostArray array) => AtomicFile.Write(path, stream => Write(stream, array));

    public static void Write(Stream stream, HostArray array)
    {
        var code = Types.FirstOrDefault(t => t.Value == array.Type).Key;
        if (code == 0) throw new ArgumentException($"Idx.Write: the format has no {array.Type.Name}.");
        stream.Write([0, 0, code, (byte)array.Shape.Length]);
        Span<byte> word = stackalloc byte[4];
        foreach (var size in array.Shape)
        {
            BinaryPrimitives.WriteInt32BigEndian(word, size);
            stream.Write(word);
        }
        var bytes = array.Bytes.ToArray();
        SwapFromOrToBigEndian(bytes, array.Type.ByteSize);
        stream.Write(bytes);
    }

    static HostArray ReadArray(BoundedReader reader, FileSource source)
    {
        var magic = reader.ReadUpTo(4);
        if (magic is not [0, 0, var code, var rank] || !Types.TryGetValue(code, out var type) || rank > MaxRank)
            throw source.Wrong("is no IDX file", "first bytes 00 00, a type from 08 to 0E, and the number of dimensions",
                FileSource.FirstBytes(magic));
        var sizes = reader.ReadUpTo(4 * rank);
        if (sizes.Length < 4 * rank)
            throw source.Wrong("is cut short", $"{rank} sizes", FileSource.Bytes(sizes.Length));
        var shape = new long[rank];
        for (var d = 0; d < rank; d++) shape[d] = BinaryPrimitives.ReadUInt32BigEndian(sizes.AsSpan(4 * d));
        var text = $"{type.Name}[{string.Join(", ", shape)}]";
        if (HostArray.CountOf(type, shape) is not { } count)
            throw source.Wrong("has a shape that does not fit in memory",
                $"sizes from 0 to {int.MaxValue}, {FileSource.Bytes(Array.MaxLength)} at most", text);
        var size = count * type.ByteSize;
        var bytes = reader.ReadUpTo(size);
        if (bytes.Length < size)
            throw source.Wrong("is cut short", $"{FileSource.Bytes(size)} of numbers for {text}", FileSource.Bytes(bytes.Length));
        if (reader.ReadUpTo(1).Length > 0)
            throw source.Wrong($"goes on after its {text}", FileSource.Bytes(reader.Position - 1), "more");
        SwapFromOrToBigEndian(bytes, type.ByteSize);
        return new(type, Array.ConvertAll(shape, s => (int)s), bytes);
    }

    // The same turn both ways.
    static void SwapFromOrToBigEndian(Span<byte> bytes, int size)
    {
        if (size == 1 || !BitConverter.IsLittleEndian) return;
        for (var at = 0; at < bytes.Length; at += size) bytes.Slice(at, size).Reverse();
    }
}
