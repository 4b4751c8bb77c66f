using System.Buffers.Binary;
using System.Text;

namespace Adjoint;

/// <summary>Walks over the chunks of a PNG image; every checksum is compared.</summary>
ref struct PngChunks(ReadOnlySpan<byte> bytes, FileSource source)
{
    const int Frame = 12; // length, name, checksum

    readonly ReadOnlySpan<byte> bytes = bytes;
    readonly FileSource source = source;
    ReadOnlySpan<byte> name;
    int at;

    public ReadOnlySpan<byte> Data { get; private set; }

    public readonly string Name => FileSource.Quoted(Encoding.Latin1.GetString(name));

    /// <summary>Whether an image cannot be shown by who does not know the chunk: its name begins with a capital.</summary>
    public readonly bool IsCritical => (name[0] & 0x20) == 0;

    public readonly bool Is(ReadOnlySpan<byte> other) => name.SequenceEqual(other);

    /// <summary>Steps to the next chunk; false at the end of the file.</summary>
    public bool Next()
    {
        if (at == bytes.Length)
        {
            name = default;
            return false;
        }
        var rest = bytes[at..];
        var length = rest.Length < Frame ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - Frame)
            throw source.Wrong("is cut short", "a chunk of length, name, data and checksum", FileSource.Bytes(rest.Length));
        name = rest.Slice(4, 4);
        Data = rest.Slice(8, (int)length);
        var checksum = Checksum(name, Data);
        var found = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
        if (checksum != found) throw source.Wrong("is damaged", $"checksum {found:X8} of chunk {Name}", $"checksum {checksum:X8}");
        at += Frame + (int)length;
        return true;
    }

    public static void Write(Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        stream.Write(word);
        stream.Write(name);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, Checksum(name, data));
        stream.Write(word);
    }

    static uint Checksum(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var checksum = new Crc32();
        checksum.Append(name);
        checksum.Append(data);
        return checksum.Value;
    }
}
