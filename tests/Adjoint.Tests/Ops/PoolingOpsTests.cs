using Xunit;

namespace Adjoint.Tests;

public sealed class PoolingOpsTests
{
    static readonly NdArray X = Numbers.Normal(5, 1, 2, 7, 6);

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(2, 3, 1)]
    public void Windows_of_images(int size, int stride, int pad)
    {
        (string, double)[] attributes = [("size", size), ("stride", stride), ("pad", pad)];
        var rows = Windows(7, size, stride, pad);
        var columns = Windows(6, size, stride, pad);
        var max = Pooled(rows, columns, values => values.Max());
        Numbers.Equal(max, Forward.Of("max_pool2d", attributes, X), "max");
        Numbers.Equal(max, Forward.Of("max_pool2d_sides", Sides(), X), "max of sides");
        Numbers.Equal(Pooled(rows, columns, values => values.Sum() / (size * size)),
            Forward.Of("average_pool2d", attributes, X), "average");
        Numbers.Equal(Pooled(rows, columns, values => values.Average()),
            Forward.Of("average_pool2d_exclude_pad", Sides(), X), "average without pad");
        Numbers.Equal(Pooled(rows, columns, values => Math.Sqrt(values.Sum(v => v * v))),
            Forward.Of("lp_pool2d", attributes, X), "norm");

        (string, double)[] Sides() =>
            [("size_h", size), ("size_w", size), ("stride_h", stride), ("stride_w", stride), ("pad_top", pad),
            ("pad_bottom", pad), ("pad_left", pad), ("pad_right", pad)];
    }

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 1)]
    public void Windows_of_sequences(int size, int stride, int pad)
    {
        (string, double)[] attributes = [("size", size), ("stride", stride), ("pad", pad)];
        var x = X.Reshape(1, 12, 7);
        var windows = Windows(7, size, stride, pad);
        Check("max_pool1d", values => values.Max());
        Check("average_pool1d", values => values.Sum() / size);
        Check("average_pool1d_exclude_pad", values => values.Average());

        void Check(string op, Func<IReadOnlyCollection<double>, double> reduce) => Numbers.Equal(
            NdArray.Generate([1, 12, windows.Count],
                i => reduce([.. windows[i % windows.Count].Select(m => x[0, i / windows.Count, m])])),
            Forward.Of(op, attributes, x), op);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(7, 6)]
    [InlineData(1, 1)]
    [InlineData(4, 5)]
    public void As_many_windows_as_wanted(int high, int wide)
    {
        (string, double)[] sizes = [("size_h", high), ("size_w", wide)];
        var (rows, columns) = (Adaptive(7, high), Adaptive(6, wide));
        Numbers.Equal(Pooled(rows, columns, values => values.Average()),
            Forward.Of("adaptive_average_pool2d", sizes, X), "average");
        Numbers.Equal(Pooled(rows, columns, values => values.Max()), Forward.Of("adaptive_max_pool2d", sizes, X),
            "max");
        var x = Numbers.Normal(6, 1, 2, 7);
        Numbers.Equal(NdArray.Generate([1, 2, high], i => rows[i % high].Average(m => x[0, i / high, m])),
            Forward.Of("adaptive_average_pool1d", [("size", high)], x), "average of sequences");
        Numbers.Equal(NdArray.Generate([1, 2, high], i => rows[i % high].Max(m => x[0, i / high, m])),
            Forward.Of("adaptive_max_pool1d", [("size", high)], x), "max of sequences");
    }

    [Fact]
    public void One_window_over_all()
    {
        Numbers.Equal(Pooled([[.. Enumerable.Range(0, 7)]], [[.. Enumerable.Range(0, 6)]], v => v.Average()).Reshape(1,
            2), Forward.Of("global_average_pool", X));
        Numbers.Equal(Pooled([[.. Enumerable.Range(0, 7)]], [[.. Enumerable.Range(0, 6)]], v => v.Max()).Reshape(1, 2),
            Forward.Of("global_max_pool", X));
    }

    [Fact]
    public void Dilated_maxima_skip_positions() =>
        Numbers.Equal(Numbers.Of([1, 1, 3], 3, 1, 4),
            Forward.Of("max_pool1d", [("size", 2), ("stride", 1), ("dilation", 2)],
                Numbers.Of([1, 1, 5], 3, 1, 2, 0, 4)));

    static List<int[]> Windows(int length, int size, int stride, int pad) =>
        [.. Enumerable.Range(0, (length + 2 * pad - size) / stride + 1)
        .Select(p => Enumerable.Range(stride * p - pad, size).Where(m => m >= 0 && m < length).ToArray())];

    static List<int[]> Adaptive(int length, int count) => [.. Enumerable.Range(0, count).Select(p =>
    {
        var (first, end) = (p * length / count, ((p + 1) * length + count - 1) / count);
        return Enumerable.Range(first, end - first).ToArray();
    })];

    static NdArray Pooled(List<int[]> rows, List<int[]> columns, Func<IReadOnlyCollection<double>, double> reduce) =>
        NdArray.Generate([1, 2, rows.Count, columns.Count], i => reduce(
            [.. from m in rows[i / columns.Count % rows.Count] from n in columns[i % columns.Count] select X[0,
                i / (columns.Count * rows.Count), m, n]]));
}
