using Xunit;
using static Adjoint.Tests.KernelRun;

namespace Adjoint.Tests;

public sealed class CodeTests
{
    static readonly int[] Sizes = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100];

    [Fact]
    public void A_vector_loop_writes_every_cell_and_none_more()
    {
        foreach (var target in Targets)
            foreach (var element in new[] { Element.Float, Element.Double })
            {
                var code = new CodeBuilder("scale_add", target);
                var (x, y, n) = (code.Buffer("x", element), code.Buffer("y", element), code.Integer("n"));
                var factor = code.Number("factor", element);
                code.VectorLoop("i", 0, n, element, (i, lanes) => lanes.Store(y, i, lanes.Load(x, i) * factor + 1), unroll: 2);
                var kernel = code.Build();
                foreach (var size in Sizes)
                {
                    var values = Enumerable.Range(0, size).Select(i => i * 0.25).ToArray();
                    var results = Numbers(element, Bytes(
                        kernel, [Cells(element, values), Cells(element, new double[size])], [size], [3], 0, 0, size == 17 && IsFull(target))[1]);
                    Assert.Equal(values.Select(v => v * 3 + 1), results);
                }
            }
    }

    [Fact]
    public void A_strided_read_of_a_row_stays_inside_it()
    {
        foreach (var target in Targets)
            foreach (var element in (Element[])[Element.Float, Element.Double])
                foreach (var stride in (int[])[2, 3]) // two vectors make one of every second cell
                {
                    var code = new CodeBuilder("column", target);
                    var (x, y, n) = (code.Buffer("x", element), code.Buffer("y", element), code.Integer("n"));
                    code.VectorLoop("i", 0, n, element, (i, lanes) => lanes.Store(y, i * 2, lanes.Load(x, i * stride, stride), 2));
                    var kernel = code.Build();
                    foreach (var size in Sizes.Skip(1))
                    {
                        double[] cells = [.. Enumerable.Range(0, stride * (size - 1) + 1)], written = new double[2 * size - 1];
                        var found = Numbers(element, Bytes(
                            kernel, [Cells(element, cells), Cells(element, written)], [size], [], 0, 0, size == 9 && IsFull(target))[1]);
                        Assert.Equal(Enumerable.Range(0, 2 * size - 1).Select(i => i % 2 == 0 ? (double)stride * (i / 2) : 0), found);
                    }
                }
    }

    [Fact]
    public void Reductions_meet_every_cell_once()
    {
        foreach (var target in Targets)
            foreach (var unroll in new[] { 1, 3 })
            {
                var code = new CodeBuilder("rows", target);
                var (x, sums, n) = (code.Buffer("x", Element.Double), code.Buffer("sums", Element.Double), code.Integer("n"));
                code.For("row", code.Begin, code.End, row =>
                {
                    var cells = code.Let("cells", x + row * n);
                    var sum = Accumulator.Sum(code, "sum", Element.Double, unroll);
                    var largest = new Accumulator(code, "largest", Element.Double, double.NegativeInfinity, Code.MaxNative, unroll);
                    code.VectorLoop("i", 0, n, Element.Double, (i, lanes) =>
                    {
                        var value = code.Let("value", lanes.Load(cells, i));
                        sum.Add(lanes, value);
                        largest.Add(lanes, value);
                    }, unroll);
                    code.Store(sums, row * 2, sum.Result());
                    code.Store(sums, row * 2 + 1, largest.Result());
                });
                var kernel = code.Build();
                foreach (var size in Sizes)
                {
                    var cells = Enumerable.Range(0, 3 * size).Select(i => (double)(i * 7 % 11 - 20)).ToArray();
                    var results = As<double>(Bytes(kernel, [Of(cells), Of(new double[6])], [size], [], 1, 3, size == 33 && IsFull(target))[1]);
                    Assert.Equal([0, 0], results[..2]); // row 0 is before the range
                    for (var row = 1; row < 3; row++)
                    {
                        var mine = cells.Skip(row * size).Take(size).ToArray();
                        Assert.Equal([mine.Sum(), mine.DefaultIfEmpty(double.NegativeInfinity).Max()], results.Skip(2 * row).Take(2));
                    }
                }
            }
    }

    [Fact]
    public void Integers_divide_downwards()
    {
        var code = new CodeBuilder("divide", CodeTarget.Of("scalar"));
        var (a, b, results) = (code.Buffer("a", Element.Int64), code.Buffer("b", Element.Int64), code.Buffer("results", Element.Int64));
        code.For("i", code.Begin, code.End, i =>
        {
            code.Store(results, i * 3, code.FloorDivide(a[i], b[i]));
            code.Store(results, i * 3 + 1, code.FloorRemainder(a[i], b[i]));
            code.Store(results, i * 3 + 2, code.FloorDivide(a[i], 8));
        });
        long[] left = [.. from i in Enumerable.Range(-12, 25) from j in Enumerable.Range(0, 6) select (long)i];
        long[] right = [.. from i in Enumerable.Range(-12, 25) from j in new[] { -5, -4, -1, 1, 4, 7 } select (long)j];
        var found = As<long>(Bytes(code.Build(), [Of(left), Of(right), Of(new long[3 * left.Length])], [], [], 0, left.Length)[2]);
        for (var i = 0; i < left.Length; i++)
        {
            var quotient = (long)Math.Floor((double)left[i] / right[i]);
            Assert.Equal([quotient, left[i] - quotient * right[i], (long)Math.Floor(left[i] / 8.0)], found.Skip(3 * i).Take(3));
        }
    }

    [Fact]
    public void Numbers_of_another_type_are_converted_as_they_are_read()
    {
        foreach (var target in Targets)
            foreach (var from in new[] { Element.Int32, Element.Int64, Element.Double })
            {
                var code = new CodeBuilder("convert", target);
                var (x, y, n) = (code.Buffer("x", from), code.Buffer("y", Element.Float), code.Integer("n"));
                code.VectorLoop("i", 0, n, Element.Float, (i, lanes) => lanes.Store(y, i,
                    lanes.Load(x, i) + Code.Convert(lanes.Indices(i), Element.Float)));
                var kernel = code.Build();
                foreach (var size in Sizes)
                {
                    var values = Enumerable.Range(0, size).Select(i => (double)(3 * i - 20)).ToArray();
                    var results = As<float>(Bytes(kernel, [Cells(from, values), Of(new float[size])], [size], [], 0, 0, size == 9 && IsFull(target))[1]);
                    Assert.Equal(values.Select((v, i) => (float)(v + i)), results);
                }
            }
    }

    [Fact]
    public void Conditions_choose_lanes_and_statements()
    {
        foreach (var target in Targets)
        {
            var code = new CodeBuilder("choose", target);
            var (x, y, n) = (code.Buffer("x", Element.Float), code.Buffer("y", Element.Float), code.Integer("n"));
            code.VectorLoop("i", 0, n, Element.Float, (i, lanes) =>
            {
                var value = code.Let("value", lanes.Load(x, i));
                var isInside = (value > -2) & !(value >= 3) | Code.Equal(value, 5) | (Code.IsNaN(value) & (n > 9));
                var isLate = lanes.Indices(i) >= Code.Convert(n - 2, Element.Int32);
                var chosen = code.Variable("chosen", Code.Select(isInside, value, Code.Select(n < 9, Code.Constant(CodeType.Float, 7.0), -1)));
                code.If(Code.Any(isLate), () => code.Assign(chosen, Code.Select(isLate, 100, chosen)), () => code.Remark("no lane is late"));
                lanes.Store(y, i, chosen);
            });
            var kernel = code.Build();
            foreach (var size in Sizes)
            {
                var values = Enumerable.Range(0, size).Select(i => i == 4 ? float.NaN : i % 11 - 4f).ToArray();
                var results = As<float>(Bytes(kernel, [Of(values), Of(new float[size])], [size], [], 0, 0, size == 31 && IsFull(target))[1]);
                Assert.Equal(values.Select((v, i) => i >= size - 2 ? 100 : v is > -2 and < 3 or 5 || float.IsNaN(v) && size > 9 ? v : size < 9 ? 7 : -1), results);
            }
        }
    }

    // y[2 i] = x[i - 3] where that cell exists and i is not 5: nothing stands before x or behind it.
    [Fact]
    public void Cells_that_a_condition_excludes_are_neither_read_nor_written()
    {
        foreach (var target in Targets)
            foreach (var stride in new[] { 1, 2 })
                foreach (var element in new[] { Element.Float, Element.Double })
                {
                    var code = new CodeBuilder("shift", target);
                    var (x, y, n) = (code.Buffer("x", Element.Float), code.Buffer("y", element), code.Integer("n"));
                    var lane = element == Element.Float ? Element.Int32 : Element.Int64;
                    code.VectorLoop("i", 0, n + 3, element, (i, lanes) =>
                    {
                        var at = code.Let("at", lanes.Indices(i));
                        var exists = code.Let("exists", (at >= 3) & Code.NotEqual(at, 5) & (at < Code.Convert(n, lane)));
                        lanes.Store(y, i * stride, lanes.Load(x, i - 3, where: exists) + 1, stride, where: exists);
                    });
                    var kernel = code.Build();
                    foreach (var size in Sizes)
                    {
                        var values = Enumerable.Range(0, Math.Max(0, size - 3)).Select(i => (float)i).ToArray();
                        var found = Numbers(element, Bytes(kernel, [Of(values), Cells(element, new double[Math.Max(0, stride * (size - 1) + 1)])],
                            [size], [], 0, 0, size == 9 && IsFull(target))[1]);
                        for (var i = 0; i < found.Length; i++)
                            Assert.Equal(i % stride == 0 && i / stride is >= 3 and not 5 ? i / stride - 2 : 0, found[i]);
                    }
                }
    }

    [Fact]
    public void A_method_with_many_locals_uses_their_slots_again()
    {
        var code = new CodeBuilder("many", CodeTarget.Host);
        var y = code.Buffer("y", Element.Float);
        var sum = code.Variable("sum", Code.Constant(CodeType.Float, 0.0));
        for (var i = 0; i < 2000; i++)
        {
            var square = code.Let("square", Code.Convert(code.Begin + i, Element.Float));
            code.Assign(sum, sum + square * square);
        }
        code.Store(y, 0, sum);
        var kernel = code.Build();
        IlWriter.Compile(kernel, 100, out var locals);
        Assert.InRange(locals, 100, 102);
        var expected = Enumerable.Range(0, 2000).Aggregate(0f, (total, i) => total + (float)i * i);
        Assert.Equal(expected, As<float>(Bytes(kernel, [Of(0f)], [], [], 0, 0)[0])[0]);
    }
}
