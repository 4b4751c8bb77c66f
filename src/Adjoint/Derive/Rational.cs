using System.Globalization;
using System.Numerics;

namespace Adjoint;

/// <summary>An exact fraction in lowest terms, denominator positive: t(t+1)/2 has halves in it, and counts outgrow 64
/// bits.</summary>
public readonly record struct Rational
{
    readonly BigInteger numerator, denominator;

    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException();
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        (this.numerator, this.denominator) = divisor.IsOne ? (numerator, denominator)
            : (numerator / divisor, denominator / divisor);
    }

    public BigInteger Numerator => numerator;
    public BigInteger Denominator => denominator;
    public bool IsInteger => Denominator.IsOne;
    public bool IsZero => numerator.IsZero;
    public bool IsOne => numerator.IsOne && IsInteger;
    public int Sign => numerator.Sign;

    public static implicit operator Rational(int value) => new(value, 1);
    public static implicit operator Rational(BigInteger value) => new(value, 1);

    public static Rational operator +(Rational a, Rational b) => a.IsInteger && b.IsInteger ? a.numerator + b.numerator
        : new Rational(a.numerator * b.Denominator + b.numerator * a.Denominator, a.Denominator * b.Denominator);
    public static Rational operator -(Rational a) => new(-a.numerator, a.Denominator);
    public static Rational operator -(Rational a, Rational b) => a + -b;
    public static Rational operator *(Rational a, Rational b) => a.IsInteger && b.IsInteger ? a.numerator * b.numerator
        : new Rational(a.numerator * b.numerator, a.Denominator * b.Denominator);
    public static Rational operator /(Rational a, Rational b) =>
        new(a.numerator * b.Denominator, a.Denominator * b.numerator);

    public BigInteger Floor() => (numerator - (numerator % Denominator + Denominator) % Denominator) / Denominator;

    public override string ToString() => numerator.ToString(CultureInfo.InvariantCulture)
        + (IsInteger ? "" : "/" + Denominator.ToString(CultureInfo.InvariantCulture));
}
