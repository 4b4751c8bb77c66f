namespace Adjoint;

// The relation of a convolution without weights. Padding is -inf for a maximum and 0 for an average, because
// positions outside the input do not exist. An adaptive window p of size covers the input from floor(p * #m / size)
// up to, and without, ceil((p + 1) * #m / size); as a condition in integers: size*m + size > #m*p and size*m < #m*(p
// + 1).

/// <summary>Pooling over positions: x [b, c, m] or [b, c, m, n].</summary>
public static class PoolingOps
{
    /// <summary>The largest of each window of a sequence; the first of equal ones takes the gradient.</summary>
    public static readonly Op MaxPool1d = Op.Define("""
        max_pool1d(x[b,c,m]; size = 2, stride = 2, pad = 0, dilation = 1) -> y
          axis k < size
          axis p < (#m + 2*pad - dilation*(size - 1) - 1) / stride + 1
          y[b,c,p] max= x[b,c,m]  if m == stride*p + dilation*k - pad
        """).Tried("size", 3).Tried("pad", 1).Sized("m", 5);

    /// <summary>The largest of each square window of an image; the first of equal ones, row by row, takes the
    /// gradient.</summary>
    public static readonly Op MaxPool2d = Op.Define("""
        max_pool2d(x[b,c,m,n]; size = 2, stride = 2, pad = 0) -> y
          axis k < size
          axis l < size
          axis p < (#m + 2*pad - size) / stride + 1
          axis q < (#n + 2*pad - size) / stride + 1
          y[b,c,p,q] max= x[b,c,m,n]  if m == stride*p + k - pad and n == stride*q + l - pad
        """).Tried("pad", 1).Sized("m", 4).Sized("n", 3);

    /// <summary>max_pool2d with size, stride, dilation and padding of its own for each side.</summary>
    public static readonly Op MaxPool2dSides = Op.Define("""
        max_pool2d_sides(x[b,c,m,n]; size_h = 2, size_w = 2, stride_h = 2, stride_w = 2, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0) -> y
          axis k < size_h
          axis l < size_w
          axis p < (#m + pad_top + pad_bottom - dilation_h*(size_h - 1) - 1) / stride_h + 1
          axis q < (#n + pad_left + pad_right - dilation_w*(size_w - 1) - 1) / stride_w + 1
          y[b,c,p,q] max= x[b,c,m,n]  if m == stride_h*p + dilation_h*k - pad_top and n == stride_w*q + dilation_w*l - pad_left
        """).Tried("size_h", 3).Tried("stride_w", 1).Tried("dilation_w", 2).Tried("pad_top", 1)
        .Sized("m", 4).Sized("n", 4);

    /// <summary>The mean of each window of a sequence; padding counts as zeros.</summary>
    public static readonly Op AveragePool1d = Op.Define("""
        average_pool1d(x[b,c,m]; size = 2, stride = 2, pad = 0) -> y
          axis k < size
          axis p < (#m + 2*pad - size) / stride + 1
          y[b,c,p] += x[b,c,m] / size  if m == stride*p + k - pad
        """).Tried("size", 3).Tried("pad", 1).Sized("m", 5);

    /// <summary>The mean of each window of a sequence over the positions that exist.</summary>
    public static readonly Op AveragePool1dExcludePad = Op.Define("""
        average_pool1d_exclude_pad(x[b,c,m]; size = 2, stride = 2, pad = 0) -> y
          axis k < size
          axis p < (#m + 2*pad - size) / stride + 1
          count[p] += 1                    if m == stride*p + k - pad
          y[b,c,p] += x[b,c,m] / count[p]  if m == stride*p + k - pad
        """).Tried("size", 3).Tried("pad", 1).Sized("m", 5);

    /// <summary>The mean of each square window of an image; padding counts as zeros.</summary>
    public static readonly Op AveragePool2d = Op.Define("""
        average_pool2d(x[b,c,m,n]; size = 2, stride = 2, pad = 0) -> y
          axis k < size
          axis l < size
          axis p < (#m + 2*pad - size) / stride + 1
          axis q < (#n + 2*pad - size) / stride + 1
          y[b,c,p,q] += x[b,c,m,n] / (size*size)  if m == stride*p + k - pad and n == stride*q + l - pad
        """).Tried("pad", 1).Sized("m", 4).Sized("n", 3);

