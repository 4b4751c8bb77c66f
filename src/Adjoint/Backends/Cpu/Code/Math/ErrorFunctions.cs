namespace Adjoint;

/// <summary>erf: near 0 an odd polynomial, further out 1 - exp(-x²) / d with a polynomial d, so that a gelu and its gradient
/// share their exp.</summary>
static class ErrorFunctions
{
    extension(CodeBuilder code)
    {
        public CodeExpr Erf(CodeExpr x)
        {
            x = code.Let("x", x);
            // What is needed longest comes first: fewer vectors wait on the stack.
            var isFloat = x.Type.Element == Element.Float;
            var e = code.ExpOfMinusSquare(x);
            var a = code.Magnitude(x);
            // 1 - erf(x) to 2^-27 up to 4, to 2^-57 up to 6; beyond, erf is 1. NaN passes.
            var t = code.Let("t", Code.MinNative(isFloat ? 4 : 6, a));
            var d = isFloat
                ? code.Polynomial("d", t, 1.0002029, 1.12635872, 0.280629899, -0.0817968892, 0.0145066831, -0.00117732702)
                : code.Polynomial("d", t,
                    0.999999144810354588, 1.12838735311137309, 0.27320382993749139, -0.0677155610873523882,
                    -0.00108441244068485767, 0.00919054803577347141, -0.00375444969579033802, 0.000139072539464229607,
                    0.000673527453799615674, -0.000454778383603160245, 0.000182737080875080318, -0.0000526842930562663453,
                    0.0000113824321679192816, -1.84463796592806206e-6, 2.18716542640108644e-7, -1.79617646855404505e-8,
                    9.14105493726174318e-10, -2.17234897792223944e-11);
            var above = code.Let("above", 1 - e / d);
            var s = code.Let("s", a * a);
            // erf(x) / x - 1 in x²: float to 2^-28 below 0.8, double to 2^-56 below 1.
            var near = isFloat
                ? code.Polynomial("near", s, 0.128379164, -0.376126038, 0.112831428, -0.0268221053, 0.00508743408, -0.000654956047)
                : code.Polynomial("near", s,
                    0.12837916709551256, -0.37612638903183365, 0.11283791670937968, -0.026866170642119942,
                    0.005223977597991692, -0.0008548325538106998, 0.00012055281772239015, -1.4924482922311027e-05,
                    1.6444267109027692e-06, -1.6184124814697324e-07, 1.3614025696400214e-08, -7.596932860968727e-10);
            return FloatParts.WithSign(Code.Select(a < (isFloat ? 0.8 : 1), Code.Fma(near, a, a), above), x);
        }
    }
}
