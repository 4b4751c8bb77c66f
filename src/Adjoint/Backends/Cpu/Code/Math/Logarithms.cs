namespace Adjoint;

// log(x) = e ln 2 + log(m) with m in [sqrt(1/2), sqrt(2)) and f = m - 1 exact. log1p corrects f by what 1 + x lost.

/// <summary>log and log1p.</summary>
static class Logarithms
{
    extension(CodeBuilder code)
    {
        public CodeExpr Log(CodeExpr x)
        {
            x = code.Let("x", x);
            var (m, e) = code.Decompose(x);
            var log = code.LogOfOnePlus(code.Let("f", m - 1), e);
            return Code.Select((x > 0) & (x < double.PositiveInfinity), log,
                Code.Select(Code.Equal(x, 0), double.NegativeInfinity, Code.Select(x < 0, double.NaN, x)));
        }

        public CodeExpr Log1p(CodeExpr x)
        {
            x = code.Let("x", x);
            var u = code.Let("u", 1 + x);
            // What the sum lost, exactly (Knuth).
            var part = code.Let("part", u - 1);
            var lost = code.Let("lost", 1 - (u - part) + (x - part));
            var (m, e, power) = Split(code, u);
            // lost * 2^-e belongs to m; beyond 2^30 it is nothing, and 2^-e may be no number.
            var format = FloatFormat.Of(x);
            var inverse = Code.Select(x < Math.ScaleB(1, 30), 2 * format.One - power, Code.Constant(power.Type, 0L));
            var scale = Code.FromBits(inverse);
            var log = code.LogOfOnePlus(code.Let("f", Code.Fma(lost, scale, m - 1)), e);
            // log1p has the sign of its argument, -0 included.
            log = Code.FromBits(Code.Bits(log) | FloatParts.SignBit(x));
            return Code.Select((x > -1) & (x < double.PositiveInfinity), log,
                Code.Select(Code.Equal(x, -1), double.NegativeInfinity, Code.Select(x < -1, double.NaN, x)));
        }

        /// <summary>x = m * 2^e for positive x, however small, with m in [sqrt(1/2), sqrt(2)).</summary>
        public (CodeExpr M, CodeExpr E) Decompose(CodeExpr x)
        {
            var format = FloatFormat.Of(x);
            var isTiny = code.Let("is_tiny", x < format.SmallestNormal);
            var normal = code.Let("normal", Code.Select(isTiny, x * Math.ScaleB(1, format.MantissaBits), x));
            var (m, e, _) = Split(code, normal);
            return (m, code.Let("e", Code.Select(isTiny, e - format.MantissaBits, e)));
        }

        /// <summary>log(1 + f) + e ln 2 for f in [sqrt(1/2) - 1, sqrt(2) - 1].</summary>
        public CodeExpr LogOfOnePlus(CodeExpr f, CodeExpr e)
        {
            var format = FloatFormat.Of(f);
            if (f.Type.Element == Element.Float)
            {
                // f - f²/2 + f³ p(f), to 2^-30.
                var square = code.Let("square", f * f);
                var p = code.Polynomial("p", f,
                    0.3333331, -0.25, 0.20002264, -0.16668668, 0.14217062, -0.123916425, 0.11892769, -0.11763448,
                    0.068442695);
                var small = Code.Fma(Code.Fma(p, f, -0.5), square, Code.Fma(e, format.Ln2Low, f));
                return Code.Fma(e, format.Ln2High, small);
            }
            // With s = f / (2 + f): log(1 + f) = f - (f²/2 - s (f²/2 + s² q(s²))), q to 2^-59.
            var s = code.Let("s", f / (2 + f));
            var z = code.Let("z", s * s);
            var half = code.Let("half_square", 0.5 * f * f);
            var q = code.Polynomial("q", z,
                0.6666666666666735, 0.39999999999409064, 0.2857142874381041, 0.22222198410546062, 0.1818357359207046,
                0.1531379375628294, 0.1479870733376387);
            var rest = half - Code.Fma(s, Code.Fma(q, z, half), e * format.Ln2Low);
            return Code.Fma(e, format.Ln2High, f - rest);
        }
    }

    // The exponent without conversions, which vectors of 64 bits lack on older machines: by adding a large number.
    static (CodeExpr M, CodeExpr E, CodeExpr Power) Split(CodeBuilder code, CodeExpr x)
    {
        var format = FloatFormat.Of(x);
        var bits = code.Let("bits", Code.Bits(x));
        var shifted = code.Let("shifted", bits + (format.One - format.RootHalf));
        var power = code.Let("power", shifted & format.ExponentMask); // the bits of 2^e
        var m = code.Let("m", Code.FromBits(bits - power + format.One));
        var e = Code.FromBits((shifted >>> format.MantissaBits) + format.RounderBits) - (format.Rounder + format.Bias);
        return (m, code.Let("e", e), power);
    }
}