    /// <summary>The mean of each window over the positions that exist, with size, stride and padding of its own for
    /// each side.</summary>
    public static readonly Op AveragePool2dExcludePad = Op.Define("""
        average_pool2d_exclude_pad(x[b,c,m,n]; size_h = 2, size_w = 2, stride_h = 2, stride_w = 2, pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0) -> y
          axis k < size_h
          axis l < size_w
          axis p < (#m + pad_top + pad_bottom - size_h) / stride_h + 1
          axis q < (#n + pad_left + pad_right - size_w) / stride_w + 1
          count[p,q] += 1                        if m == stride_h*p + k - pad_top and n == stride_w*q + l - pad_left
          y[b,c,p,q] += x[b,c,m,n] / count[p,q]  if m == stride_h*p + k - pad_top and n == stride_w*q + l - pad_left
        """).Tried("size_h", 3).Tried("stride_w", 1).Tried("pad_top", 1).Tried("pad_right", 1)
        .Sized("m", 4).Sized("n", 3);

    /// <summary>The p-norm of each square window of an image.</summary>
    public static readonly Op LpPool2d = Op.Define("""
        lp_pool2d(x[b,c,m,n]; p = 2, size = 2, stride = 2, pad = 0) -> y
          axis k < size
          axis l < size
          axis r < (#m + 2*pad - size) / stride + 1
          axis q < (#n + 2*pad - size) / stride + 1
          s[b,c,r,q] += pow(abs(x[b,c,m,n]), p)  if m == stride*r + k - pad and n == stride*q + l - pad
          y[b,c,r,q] = pow(s[b,c,r,q], 1 / p)
        """).Tried("p", 3).Tried("pad", 1).Within("x", 0.2, 2).Sized("m", 4).Sized("n", 3);

    /// <summary>The mean over all positions: x [b, c, ..] to y [b, c].</summary>
    public static readonly Op GlobalAveragePool = Op.Define("""
        global_average_pool(x[b,c,..]) -> y
          y[b,c] += x[b,c,..] / #..
        """);

    /// <summary>The largest over all positions: x [b, c, m, n] to y [b, c].</summary>
    public static readonly Op GlobalMaxPool = Op.Define("""
        global_max_pool(x[b,c,m,n]) -> y
          y[b,c] max= x[b,c,m,n]
        """);

    /// <summary>As many means as wanted from a sequence of any length: x [b, c, m] to y [b, c, size].</summary>
    public static readonly Op AdaptiveAveragePool1d = Op.Define("""
        adaptive_average_pool1d(x[b,c,m]; size = 3) -> y
          axis p < size
          count[p] += 1                    if size*m + size > #m*p and size*m < #m*(p + 1)
          y[b,c,p] += x[b,c,m] / count[p]  if size*m + size > #m*p and size*m < #m*(p + 1)
        """).Sized("m", 5);

    /// <summary>As many means as wanted from an image of any size: x [b, c, m, n] to y [b, c, size_h,
    /// size_w].</summary>
    public static readonly Op AdaptiveAveragePool2d = Op.Define("""
        adaptive_average_pool2d(x[b,c,m,n]; size_h = 3, size_w = 3) -> y
          axis p < size_h
          axis q < size_w
          high[p] += 1  if size_h*m + size_h > #m*p and size_h*m < #m*(p + 1)
          wide[q] += 1  if size_w*n + size_w > #n*q and size_w*n < #n*(q + 1)
          y[b,c,p,q] += x[b,c,m,n] / (high[p] * wide[q])  if size_h*m + size_h > #m*p and size_h*m < #m*(p + 1) and size_w*n + size_w > #n*q and size_w*n < #n*(q + 1)
        """).Tried("size_w", 2).Sized("m", 4).Sized("n", 3);

    /// <summary>As many maxima as wanted from a sequence of any length: x [b, c, m] to y [b, c, size].</summary>
    public static readonly Op AdaptiveMaxPool1d = Op.Define("""
        adaptive_max_pool1d(x[b,c,m]; size = 3) -> y
          axis p < size
          y[b,c,p] max= x[b,c,m]  if size*m + size > #m*p and size*m < #m*(p + 1)
        """).Sized("m", 5);

