namespace Adjoint;

/// <summary>Conversions of the upper 16 bits of a float32; .NET has no such type yet.</summary>
static class BFloat16
{
    public static double ToDouble(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16, ties to even.</summary>
    public static ushort FromDouble(double value)
    {
        var single = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(single);
        if (float.IsNaN(single)) return (ushort)((bits >> 16) | 0x40); // or a payload in the low half turns into inf
        if (double.IsFinite(value) && single != value)
        {
            // Rounding twice would err at ties. The first rounding is made to odd: cut, then set the low bit.
            if (Math.Abs((double)single) > Math.Abs(value)) bits--;
            bits |= 1;
        }
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
