using Xunit;
using static Adjoint.Tests.KernelRun;

namespace Adjoint.Tests;

// Three kernels as a compiler would write them: what the language must be able to say.

public sealed class SampleKernelTests
{
    const int Rows = 5;

    static readonly int[] Columns = [1, 2, 7, 16, 17, 33, 64, 100, 1000];

    [Fact]
    public void Softmax_rows_equal_the_formula() => Check(Softmax, row =>
    {
        var largest = row.Max();
        var sum = row.Sum(x => Math.Exp(x - largest));
        return [.. row.Select(x => Math.Exp(x - largest) / sum)];
    });

    [Fact]
    public void Layer_norm_rows_equal_the_formula() => Check(LayerNorm, row =>
    {
        var mean = row.Average();
        var variance = row.Average(x => (x - mean) * (x - mean));
        return [.. row.Select(x => (x - mean) / Math.Sqrt(variance + 1e-5))];
    });

    [Fact]
    public void Gelu_equals_the_formula() => Check(Gelu, row => [.. row.Select(x => 0.5 * x * (1 + ErrorFunction.Erf(x / Math.Sqrt(2))))]);

    static KernelCode Softmax(CodeTarget target, Element element)
    {
        var code = new CodeBuilder("softmax", target);
        var (x, y, n) = (code.Buffer("x", element), code.Buffer("y", element), code.Integer("n"));
        code.For("row", code.Begin, code.End, row =>
        {
            var (from, to) = (code.Let("from", x + row * n), code.Let("to", y + row * n));
            var largest = new Accumulator(code, "largest", element, double.NegativeInfinity, code.Max, unroll: 2);
            code.VectorLoop("j", 0, n, element, (j, lanes) => largest.Add(lanes, lanes.Load(from, j)), unroll: 2);
            var m = largest.Result();
            var sum = Accumulator.Sum(code, "sum", element, unroll: 2);
            code.VectorLoop("j", 0, n, element, (j, lanes) =>
            {
                var e = code.Exp(lanes.Load(from, j) - m);
                lanes.Store(to, j, e);
                sum.Add(lanes, e);
            }, unroll: 2);
            var scale = code.Let("scale", 1 / sum.Result());
            code.VectorLoop("j", 0, n, element, (j, lanes) => lanes.Store(to, j, lanes.Load(to, j) * scale));
        });
        return code.Build();
    }

    static KernelCode LayerNorm(CodeTarget target, Element element)
    {
        var code = new CodeBuilder("layer_norm", target);
        var (x, y, n, eps) = (code.Buffer("x", element), code.Buffer("y", element), code.Integer("n"), code.Number("eps", element));
        code.For("row", code.Begin, code.End, row =>
        {
            var (from, to) = (code.Let("from", x + row * n), code.Let("to", y + row * n));
            var count = code.Let("count", Code.Convert(n, element));
            var sum = Accumulator.Sum(code, "sum", element, unroll: 4);
            code.VectorLoop("j", 0, n, element, (j, lanes) => sum.Add(lanes, lanes.Load(from, j)), unroll: 4);
            var mean = code.Let("mean", sum.Result() / count);
            var squares = Accumulator.Sum(code, "squares", element, unroll: 4);
            code.VectorLoop("j", 0, n, element, (j, lanes) =>
            {
                var difference = code.Let("difference", lanes.Load(from, j) - mean);
                squares.AddProduct(lanes, difference, difference);
            }, unroll: 4);
            var scale = code.Let("scale", 1 / Code.Sqrt(squares.Result() / count + eps));
            code.VectorLoop("j", 0, n, element, (j, lanes) => lanes.Store(to, j, (lanes.Load(from, j) - mean) * scale));
        });
        return code.Build();
    }

    static KernelCode Gelu(CodeTarget target, Element element)
    {
        var code = new CodeBuilder("gelu", target);
        var (x, y, n) = (code.Buffer("x", element), code.Buffer("y", element), code.Integer("n"));
        code.VectorLoop("i", code.Begin * n, code.End * n, element, (i, lanes) =>
        {
            var value = code.Let("value", lanes.Load(x, i));
            lanes.Store(y, i, 0.5 * value * (1 + code.Erf(value * Math.Sqrt(0.5))));
        });
        return code.Build();
    }

    // Rows 1 to 3 of five; the others must stay as they were.
    static void Check(Func<CodeTarget, Element, KernelCode> make, Func<double[], double[]> formula)
    {
        foreach (var target in Targets)
            foreach (var element in new[] { Element.Float, Element.Double })
            {
                var kernel = make(target, element);
                foreach (var columns in Columns)
                {
                    var random = new System.Random(columns);
                    var x = Enumerable.Range(0, Rows * columns).Select(_ => (double)(float)(6 * random.NextDouble() - 3)).ToArray();
                    var untouched = Enumerable.Repeat(-7.0, x.Length).ToArray();
                    var y = Numbers(element, Bytes(
                        kernel, [Cells(element, x), Cells(element, untouched)], [columns], [1e-5], 1, 4, columns == 17 && IsFull(target))[1]);
                    double[] expected = [.. untouched[..columns], .. x[columns..^columns].Chunk(columns).SelectMany(formula), .. untouched[..columns]];
                    for (var i = 0; i < y.Length; i++)
                    {
                        var error = Math.Abs(y[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
                        Assert.True(error <= (element == Element.Float ? Tolerance.FloatRow : Tolerance.DoubleRounding),
                            $"{kernel.Name}, {target}, {element}, {columns} columns: cell {i} is {y[i]}, not {expected[i]}");
                    }
                }
            }
    }
}
