namespace Adjoint;

// Pieces that the functions are made of. Everything is written in operations that give the same bits in every lane of
// every width: that, and nothing else, is why a function has the same value whatever the width.

/// <summary>Signs, polynomials, powers of two and exact products.</summary>
static class FloatParts
{
    extension(CodeBuilder code)
    {
        /// <summary>c0 + c1 x + c2 x² …, the last coefficient first (Horner), one fused step for each.</summary>
        public CodeExpr Polynomial(string name, CodeExpr x, params ReadOnlySpan<double> coefficients)
        {
            var sum = code.Variable(name, Code.Fma(Code.Constant(x.Type, coefficients[^1]), x, coefficients[^2]));
            for (var k = coefficients.Length - 3; k >= 0; k--) code.Assign(sum, Code.Fma(sum, x, coefficients[k]));
            return sum;
        }

        /// <summary>y * 2^n for y close to 1; exact but for one rounding where the result is not normal.</summary>
        /// <param name="rounded">n plus <see cref="FloatFormat.Rounder"/>: its bits are those of n.</param>
        /// <param name="isFraction">n is known not to be positive.</param>
        public CodeExpr TimesPowerOfTwo(CodeExpr y, CodeExpr n, CodeExpr rounded, bool isFraction = false)
        {
            if (code.Target.HasScale && y.Type.IsVector) return Code.Scale(y, n);
            // 2^n itself may lie beyond the largest or smallest number. So first by a power that half of all exponents bring nearer
            // to 1, which is exact, and then by that half.
            var format = FloatFormat.Of(y);
            var half = (long)(format.Bias + 1) / 2 << format.MantissaBits;
            var nearer = Code.Constant(rounded.Type.AsInteger, format.One + half);
            if (!isFraction) nearer = code.Let("nearer", Code.Select(n < 0, nearer, Code.Constant(nearer.Type, format.One - half)));
            var power = Code.FromBits((Code.Bits(rounded) << format.MantissaBits) + nearer);
            return y * power * (isFraction ? Math.ScaleB(1, -(format.Bias + 1) / 2) : Code.FromBits(2 * format.One - nearer));
        }

        /// <summary>y * 2^n where 2^n is a normal number.</summary>
        /// <param name="rounded">As above; the shift leaves the bits of n alone.</param>
        public CodeExpr TimesNormalPower(CodeExpr y, CodeExpr n, CodeExpr rounded) => code.Target.HasScale && y.Type.IsVector
            ? Code.Scale(y, n) : y * PowerOfTwo(Code.Bits(rounded), FloatFormat.Of(y));

        /// <summary>x - k * c with the product not rounded.</summary>
        public CodeExpr SubtractProduct(CodeExpr x, CodeExpr k, CodeExpr c)
        {
            if (code.Target.HasFma) return Code.Fma(-k, c, x);
            var product = code.Let("product", k * c);
            return x - product - code.ProductError(k, c, product);
        }

        /// <summary>a * b - product, exact where product is a * b rounded.</summary>
        public CodeExpr ProductError(CodeExpr a, CodeExpr b, CodeExpr product)
        {
            if (code.Target.HasFma) return Code.Fma(a, b, -product);
            (a, b) = Code.Same(a, b);
            // Dekker: halves of few bits, whose products are exact.
            var (a1, a2) = Halves(code, a);
            var (b1, b2) = Halves(code, b);
            return a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2;
        }

        /// <summary>The usual value, but lane by lane another one where a mask is set, which should be rare.</summary>
        /// <param name="lane">The scalar value of a lane; only computed if some lane wants it.</param>
        public CodeExpr Rarely(CodeExpr mask, CodeExpr usual, Func<int, CodeExpr> lane)
        {
            var value = code.Variable("value", usual);
            mask = code.Let("rare", mask);
            code.If(Code.Any(mask), () =>
            {
                var other = Code.Pack([.. Enumerable.Range(0, value.Type.Lanes).Select(lane)]);
                code.Assign(value, value.Type.IsVector ? Code.Select(mask, other, value) : other);
            });
            return value;
        }
    }

    /// <summary>The sign bit of x, all else 0, as an integer.</summary>
    public static CodeExpr SignBit(CodeExpr x) => Code.Bits(x) & FloatFormat.Of(x).SignMask;

    /// <summary>A number without sign, with the sign of another.</summary>
    public static CodeExpr WithSign(CodeExpr magnitude, CodeExpr sign) =>
        Code.FromBits(Code.Bits(magnitude) | SignBit(sign));

    static CodeExpr PowerOfTwo(CodeExpr n, FloatFormat format) =>
        Code.FromBits((n << format.MantissaBits) + format.One);

    static (CodeExpr, CodeExpr) Halves(CodeBuilder code, CodeExpr a)
    {
        var spread = code.Let("spread", a * (Math.ScaleB(1, (FloatFormat.Of(a).MantissaBits + 2) / 2) + 1));
        var high = code.Let("high", spread - (spread - a));
        return (high, code.Let("low", a - high));
    }
}
