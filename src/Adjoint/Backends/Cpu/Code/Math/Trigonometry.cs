namespace Adjoint;

// sin and cos: |x| = k pi/2 + r with |r| <= pi/4 (pi/2 in three parts, Cody and Waite), then a polynomial for sin(r) or
// cos(r) by the last bits of k. The parts reach to 1e5; larger arguments, where a radian has few bits left or none, go
// to Math.Sin and Math.Cos lane by lane.

/// <summary>sin, cos and atan.</summary>
static class Trigonometry
{
    const double Reach = 1e5;

    extension(CodeBuilder code)
    {
        public CodeExpr Sin(CodeExpr x)
        {
            x = code.Let("x", x);
            var a = code.Let("a", Code.Abs(x));
            var value = code.Let("value", Quarter(code, a, 0));
            value = code.Let("value", Code.FromBits(Code.Bits(value) ^ FloatParts.SignBit(x)));
            return code.Rarely(a > Reach, value, lane => Scalar(Math.Sin, Code.Lane(x, lane)));
        }

        public CodeExpr Cos(CodeExpr x)
        {
            x = code.Let("x", x);
            var a = code.Let("a", Code.Abs(x));
            return code.Rarely(a > Reach, Quarter(code, a, 1), lane => Scalar(Math.Cos, Code.Lane(x, lane)));
        }

        /// <summary>Above 1 pi/2 - atan(1/a); below an odd polynomial, float to 2^-28, double to 2^-58.</summary>
        public CodeExpr Atan(CodeExpr x)
        {
            x = code.Let("x", x);
            var a = code.Let("a", Code.Abs(x));
            var isLarge = code.Let("is_large", a > 1);
            var t = code.Let("t", Code.Select(isLarge, 1 / a, a));
            var s = code.Let("s", t * t);
            var p = x.Type.Element == Element.Float
                ? code.Polynomial("p", s,
                    -0.333333, 0.1999853, -0.14264014, 0.10950861, -0.08399208, 0.05787887, -0.031093534,
                    0.010866272, -0.0017821451)
                : code.Polynomial("p", s,
                    -0.33333333333333287, 0.19999999999990697, -0.14285714285051165, 0.11111111086872928,
                    -0.09090908555226192, 0.07692299819492501, -0.06666584804761727, 0.05881724205829395,
                    -0.05259478134724208, 0.04745107924452385, -0.04286950074906578, 0.03822303438643094,
                    -0.03280812440017495, 0.026181391750237357, -0.01864275250367307, 0.011336895887384148,
                    -0.0056205617342725035, 0.002152997334336598, -0.0005924125670379121, 0.00010355916844412288,
                    -8.602410573916804e-06);
            var atan = code.Let("atan", Code.Fma(p * s, t, t));
            var format = FloatFormat.Of(x);
            return FloatParts.WithSign(Code.Select(isLarge, format.HalfPi0 - (atan - format.HalfPi1), atan), x);
        }
    }

    // sin(a + shift * pi/2) for 0 <= a.
    static CodeExpr Quarter(CodeBuilder code, CodeExpr a, int shift)
    {
        var format = FloatFormat.Of(a);
        var rounded = code.Let("rounded", Code.Fma(a, 0.6366197723675814, format.Rounder));
        var k = code.Let("k", rounded - format.Rounder);
        var r = code.Let("r", code.SubtractProduct(a, k, format.HalfPi0));
        r = code.Let("r", code.SubtractProduct(r, k, format.HalfPi1));
        r = code.Let("r", code.SubtractProduct(r, k, format.HalfPi2));
        var s = code.Let("s", r * r);
        var isFloat = a.Type.Element == Element.Float;
        var sinTerms = isFloat
            ? code.Polynomial("sin_terms", s, -0.16666655, 0.008332187, -0.00019517897)
            : code.Polynomial("sin_terms", s,
                -0.1666666666666663, 0.00833333333332184, -0.00019841269829358514, 2.7557313538495608e-06,
                -2.5050734383782004e-08, 1.5895432830109446e-10);
        var cosTerms = isFloat
            ? code.Polynomial("cos_terms", s, 0.041666646, -0.001388731, 2.4432327e-5)
            : code.Polynomial("cos_terms", s,
                0.041666666666666595, -0.001388888888887334, 2.4801587288999603e-05, -2.7557314216052104e-07,
                2.0875705230492995e-09, -1.135873925712856e-11);
        var quarter = code.Let("quarter", Code.Bits(rounded) + shift);
        var isOdd = Code.NotEqual(quarter & 1, 0);
        var sin = Code.Fma(sinTerms * s, r, r);
        var cos = Code.Fma(cosTerms * s, s, Code.Fma(s, -0.5, 1));
        var value = code.Let("value", Code.Select(isOdd, cos, sin));
        // Quarters 2 and 3 are negative.
        return Code.FromBits(Code.Bits(value) ^ ((quarter & 2) << (format.MantissaBits == 23 ? 30 : 62)));
    }

    static CodeExpr Scalar(Func<double, double> function, CodeExpr x) =>
        Code.Convert(Code.Call(function, Code.Convert(x, Element.Double)), x.Type.Element);
}
