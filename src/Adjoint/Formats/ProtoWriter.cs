using System.Buffers.Binary;
using System.Text;

namespace Adjoint;

/// <summary>Writes the fields of one message of protocol buffers, in the order of the calls.</summary>
sealed class ProtoWriter
{
    const int VarintKind = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    readonly MemoryStream bytes = new();

    public ReadOnlySpan<byte> Bytes => bytes.GetBuffer().AsSpan(0, (int)bytes.Length);

    public ProtoWriter Integer(int field, long value)
    {
        Varint((ulong)field << 3 | VarintKind);
        Varint((ulong)value);
        return this;
    }

    public ProtoWriter Double(int field, double value)
    {
        Varint((ulong)field << 3 | Fixed64);
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(word, value);
        bytes.Write(word);
        return this;
    }

    public ProtoWriter Float(int field, float value)
    {
        Varint((ulong)field << 3 | Fixed32);
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(word, value);
        bytes.Write(word);
        return this;
    }

    public ProtoWriter Raw(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)field << 3 | Delimited);
        Varint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter message) => Raw(field, message.Bytes);

    void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.WriteByte((byte)(value | 0x80));
        bytes.WriteByte((byte)value);
    }
}
