namespace Adjoint;

/// <summary>erf: near 0 an odd polynomial, further out 1 - exp of a polynomial that stands for log(1 - erf).</summary>
static class ErrorFunctions
{
    extension(CodeBuilder code)
    {
        public CodeExpr Erf(CodeExpr x)
        {
            x = code.Let("x", x);
            var a = code.Let("a", Code.Abs(x));
            var s = code.Let("s", a * a);
            // erf(x) / x - 1 in x²: float to 2^-30 below 0.93, double to 2^-56 below 1.
            var isFloat = x.Type.Element == Element.Float;
            var near = isFloat
                ? code.Polynomial("near", s,
                    0.12837917, -0.3761263, 0.11283626, -0.026855731, 0.005192405, -0.00080497697, 7.99665e-5)
                : code.Polynomial("near", s,
                    0.12837916709551256, -0.37612638903183365, 0.11283791670937968, -0.026866170642119942,
                    0.005223977597991692, -0.0008548325538106998, 0.00012055281772239015, -1.4924482922311027e-05,
                    1.6444267109027692e-06, -1.6184124814697324e-07, 1.3614025696400214e-08, -7.596932860968727e-10);
            // log(1 - erf(x)): float to 2^-29 up to 4, double to 2^-60 up to 6; beyond, erf is 1. NaN passes.
            var t = code.Let("t", Code.MinNative(isFloat ? 4 : 6, a));
            var far = isFloat
                ? code.Polynomial("far", t,
                    -0.0001956953, -1.1276755, -0.6371824, -0.10393146, 0.02222687, -0.0030432153, 0.00019593915)
                : code.Polynomial("far", t,
                    -2.731966507340294e-08, -1.1283789206082742, -0.6366207110325731, -0.10277088388459721,
                    0.01912818453756815, 0.00020209251522497335, -0.0016747178738178174, 0.0005521338581563927,
                    2.217419295339264e-05, -0.00011088147479748097, 6.480751471078053e-05, -2.4297972967648193e-05,
                    6.789570186455467e-06, -1.4710243630089378e-06, 2.4839029928098236e-07, -3.2231361520527956e-08,
                    3.1121274819863746e-09, -2.1082199802408686e-10, 8.942562088366846e-12, -1.7868609153262787e-13);
            var tail = code.NormalExp(far);
            return FloatParts.WithSign(Code.Select(a < (isFloat ? 0.93 : 1), Code.Fma(near, a, a), 1 - tail), x);
        }
    }
}
