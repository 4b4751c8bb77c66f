using System.Buffers.Binary;
using System.Text;

namespace Adjoint;

// The wire form of protocol buffers: a message is fields, a field is a key (number * 8 + kind) and a value. Nothing is
// copied; every length is checked against the bytes that are there.

/// <summary>Walks over the fields of one message.</summary>
ref struct ProtoReader(ReadOnlySpan<byte> bytes, FileSource source)
{
    const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    readonly ReadOnlySpan<byte> bytes = bytes;
    readonly FileSource source = source;
    int at;
    int kind;

    /// <summary>The number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Steps to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (at == bytes.Length) return false;
        var key = ReadVarint();
        (Field, kind) = ((int)(key >> 3), (int)(key & 7));
        return key is > 7 and <= uint.MaxValue ? true : throw Damaged("a field number from 1 up", $"{key >> 3}");
    }

    public void Skip()
    {
        switch (kind)
        {
            case Varint: ReadVarint(); break;
            case Fixed64: Take(8); break;
            case Delimited: ReadBytes(); break;
            case Fixed32: Take(4); break;
            default: throw Damaged("a field of kind 0, 1, 2 or 5", $"field {Field} of kind {kind}");
        }
    }

    public long ReadInteger()
    {
        Expect(Varint);
        return (long)ReadVarint();
    }

    public float ReadFloat()
    {
        Expect(Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(Delimited);
        var length = ReadVarint();
        return length <= int.MaxValue ? Take((int)length)
            : throw Damaged($"{FileSource.Bytes(bytes.Length - at)} at most", $"a length of {length}");
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    public ProtoReader ReadMessage() => new(ReadBytes(), source);

    /// <summary>A repeated number, in one packed field or one at a time.</summary>
    public void ReadIntegers(List<long> values)
    {
        if (kind == Varint) { values.Add(ReadInteger()); return; }
        var packed = new ProtoReader(ReadBytes(), source);
        while (packed.at < packed.bytes.Length) values.Add((long)packed.ReadVarint());
    }

    public void ReadFloats(List<double> values)
    {
        if (kind == Fixed32) { values.Add(ReadFloat()); return; }
        var packed = ReadPacked(4);
        for (var i = 0; i < packed.Length; i += 4) values.Add(BinaryPrimitives.ReadSingleLittleEndian(packed[i..]));
    }

    public void ReadDoubles(List<double> values)
    {
        var packed = kind == Fixed64 ? Take(8) : ReadPacked(8);
        for (var i = 0; i < packed.Length; i += 8) values.Add(BinaryPrimitives.ReadDoubleLittleEndian(packed[i..]));
    }

    public readonly FileFormatException Damaged(string expected, string found) =>
        source.Wrong("is damaged", expected,
            $"{found}, {FileSource.Bytes(at)} into a message of {FileSource.Bytes(bytes.Length)}");

    ReadOnlySpan<byte> ReadPacked(int size)
    {
        var packed = ReadBytes();
        return packed.Length % size == 0 ? packed
            : throw Damaged($"numbers of {size} bytes", FileSource.Bytes(packed.Length));
    }

    readonly void Expect(int expected)
    {
        if (kind != expected) throw Damaged($"field {Field} of kind {expected}", $"kind {kind}");
    }

    ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70 && at < bytes.Length; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw Damaged("a number of at most 10 bytes", at == bytes.Length ? "the end inside it" : "more");
    }

    ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - at)
            throw Damaged($"{FileSource.Bytes(bytes.Length - at)} at most", $"a field of {FileSource.Bytes(count)}");
        var taken = bytes.Slice(at, count);
        at += count;
        return taken;
    }
}
