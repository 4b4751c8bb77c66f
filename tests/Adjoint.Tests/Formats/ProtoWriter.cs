using System.Text;

namespace Adjoint.Tests;

/// <summary>Writes messages in the wire form of protocol buffers, for files made by tests.</summary>
sealed class ProtoWriter
{
    readonly List<byte> bytes = [];

    public byte[] Bytes => [.. bytes];

    public ProtoWriter Integer(int field, long value) => Key(field, 0).Varint((ulong)value);
    public ProtoWriter Float(int field, float value) => Key(field, 5).Raw(BitConverter.GetBytes(value));
    public ProtoWriter Double(int field, double value) => Key(field, 1).Raw(BitConverter.GetBytes(value));
    public ProtoWriter Text(int field, string value) => Data(field, Encoding.UTF8.GetBytes(value));
    public ProtoWriter Message(int field, ProtoWriter message) => Data(field, message.Bytes);
    public ProtoWriter Data(int field, byte[] value) => Key(field, 2).Varint((ulong)value.Length).Raw(value);

    public ProtoWriter Packed(int field, params long[] values)
    {
        var packed = new ProtoWriter();
        foreach (var value in values) packed.Varint((ulong)value);
        return Data(field, packed.Bytes);
    }

    ProtoWriter Key(int field, int kind) => Varint((ulong)(field * 8 + kind));

    ProtoWriter Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return this;
    }

    ProtoWriter Raw(byte[] value)
    {
        bytes.AddRange(value);
        return this;
    }
}
