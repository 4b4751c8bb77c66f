namespace Adjoint;

// pow(x, y) = exp(y log|x|) with the logarithm and the product kept in two numbers each: y log x is up to 88 (710 in
// double), and exp turns its absolute error into a relative one. The special cases are those of Math.Pow.

/// <summary>pow.</summary>
static class Powers
{
    extension(CodeBuilder code)
    {
        public CodeExpr Pow(CodeExpr x, CodeExpr y)
        {
            (x, y) = Code.Same(x, y);
            (x, y) = (code.Let("x", x), code.Let("y", y));
            var isFloat = x.Type.Element == Element.Float;
            var a = code.Let("a", Code.Abs(x));
            var (high, low) = LogOf(code, a);
            // An exponent beyond this gives 0, 1 or infinity as an infinite one does, but makes no NaN on the way.
            var bound = isFloat ? 1e18 : 1e150;
            var exponent = code.Let("exponent", Code.MinNative(bound, Code.MaxNative(-bound, y)));
            var product = code.Let("product", exponent * high);
            var productLow = code.Let("product_low", code.ProductError(exponent, high, product) + exponent * low);
            var (least, most) = isFloat ? (-104.0, 89.0) : (-746.0, 710.0);
            var isInside = (product > least) & (product < most);
            var power = code.ExpInRange(
                code.Let("clamped", Code.MinNative(most, Code.MaxNative(least, product))),
                code.Let("correction", Code.Select(isInside, productLow, 0)));

            var isWhole = code.Let("is_whole", Code.Equal(Code.Floor(y), y));
            var isOdd = isWhole & Code.NotEqual(Code.Floor(0.5 * y), 0.5 * y);
            var sign = Code.Select(isOdd, FloatParts.SignBit(x), Code.Constant(x.Type.AsInteger, 0L));
            var signed = code.Let("signed", Code.FromBits(Code.Bits(power) ^ sign));
            var isUndefined = (x < 0) & (x > double.NegativeInfinity) & !isWhole;
            return Code.Select(Code.Equal(x, 1) | Code.Equal(y, 0), 1, Code.Select(isUndefined, double.NaN, signed));
        }
    }

    // log(a) in two numbers, relative error about 2^-35 (2^-66). With s = (m - 1) / (m + 1) it is e ln 2 + 2s + 2/3 s³
    // + s⁵ q(s²), where all but the last carry their rounding errors along.
    static (CodeExpr High, CodeExpr Low) LogOf(CodeBuilder code, CodeExpr a)
    {
        var format = FloatFormat.Of(a);
        var isFloat = a.Type.Element == Element.Float;
        var (m, e) = code.Decompose(a);
        var divisor = code.Let("divisor", m + 1);
        var divisorLow = m - (divisor - 1);
        var s = code.Let("s", (m - 1) / divisor);
        var sLow = code.Let("s_low", (code.SubtractProduct(m - 1, s, divisor) - s * divisorLow) / divisor);

        // s² and s³ in two numbers each
        var z = code.Let("z", s * s);
        var zLow = code.Let("z_low", code.ProductError(s, s, z) + (s + s) * sLow);
        var cube = code.Let("cube", z * s);
        var cubeLow = code.Let("cube_low", code.ProductError(z, s, cube) + (zLow * s + z * sLow));
        var q = isFloat
            ? code.Polynomial("q", z, 0.40000153, 0.28547078, 0.23420146)
            : code.Polynomial("q", z,
                0.4000000000000228, 0.28571428570087876, 0.22222222522185409, 0.18181784155301264, 0.15386767673011026,
                0.1325656439829499, 0.13198787772942092);
        var (third, thirdLow) = isFloat
            ? (0.6666666865348816, -1.9868215517249155e-08)
            : (0.6666666666666666, 3.700743415417188e-17);
        var two = code.Let("third", cube * third);
        var error = code.ProductError(cube, Code.Constant(cube.Type, third), two);
        var twoLow = code.Let("third_low", error + (cube * thirdLow + cubeLow * third) + cube * z * q);

        var (log, logLow) = Sum(code, s + s, two);
        logLow = code.Let("log_low", logLow + (twoLow + (sLow + sLow)));
        var (high, low) = Sum(code, e * format.Ln2High, log);
        low = code.Let("low", low + Code.Fma(e, format.Ln2Low, logLow));
        // 0, infinity and NaN have logarithms too.
        var isUsual = code.Let("is_usual", (a > 0) & (a < double.PositiveInfinity));
        high = Code.Select(isUsual, high, Code.Select(Code.Equal(a, 0), double.NegativeInfinity, a));
        return (code.Let("high", high), low);
    }

    // a + b in two numbers, for |a| >= |b| or a = 0.
    static (CodeExpr High, CodeExpr Low) Sum(CodeBuilder code, CodeExpr a, CodeExpr b)
    {
        (a, b) = (code.Let("a", a), code.Let("b", b));
        var high = code.Let("sum", a + b);
        return (high, code.Let("sum_low", b - (high - a)));
    }
}
