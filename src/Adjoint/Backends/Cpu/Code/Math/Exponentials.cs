namespace Adjoint;

// exp(x) = 2^n * exp(r) with n = round(x / ln 2) and |r| <= ln(2) / 2, where exp(r) = 1 + r + r² p(r) with p a minimax
// polynomial (own fits, coefficients rounded to the format). The others are exp with the cancellation arranged for.

/// <summary>exp, sigmoid, tanh and softplus.</summary>
static class Exponentials
{
    extension(CodeBuilder code)
    {
        public CodeExpr Exp(CodeExpr x)
        {
            if (Squared(x) is { } root) return code.ExpOfMinusSquare(root);
            x = code.Let("x", x);
            // Beyond these exp is infinite or 0 in any case; NaN passes as the second operand.
            var (low, high) = IsFloat(x) ? (-104.0, 89.0) : (-746.0, 710.0);
            return code.ExpInRange(code.Let("clamped", Code.MinNative(high, Code.MaxNative(low, x))));
        }

        /// <summary>exp(-x²), with the bits that the square has no room for.</summary>
        public CodeExpr ExpOfMinusSquare(CodeExpr x) => code.Once("bell", x, () =>
        {
            var a = code.Magnitude(x);
            var square = code.Let("square", a * a);
            return code.ExpInRange(-square, code.SubtractProduct(square, a, a), isFraction: true);
        });

        /// <summary>|x|, or a number whose exp(-x²) is 0 as well; NaN passes.</summary>
        public CodeExpr Magnitude(CodeExpr x) =>
            code.Once("magnitude", x, () => Code.MinNative(IsFloat(x) ? 10.2 : 27.31, Code.Abs(x)));

        /// <summary>1 / (1 + exp(-x)) or exp(x) / (1 + exp(x)), whichever has the exp of a negative number.</summary>
        public CodeExpr Sigmoid(CodeExpr x)
        {
            x = code.Let("x", x);
            var e = code.ExpOfMinusAbs(x);
            var isNegative = code.Let("is_negative", x < 0);
            var above = code.Let("above", Code.Select(isNegative, e, 1));
            var below = code.Let("below", 1 + e);
            var y = code.Let("y", above / below);
            // One Newton step for what the sum and the division lost: they are half of the error.
            var lost = e - (below - 1);
            var rest = code.Let("rest", code.SubtractProduct(above, y, below) - y * lost);
            return Code.Fma(rest, Code.Select(isNegative, 1 - y, y), y);
        }

        /// <summary>log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).</summary>
        public CodeExpr Softplus(CodeExpr x)
        {
            x = code.Let("x", x);
            var e = code.ExpOfMinusAbs(x);
            // 1 + e = 2 (1 + (e - 1) / 2): the argument of the polynomial stays small.
            var isLarge = code.Let("is_large", e > 0.414213562373095);
            var f = code.Let("f", Code.Select(isLarge, 0.5 * (e - 1), e));
            var log = code.LogOfOnePlus(f, Code.Select(isLarge, Code.Constant(f.Type, 1.0), 0));
            return Code.MaxNative(0, x) + log;
        }

        public CodeExpr Tanh(CodeExpr x)
        {
            x = code.Let("x", x);
            var a = code.Let("a", Code.Abs(x));
            if (!IsFloat(x))
            {
                // expm1(2a) / (expm1(2a) + 2); from 20 on tanh is 1.
                var e = code.Let("e", code.ExpMinusOne(code.Let("twice", Code.MinNative(40, a + a))));
                return FloatParts.WithSign(e / (e + 2), x);
            }
            var large = code.Let("large", 1 - 2 / (code.NormalExp(code.Let("twice", Code.MinNative(20, a + a))) + 1));
            var s = code.Let("s", a * a);
            var p = code.Polynomial("p", s, -0.33333278, 0.13331321, -0.05372913, 0.020603236, -0.00566361);
            return FloatParts.WithSign(Code.Select(a < 0.625, Code.Fma(p * s, a, a), large), x);
        }

        /// <summary>exp of what is known to lie between the ends where exp is 0 and infinite.</summary>
        /// <param name="low">Added to x: bits that x has no room for.</param>
        /// <param name="isFraction">x is known not to be positive.</param>
        public CodeExpr ExpInRange(CodeExpr x, CodeExpr? low = null, bool isFraction = false)
        {
            var (y, n, rounded) = code.Scaled(x, low);
            return code.Let("e", code.TimesPowerOfTwo(y, n, rounded, isFraction));
        }

        /// <summary>exp where it is far from 0 and from infinite.</summary>
        public CodeExpr NormalExp(CodeExpr x)
        {
            var (y, n, rounded) = code.Scaled(x, null);
            return code.Let("e", code.TimesNormalPower(y, n, rounded));
        }

        // exp(x) = y * 2^n
        (CodeExpr Y, CodeExpr N, CodeExpr Rounded) Scaled(CodeExpr x, CodeExpr? low)
        {
            var (n, rounded, r) = Reduce(code, x, low);
            var y = code.Let("y", Code.Fma(PolynomialOf(code, r), r, 1));
            return (code.Let("y", Code.Fma(y, r, 1)), n, rounded);
        }

        CodeExpr ExpOfMinusAbs(CodeExpr x) =>
            code.ExpInRange(code.Let("minus", Code.MaxNative(IsFloat(x) ? -104.0 : -746.0, -Code.Abs(x))), isFraction: true);

        // 2^n exp(r) - 1 = 2^n (exp(r) - 1) + (2^n - 1), the second bracket exact.
        CodeExpr ExpMinusOne(CodeExpr x)
        {
            var (n, rounded, r) = Reduce(code, x, null);
            var y = code.Let("y", Code.Fma(PolynomialOf(code, r), r * r, r));
            var power = code.Let("power", code.TimesPowerOfTwo(Code.Constant(x.Type, 1.0), n, rounded));
            return Code.Fma(power, y, power - 1);
        }
    }

    static (CodeExpr N, CodeExpr Rounded, CodeExpr R) Reduce(CodeBuilder code, CodeExpr x, CodeExpr? low)
    {
        var format = FloatFormat.Of(x);
        var rounded = code.Let("rounded", Code.Fma(x, 1.4426950408889634, format.Rounder));
        var n = code.Let("n", rounded - format.Rounder);
        var r = Code.Fma(n, -format.Ln2Low, Code.Fma(n, -format.Ln2High, x));
        return (n, rounded, code.Let("r", low is null ? r : r + low));
    }

    // (exp(r) - 1 - r) / r²; float to 2^-28, double to 2^-57.
    static CodeExpr PolynomialOf(CodeBuilder code, CodeExpr r) => IsFloat(r)
        ? code.Polynomial("p", r, 0.49999994, 0.16666509, 0.04166801, 0.008369991, 0.0013847066)
        : code.Polynomial("p", r,
            0.5000000000000011, 0.1666666666666643, 0.041666666666525666, 0.008333333333479642,
            0.0013888888944920436, 0.0001984126954672076, 2.4801491662491375e-05, 2.755754334825206e-06,
            2.7630784280995606e-07, 2.5015684731069004e-08);

    // x of -(x * x).
    static CodeLocal? Squared(CodeExpr x) =>
        x is CodeOperation { Op: CodeOp.Negate, Args: [CodeOperation { Op: CodeOp.Multiply, Args: [CodeLocal root, var same] }] }
        && same == root ? root : null;

    static bool IsFloat(CodeExpr x) => x.Type.Element == Element.Float;
}
