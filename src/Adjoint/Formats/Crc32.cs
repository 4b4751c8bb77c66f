namespace Adjoint;

/// <summary>A checksum of 32 bits, reflected: that of ZIP and PNG, or Castagnoli's.</summary>
sealed class Crc32
{
    static readonly uint[] Zip = TableOf(0xEDB88320);
    static readonly uint[] CastagnoliTable = TableOf(0x82F63B78);

    readonly uint[] table;
    uint state = uint.MaxValue;

    /// <summary>The checksum of ZIP and PNG.</summary>
    public Crc32() : this(Zip) { }

    Crc32(uint[] table) => this.table = table;

    /// <summary>The checksum of TensorBoard's records.</summary>
    public static Crc32 Castagnoli() => new(CastagnoliTable);

    public uint Value => ~state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) state = table[(byte)(state ^ b)] ^ (state >> 8);
    }

    public void Reset() => state = uint.MaxValue;

    static uint[] TableOf(uint polynomial)
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var entry = index;
            for (var bit = 0; bit < 8; bit++) entry = (entry & 1) != 0 ? (entry >> 1) ^ polynomial : entry >> 1;
            table[index] = entry;
        }
        return table;
    }
}