    /// <summary>As many maxima as wanted from an image of any size: x [b, c, m, n] to y [b, c, size_h,
    /// size_w].</summary>
    public static readonly Op AdaptiveMaxPool2d = Op.Define("""
        adaptive_max_pool2d(x[b,c,m,n]; size_h = 3, size_w = 3) -> y
          axis p < size_h
          axis q < size_w
          y[b,c,p,q] max= x[b,c,m,n]  if size_h*m + size_h > #m*p and size_h*m < #m*(p + 1) and size_w*n + size_w > #n*q and size_w*n < #n*(q + 1)
        """).Tried("size_w", 2).Sized("m", 4).Sized("n", 3);

    internal static Op[] All =>
    [
        MaxPool1d, MaxPool2d, MaxPool2dSides, AveragePool1d, AveragePool1dExcludePad, AveragePool2d,
        AveragePool2dExcludePad,
        LpPool2d, GlobalAveragePool, GlobalMaxPool, AdaptiveAveragePool1d, AdaptiveAveragePool2d, AdaptiveMaxPool1d,
        AdaptiveMaxPool2d,
    ];
}

public sealed partial class Tensor
{
    /// <summary>The largest of each window: x [b, c, m].</summary>
    public Tensor MaxPool1d(int size = 2, int? stride = null, int pad = 0, int dilation = 1) =>
        PoolingOps.MaxPool1d.Call([this], size, stride ?? size, pad, dilation);

    /// <summary>The largest of each window: x [b, c, m, n].</summary>
    public Tensor MaxPool2d(int size = 2, int? stride = null, int pad = 0) =>
        PoolingOps.MaxPool2d.Call([this], size, stride ?? size, pad);

    /// <summary>The mean of each window; padding counts as zeros: x [b, c, m].</summary>
    public Tensor AveragePool1d(int size = 2, int? stride = null, int pad = 0) =>
        PoolingOps.AveragePool1d.Call([this], size, stride ?? size, pad);

    /// <summary>The mean of each window; padding counts as zeros: x [b, c, m, n].</summary>
    public Tensor AveragePool2d(int size = 2, int? stride = null, int pad = 0) =>
        PoolingOps.AveragePool2d.Call([this], size, stride ?? size, pad);

    /// <summary>The mean of each window over the positions that exist: x [b, c, m].</summary>
    public Tensor AveragePool1dExcludePad(int size = 2, int? stride = null, int pad = 0) =>
        PoolingOps.AveragePool1dExcludePad.Call([this], size, stride ?? size, pad);

    /// <summary>The mean of each window over the positions that exist: x [b, c, m, n].</summary>
    public Tensor AveragePool2dExcludePad(int size = 2, int? stride = null, int pad = 0) =>
        PoolingOps.AveragePool2dExcludePad.Call([this], size, size, stride ?? size, stride ?? size, pad, pad, pad, pad);

    /// <summary>The p-norm of each window: x [b, c, m, n].</summary>
    public Tensor LpPool2d(double p = 2, int size = 2, int? stride = null, int pad = 0) =>
        PoolingOps.LpPool2d.Call([this], p, size, stride ?? size, pad);

    /// <summary>The mean over all positions: x [b, c, ..] to [b, c].</summary>
    public Tensor GlobalAveragePool() => PoolingOps.GlobalAveragePool.Call([this]);

    /// <summary>The largest over all positions: x [b, c, m, n] to [b, c].</summary>
    public Tensor GlobalMaxPool() => PoolingOps.GlobalMaxPool.Call([this]);

    /// <summary>As many means as wanted: x [b, c, m] to [b, c, size].</summary>
    public Tensor AdaptiveAveragePool1d(int size) => PoolingOps.AdaptiveAveragePool1d.Call([this], size);

    /// <summary>As many means as wanted: x [b, c, m, n] to [b, c, height, width].</summary>
    public Tensor AdaptiveAveragePool2d(int height, int width) =>
        PoolingOps.AdaptiveAveragePool2d.Call([this], height, width);

    /// <summary>As many maxima as wanted: x [b, c, m] to [b, c, size].</summary>
    public Tensor AdaptiveMaxPool1d(int size) => PoolingOps.AdaptiveMaxPool1d.Call([this], size);

    /// <summary>As many maxima as wanted: x [b, c, m, n] to [b, c, height, width].</summary>
    public Tensor AdaptiveMaxPool2d(int height, int width) =>
        PoolingOps.AdaptiveMaxPool2d.Call([this], height, width);
}
