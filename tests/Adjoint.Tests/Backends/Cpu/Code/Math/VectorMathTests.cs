using Xunit;
using static Adjoint.Tests.KernelRun;

namespace Adjoint.Tests;

public sealed class VectorMathTests
{
    const int FloatSamples = 100_000;
    const int DoubleSamples = 4_000;

    /// <summary>A function, what it is in double and beyond, and where its errors are looked for.</summary>
    sealed record Row(string Name, Func<double, double> Double, Func<Precise, Precise>? Precise, params (double From, double To)[] Ranges);

    static readonly Row[] Rows =
    [
        new("exp", Math.Exp, Precise.Exp, (-87, 88), (-1, 1)),
        new("log", Math.Log, Precise.Log, (1e-37, 1e-30), (1e-6, 4), (0.99, 1.01), (1, 1e30)),
        new("log1p", Log1p, Precise.Log1p, (-0.9999, 3), (-0.01, 0.01), (-1e-9, 1e-9), (0, 1e30)),
        new("tanh", Math.Tanh, Precise.Tanh, (-10, 10), (-0.7, 0.7), (-1e-6, 1e-6)),
        new("sigmoid", x => ScalarFunction.Named("sigmoid").Value(x, 0), Precise.Sigmoid, (-87, 20), (-4, 4)),
        new("softplus", x => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))), Precise.Softplus, (-87, 20), (-4, 4)),
        new("erf", ErrorFunction.Erf, Precise.Erf, (-6, 6), (-1.2, 1.2), (-1e-6, 1e-6)),
        new("sin", Math.Sin, Precise.Sin, (-8, 8), (-1e5, 1e5), (-1e-6, 1e-6)),
        new("cos", Math.Cos, Precise.Cos, (-8, 8), (-1e5, 1e5)),
        new("atan", Math.Atan, Precise.Atan, (-8, 8), (-1e-6, 1e-6), (-1e9, 1e9)),
        new("sqrt", Math.Sqrt, null, (0, 1e9)),
        new("square", x => x * x, null, (-10, 10)),
        new("abs", Math.Abs, null, (-10, 10)),
        new("sign", x => ScalarFunction.Named("sign").Value(x, 0), null, (-1, 1)),
        new("floor", Math.Floor, null, (-10, 10), (-1e9, 1e9)),
    ];

    // The reference's own forms lose bits where these do not: log(1 + e) of a small e, and tails.
    static double Log1p(double x)
    {
        if (Math.Abs(x) < 1e-5) return x - x * x / 2 + x * x * x / 3;
        var u = 1 + x;
        return double.IsInfinity(u) || u <= 0 ? Math.Log(u) : Math.Log(u) - (u - 1 - x) / u;
    }

    static readonly double[] Special =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 1e-45, -1e-45, 1e-39, -1e-39, 1.2e-38, 1, -1, 2, -2, 0.5, -0.5,
        3, -3, 4, 17, -30, 88.8, -88, -100, -103.9, -200, 709.9, -745, -800, 1e6, -1e6, 1e10, 1e20, -1e20, 1e30, 3.4e38, -3.4e38,
    ];

    static IEnumerable<CodeTarget> Unfused => Widths.Select(w => CodeTarget.Of(w) with { HasFma = false });

    [Fact]
    public void In_float_the_error_stays_within_its_bound()
    {
        foreach (var target in new[] { CodeTarget.Host, CodeTarget.Host with { HasFma = false } })
            foreach (var row in Rows)
                foreach (var range in row.Ranges)
                {
                    var x = Array.ConvertAll(Samples(range, FloatSamples), v => (float)v);
                    var y = Run(target, Element.Float, row.Name, x);
                    var worst = Enumerable.Range(0, x.Length).MaxBy(i => FloatUlps(y[i], row.Double(x[i])));
                    var error = FloatUlps(y[worst], row.Double(x[worst]));
                    RandomRun.Print($"{row.Name,-9} float {range,-14} fma {target.HasFma,-5} {error:f2}");
                    Assert.True(error <= Tolerance.FloatFunctionUlps, $"{row.Name}({x[worst]:R}) = {y[worst]:R} is off by {error} ulp, {target}");
                }
    }

    [Fact]
    public void In_double_the_error_stays_within_its_bound()
    {
        foreach (var target in new[] { CodeTarget.Host, CodeTarget.Host with { HasFma = false } })
            foreach (var row in Rows.Where(r => r.Precise is not null))
                foreach (var range in row.Ranges)
                {
                    var x = Samples(range, DoubleSamples);
                    var y = Run(target, Element.Double, row.Name, x);
                    var errors = x.Select((v, i) => row.Precise!(v).Ulps(y[i])).ToArray();
                    var worst = Array.IndexOf(errors, errors.Max());
                    RandomRun.Print($"{row.Name,-9} double {range,-14} fma {target.HasFma,-5} {errors[worst]:f2}");
                    Assert.True(errors[worst] <= Tolerance.DoubleFunctionUlps, $"{row.Name}({x[worst]:R}) is off by {errors[worst]} ulp, {target}");
                }
    }

    [Fact]
    public void Pow_is_right_over_the_whole_range_of_its_results()
    {
        var bases = Samples((-69, 69), FloatSamples).Select(Math.Exp).Select(v => (double)(float)v).ToArray();
        var exponents = Samples((-87, 87), FloatSamples).Zip(bases, (v, x) => (double)(float)(v / Math.Max(1e-3, Math.Abs(Math.Log(x))))).ToArray();
        foreach (var target in new[] { CodeTarget.Host, CodeTarget.Host with { HasFma = false } })
        {
            var y = Run(target, Element.Float, "pow", Array.ConvertAll(bases, v => (float)v), Array.ConvertAll(exponents, v => (float)v));
            var worst = y.Select((v, i) => FloatUlps(v, Math.Pow(bases[i], exponents[i]))).Max();
            Assert.InRange(worst, 0, Tolerance.FloatFunctionUlps);

            var (wide, high) = (bases[..DoubleSamples], exponents[..DoubleSamples].Select(v => v * 8).ToArray());
            var z = Run(target, Element.Double, "pow", wide, high);
            var worstDouble = z.Select((v, i) => Precise.Pow(wide[i], high[i]).Ulps(v)).Max();
            RandomRun.Print($"pow float {worst:f2} double {worstDouble:f2} fma {target.HasFma}");
            Assert.InRange(worstDouble, 0, Tolerance.DoubleFunctionUlps);
        }
    }

    [Fact]
    public void Exp_of_minus_a_square_has_the_bits_that_the_square_loses()
    {
        var x = Array.ConvertAll(Samples((-9, 9), FloatSamples), v => (float)v);
        foreach (var target in new[] { CodeTarget.Host, CodeTarget.Host with { HasFma = false } })
        {
            var y = As<float>(Bytes(Bell(target).Build(), [Of(x), Of(new float[x.Length]), Of(new float[x.Length])], [], [], 0, x.Length, isPrinted: false)[2]);
            Assert.InRange(y.Select((v, i) => FloatUlps(v, Math.Exp(-(double)x[i] * x[i]))).Max(), 0, Tolerance.FloatFunctionUlps);
        }
    }

    [Fact]
    public void Erf_and_exp_of_minus_the_square_share_their_exp()
    {
        var text = CSharpWriter.Print(Bell(CodeTarget.Of("scalar")).Build());
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(text, @"var rounded\d* ="));
    }

    // erf(x) and exp(-x²) of the same number.
    static CodeBuilder Bell(CodeTarget target)
    {
        var code = new CodeBuilder("bell", target);
        var (a, erf, exp) = (code.Buffer("a", Element.Float), code.Buffer("erf", Element.Float), code.Buffer("exp", Element.Float));
        code.VectorLoop("i", code.Begin, code.End, Element.Float, (i, lanes) =>
        {
            var x = code.Let("x", lanes.Load(a, i));
            lanes.Store(erf, i, code.Apply("erf", x));
            lanes.Store(exp, i, code.Apply("exp", -code.Apply("square", x)));
        });
        return code;
    }

    [Fact]
    public void Close_to_multiples_of_pi_sin_and_cos_keep_their_bits()
    {
        // The double nearest to k pi/2: nearly all of it cancels.
        var x = Enumerable.Range(1, 60_000).Select(k => k * (Math.PI / 2)).ToArray();
        var single = Array.ConvertAll(x, v => (float)v);
        foreach (var (name, exact, precise) in new (string, Func<double, double>, Func<Precise, Precise>)[] { ("sin", Math.Sin, Precise.Sin), ("cos", Math.Cos, Precise.Cos) })
        {
            var y = Run(CodeTarget.Host, Element.Float, name, single);
            Assert.InRange(y.Select((v, i) => FloatUlps(v, exact(single[i]))).Max(), 0, Tolerance.FloatFunctionUlps);
            var z = Run(CodeTarget.Host, Element.Double, name, x[..DoubleSamples]);
            Assert.InRange(z.Select((v, i) => precise(x[i]).Ulps(v)).Max(), 0, Tolerance.DoubleFunctionUlps);
        }
    }

    [Fact]
    public void Special_values_are_those_of_the_scalar_functions()
    {
        foreach (var row in Rows)
        {
            // softplus and log1p of the special values follow from exact ones: the reference is theirs
            var single = Array.ConvertAll(Special, v => (float)v);
            foreach (var target in Targets.Concat(Unfused))
            {
                var y = Run(target, Element.Float, row.Name, single);
                for (var i = 0; i < y.Length; i++) Close(y[i], row.Double(single[i]), isFloat: true, $"{row.Name}({single[i]:R}) in float");
                var z = Run(target, Element.Double, row.Name, Special);
                for (var i = 0; i < z.Length; i++) Close(z[i], row.Double(Special[i]), isFloat: false, $"{row.Name}({Special[i]:R})");
            }
        }
    }

    [Fact]
    public void Special_pairs_are_those_of_the_scalar_functions()
    {
        (string Name, Func<double, double, double> Value)[] functions =
        [
            ("pow", Math.Pow), ("max", ScalarFunction.Named("max").Value), ("min", ScalarFunction.Named("min").Value), ("%", Remainder),
        ];
        double[] numbers = [.. Special, 7, -7, 0.1, -0.1, 5.5, -5.5];
        var x = numbers.SelectMany(a => numbers.Select(_ => a)).ToArray();
        var y = numbers.SelectMany(_ => numbers).ToArray();
        var (singleX, singleY) = (Array.ConvertAll(x, v => (float)v), Array.ConvertAll(y, v => (float)v));
        foreach (var target in Targets.Concat(Unfused))
            foreach (var (name, value) in functions)
            {
                var single = Run(target, Element.Float, name, singleX, singleY);
                var results = Run(target, Element.Double, name, x, y);
                for (var i = 0; i < x.Length; i++)
                {
                    Close(single[i], value(singleX[i], singleY[i]), isFloat: true, $"{name}({singleX[i]:R}, {singleY[i]:R}) in float");
                    Close(results[i], value(x[i], y[i]), isFloat: false, $"{name}({x[i]:R}, {y[i]:R})");
                }
            }
    }

    [Fact]
    public void The_width_changes_no_bit()
    {
        double[] x = [.. Special, .. Samples((-110, 110), 3000), .. Samples((-1, 1), 3000), .. Samples((-1e7, 1e7), 1000), .. Samples((0, 1e-36), 500)];
        double[] y = [.. x.Reverse().Select(v => v * 0.37)];
        foreach (var targets in new[] { Targets.ToArray(), [.. Unfused] })
            foreach (var name in ScalarFunction.All.Select(f => f.Name).Append("%"))
            {
                var second = name is "pow" or "max" or "min" or "%" ? y : null;
                var single = targets.Select(t => Run(t, Element.Float, name, Array.ConvertAll(x, v => (float)v), second is null ? null : Array.ConvertAll(second, v => (float)v)));
                Assert.Single(single.Select(bits => Convert.ToHexString(Of(Array.ConvertAll(bits, v => float.IsNaN(v) ? float.NaN : v)))).Distinct());
                var results = targets.Select(t => Run(t, Element.Double, name, x, second));
                Assert.Single(results.Select(bits => Convert.ToHexString(Of(Array.ConvertAll(bits, v => double.IsNaN(v) ? double.NaN : v)))).Distinct());
            }
    }

    [Fact]
    public void Every_function_prints_as_Csharp_that_gives_the_same_bits()
    {
        double[] x = [.. Special.Where(v => !double.IsNaN(v)), .. Samples((-5, 5), 200)];
        foreach (var width in Widths)
            foreach (var element in new[] { Element.Float, Element.Double })
            {
                // All functions in one kernel: one compilation for each width.
                var code = new CodeBuilder("all_functions", CodeTarget.Of(width));
                var (a, y, n) = (code.Buffer("a", element), code.Buffer("y", element), code.Integer("n"));
                code.VectorLoop("i", code.Begin, code.End, element, (i, lanes) =>
                {
                    var value = code.Let("value", lanes.Load(a, i));
                    foreach (var (place, function) in ScalarFunction.All.Index())
                        lanes.Store(y, i + place * n, code.Apply(function.Name, value, function.Arity == 2 ? value * 0.5 : null));
                });
                var cells = element == Element.Float ? Of(Array.ConvertAll(x, v => (float)v)) : Of(x);
                Bytes(code.Build(), [cells, new byte[cells.Length * ScalarFunction.All.Count]], [x.Length], [], 0, x.Length);
            }
    }

    static double Remainder(double a, double b)
    {
        var rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    // Uniform over the range, from a fixed seed, with the ends.
    static double[] Samples((double From, double To) range, int count)
    {
        var random = new System.Random(count);
        double[] inner = [.. Enumerable.Range(0, count - 2).Select(_ => range.From + (range.To - range.From) * random.NextDouble())];
        return [range.From, range.To, .. inner];
    }

    static T[] Run<T>(CodeTarget target, Element element, string function, T[] x, T[]? y = null) where T : unmanaged
    {
        var code = new CodeBuilder(function, target);
        var (a, b, result) = (code.Buffer("a", element), code.Buffer("b", element), code.Buffer("result", element));
        code.VectorLoop("i", code.Begin, code.End, element, (i, lanes) =>
        {
            var (first, second) = (lanes.Load(a, i), y is null ? null : lanes.Load(b, i));
            lanes.Store(result, i, function == "%" ? code.Remainder(first, second!) : code.Apply(function, first, second));
        });
        return As<T>(Bytes(code.Build(), [Of(x), Of(y ?? x), Of(new T[x.Length])], [], [], 0, x.Length, isPrinted: false)[2]);
    }

    static void Close(double found, double expected, bool isFloat, string what)
    {
        var error = isFloat ? FloatUlps((float)found, expected) : new Precise(expected, 0).Ulps(found);
        var bound = isFloat ? Tolerance.FloatFunctionUlps : Tolerance.DoubleFunctionUlps;
        Assert.True(error <= bound, $"{what} = {found:R}, not {expected:R}");
        Assert.True(expected != 0 || double.IsNegative(found) == double.IsNegative(expected), $"{what} = {found:R} has the wrong sign");
    }

    /// <summary>The distance to a number known in double, in units of the last place of the float nearest to it.</summary>
    static double FloatUlps(float value, double exact)
    {
        var nearest = (float)exact;
        if (float.IsNaN(nearest)) return float.IsNaN(value) ? 0 : double.PositiveInfinity;
        if (value == nearest && float.IsInfinity(value)) return 0;
        if (!float.IsFinite(value)) return double.PositiveInfinity;
        // The float after the largest would be 2^128.
        if (float.IsInfinity(nearest)) return Math.Abs(value) == float.MaxValue && Math.Sign(value) == Math.Sign(exact) ? 1 : double.PositiveInfinity;
        var magnitude = Math.Abs(nearest);
        var ulp = magnitude == float.MaxValue ? magnitude - MathF.BitDecrement(magnitude) : MathF.BitIncrement(magnitude) - magnitude;
        return Math.Abs(value - exact) / ulp;
    }
}
