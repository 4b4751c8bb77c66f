namespace Adjoint;

/// <summary>The checksum of ZIP and PNG (polynomial EDB88320, reflected).</summary>
sealed class Crc32
{
    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    uint state = uint.MaxValue;

    public uint Value => ~state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) state = Table[(byte)(state ^ b)] ^ (state >> 8);
    }

    static uint Entry(int index)
    {
        var entry = (uint)index;
        for (var bit = 0; bit < 8; bit++) entry = (entry & 1) != 0 ? (entry >> 1) ^ 0xEDB88320 : entry >> 1;
        return entry;
    }
}
