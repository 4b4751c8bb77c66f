namespace Adjoint;

/// <summary>Float or double as a format of bits, with the constants that functions in it share.</summary>
/// <param name="MantissaBits">Bits of the fraction, 23 or 52.</param>
/// <param name="Bias">Exponent of 1.</param>
/// <param name="Ln2High">The first bits of ln 2: its product with any exponent is exact.</param>
sealed record FloatFormat(
    int MantissaBits, int Bias, double SmallestNormal, double Ln2High, double Ln2Low,
    double HalfPi0, double HalfPi1, double HalfPi2)
{
    static readonly FloatFormat Single = new(
        23, 127, 1.17549435e-38, 0.693145751953125, 1.428606765330187e-06,
        1.5707963705062866, -4.371138828673793e-08, -1.7151245100058819e-15);

    static readonly FloatFormat Double = new(
        52, 1023, 2.2250738585072014e-308, 0.6931471805592082, 7.371002565167799e-13,
        1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33);

    public static FloatFormat Of(CodeExpr x) => x.Type.Element == Element.Float ? Single : Double;

    /// <summary>
    /// Added to a number it leaves no bits for a fraction: the sum is rounded to whole, its last bits are that integer.
    /// </summary>
    public double Rounder => 1.5 * Math.ScaleB(1, MantissaBits);

    public long RounderBits =>
        IsSingle ? BitConverter.SingleToInt32Bits((float)Rounder) : BitConverter.DoubleToInt64Bits(Rounder);

    bool IsSingle => MantissaBits == 23;

    public long SignMask => IsSingle ? int.MinValue : long.MinValue;

    /// <summary>The bits of 1.</summary>
    public long One => (long)Bias << MantissaBits;

    /// <summary>The bits of the exponent.</summary>
    public long ExponentMask => IsSingle ? 0x7F800000 : 0x7FF0000000000000;

    /// <summary>The bits of sqrt(1/2).</summary>
    public long RootHalf => IsSingle ? 0x3F3504F3 : 0x3FE6A09E667F3BCD;
}
