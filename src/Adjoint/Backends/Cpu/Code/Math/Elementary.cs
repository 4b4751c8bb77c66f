namespace Adjoint;

// Measured: the largest error in units of the last place (samples of the tests, with fused steps and without; beside it
// the double of the same function), and 10^9 numbers a second of one core with 512 bits (Zen 5, busy, data in L1; erf in a
// form before this one).
//
//             float   double   rate          float   double   rate
//   exp        1.0     0.9      9.4   erf     1.3     1.2      3.3
//   log        0.9     0.8      3.8   sin     1.6     1.4      3.8
//   log1p      1.5     0.8      3.4   cos     1.6     1.4      4.1
//   tanh       1.3     2.4      4.1   atan    1.5     1.5      4.9
//   sigmoid    1.5     1.3      3.5   pow     1.2     1.0      0.7
//   softplus   1.7     1.4      2.1   %       0.5     0.5      2.9
//
// Every function has the same bits at every width, scalars included; with fused steps they differ from those without.

/// <summary>The functions that need no polynomial, and all of them by name.</summary>
static class Elementary
{
    extension(CodeBuilder code)
    {
        /// <summary>A function of the notation by its name; a row of <see cref="ScalarFunction.All"/> each.</summary>
        public CodeExpr Apply(string function, CodeExpr a, CodeExpr? b = null)
        {
            code.Remark(function);
            return function switch
            {
                "exp" => code.Exp(a),
                "log" => code.Log(a),
                "log1p" => code.Log1p(a),
                "tanh" => code.Tanh(a),
                "sigmoid" => code.Sigmoid(a),
                "softplus" => code.Softplus(a),
                "erf" => code.Erf(a),
                "sqrt" => Code.Sqrt(a),
                "square" => code.Let("x", a) is var x ? x * x : a,
                "abs" => Code.Abs(a),
                "sign" => code.Sign(a),
                "floor" => Code.Floor(a),
                "sin" => code.Sin(a),
                "cos" => code.Cos(a),
                "atan" => code.Atan(a),
                "pow" => code.Pow(a, b!),
                "max" => code.Max(a, b!),
                "min" => code.Min(a, b!),
                _ => throw Throw.Internal($"kernel code has no function {function}"),
            };
        }

        /// <summary>1, 0 or -1; NaN of NaN.</summary>
        public CodeExpr Sign(CodeExpr x)
        {
            x = code.Let("x", x);
            return Code.Select(x > 0, 1, Code.Select(x < 0, -1, Code.Select(Code.IsNaN(x), x, 0)));
        }

        /// <summary>The larger; the first where they are equal; NaN if one is NaN.</summary>
        public CodeExpr Max(CodeExpr a, CodeExpr b) => Chosen(code, a, b, (x, y) => x >= y, (x, y) => x < y);

        /// <summary>The smaller; the first where they are equal; NaN if one is NaN.</summary>
        public CodeExpr Min(CodeExpr a, CodeExpr b) => Chosen(code, a, b, (x, y) => x <= y, (x, y) => x > y);

        /// <summary>a - floor(a / b) * b, rounded once; it has the sign of b.</summary>
        public CodeExpr Remainder(CodeExpr a, CodeExpr b)
        {
            (a, b) = Code.Same(a, b);
            (a, b) = (code.Let("a", a), code.Let("b", b));
            var quotient = code.Let("quotient", a / b);
            var whole = code.Let("whole", Code.Floor(quotient));
            // The rest is exact, but the quotient may have been rounded up to the next integer: then the sign is wrong.
            var rest = code.Let("rest", code.SubtractProduct(a, whole, b));
            var signed = WithSignOf(code, rest, b);
            var zero = Code.FromBits(FloatParts.SignBit(a));
            var usual = Code.Select(Code.Equal(rest, 0), zero, signed);
            // Quotients with all bits before the point lose the rest; divisions by 0 and infinities come here as well, and
            // divisors so large that the product cannot be split.
            var format = FloatFormat.Of(a);
            var isUsual = (Code.Abs(quotient) < Math.ScaleB(1, format.MantissaBits - 2))
                & (Code.Abs(b) < Math.ScaleB(1, format.Bias - format.MantissaBits));
            return code.Rarely(!isUsual, usual, lane =>
            {
                var divisor = code.Let("divisor", Code.Lane(b, lane));
                var cut = code.Let("cut", Code.Lane(a, lane) % divisor);
                return code.Let("floored", WithSignOf(code, cut, divisor));
            });
        }
    }

    static CodeExpr WithSignOf(CodeBuilder code, CodeExpr rest, CodeExpr divisor)
    {
        var hasOtherSign = Code.NotEqual(FloatParts.SignBit(rest) ^ FloatParts.SignBit(divisor), 0);
        return Code.Select(hasOtherSign & Code.NotEqual(rest, 0), rest + divisor, rest);
    }

    // A constant is never NaN, which saves looking.
    static CodeExpr Chosen(
        CodeBuilder code, CodeExpr a, CodeExpr b,
        Func<CodeExpr, CodeExpr, CodeExpr> isFirst, Func<CodeExpr, CodeExpr, CodeExpr> isSecond)
    {
        (a, b) = Code.Same(a, b);
        (a, b) = (code.Let("a", a), code.Let("b", b));
        if (a is CodeConstant) return Code.Select(isFirst(a, b), a, b);
        return Code.Select(b is CodeConstant ? isSecond(a, b) : isSecond(a, b) | Code.IsNaN(b), b, a);
    }
}
