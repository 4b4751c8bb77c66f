namespace Adjoint;

// One relation ties input position m, output position p and tap k: m == stride*p + dilation*k - pad. Positions
// outside the input do not exist, which is zero padding. Weights are [output, input, taps], as PyTorch's.

/// <summary>Convolutions (cross-correlations) of x [b, i, positions] with w [j, i, taps] to y [b, j,
/// positions].</summary>
public static class ConvolutionOps
{
    /// <summary>Over sequences: x [b, i, m], w [j, i, k], bias [j] to y [b, j, p].</summary>
    public static readonly Op Conv1d = Op.Define("""
        conv1d(x[b,i,m], w[j,i,k], bias[j]; stride = 1, pad = 0, dilation = 1) -> y
          axis p < (#m + 2*pad - dilation*(#k - 1) - 1) / stride + 1
          y[b,j,p] += x[b,i,m] * w[j,i,k]  if m == stride*p + dilation*k - pad
          y[b,j,p] += bias[j]
        """).Tried("stride", 2).Tried("pad", 1).Sized("m", 5).Sized("k", 3);

    /// <summary>Over images: x [b, i, m, n], w [j, i, k, l], bias [j] to y [b, j, p, q].</summary>
    public static readonly Op Conv2d = Op.Define("""
        conv2d(x[b,i,m,n], w[j,i,k,l], bias[j]; stride = 1, pad = 0, dilation = 1) -> y
          axis p < (#m + 2*pad - dilation*(#k - 1) - 1) / stride + 1
          axis q < (#n + 2*pad - dilation*(#l - 1) - 1) / stride + 1
          y[b,j,p,q] += x[b,i,m,n] * w[j,i,k,l]  if m == stride*p + dilation*k - pad and n == stride*q + dilation*l - pad
          y[b,j,p,q] += bias[j]
        """).Tried("stride", 2).Tried("pad", 1).Sized("m", 4).Sized("n", 3).Sized("k", 3).Sized("l", 2);

    /// <summary>Over volumes: x [b, i, m, n, o], w [j, i, k, l, r], bias [j] to y [b, j, p, q, s].</summary>
    public static readonly Op Conv3d = Op.Define("""
        conv3d(x[b,i,m,n,o], w[j,i,k,l,r], bias[j]; stride = 1, pad = 0, dilation = 1) -> y
          axis p < (#m + 2*pad - dilation*(#k - 1) - 1) / stride + 1
          axis q < (#n + 2*pad - dilation*(#l - 1) - 1) / stride + 1
          axis s < (#o + 2*pad - dilation*(#r - 1) - 1) / stride + 1
          y[b,j,p,q,s] += x[b,i,m,n,o] * w[j,i,k,l,r]  if m == stride*p + dilation*k - pad and n == stride*q + dilation*l - pad and o == stride*s + dilation*r - pad
          y[b,j,p,q,s] += bias[j]
        """).Tried("pad", 1)
        .Sized("m", 2).Sized("n", 3).Sized("o", 2).Sized("k", 2).Sized("l", 2).Sized("r", 2).Sized("b", 1);

    /// <summary>conv1d in groups of channels, with padding of its own at each end: w [g j, i, k].</summary>
    public static readonly Op Conv1dGrouped = Op.Define("""
        conv1d_grouped(x[b,(g,i),m], w[(g,j),i,k], bias[(g,j)]; groups = 1, stride = 1, dilation = 1, pad_left = 0, pad_right = 0) -> y
          axis g < groups
          axis p < (#m + pad_left + pad_right - dilation*(#k - 1) - 1) / stride + 1
          y[b,(g,j),p] += x[b,(g,i),m] * w[(g,j),i,k]  if m == stride*p + dilation*k - pad_left
          y[b,(g,j),p] += bias[(g,j)]
        """).Tried("groups", 2).Tried("stride", 2).Tried("pad_left", 1).Sized("m", 5).Sized("k", 2);

    /// <summary>conv2d in groups of channels, with stride, dilation and padding of its own for each side: w [g j, i, k,
    /// l].</summary>
    public static readonly Op Conv2dGrouped = Op.Define("""
        conv2d_grouped(x[b,(g,i),m,n], w[(g,j),i,k,l], bias[(g,j)]; groups = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0) -> y
          axis g < groups
          axis p < (#m + pad_top + pad_bottom - dilation_h*(#k - 1) - 1) / stride_h + 1
          axis q < (#n + pad_left + pad_right - dilation_w*(#l - 1) - 1) / stride_w + 1
          y[b,(g,j),p,q] += x[b,(g,i),m,n] * w[(g,j),i,k,l]  if m == stride_h*p + dilation_h*k - pad_top and n == stride_w*q + dilation_w*l - pad_left
          y[b,(g,j),p,q] += bias[(g,j)]
        """).Tried("groups", 2).Tried("stride_h", 2).Tried("dilation_w", 2).Tried("pad_top", 1).Tried("pad_right", 1)
        .Sized("m", 4).Sized("n", 4).Sized("k", 3).Sized("l", 2).Sized("b", 1);

    /// <summary>Each channel with its own filter: x [b, c, m], w [c, k] to y [b, c, p].</summary>
    public static readonly Op DepthwiseConv1d = Op.Define("""
        depthwise_conv1d(x[b,c,m], w[c,k]; stride = 1, pad = 0) -> y
          axis p < (#m + 2*pad - #k) / stride + 1
          y[b,c,p] += x[b,c,m] * w[c,k]  if m == stride*p + k - pad
        """).Tried("pad", 1).Sized("m", 4).Sized("k", 3);

    /// <summary>Each channel with its own filter: x [b, c, m, n], w [c, k, l] to y [b, c, p, q].</summary>
    public static readonly Op DepthwiseConv2d = Op.Define("""
        depthwise_conv2d(x[b,c,m,n], w[c,k,l]; stride = 1, pad = 0) -> y
          axis p < (#m + 2*pad - #k) / stride + 1
          axis q < (#n + 2*pad - #l) / stride + 1
          y[b,c,p,q] += x[b,c,m,n] * w[c,k,l]  if m == stride*p + k - pad and n == stride*q + l - pad
        """).Tried("pad", 1).Sized("m", 4).Sized("n", 3).Sized("k", 3).Sized("l", 2);

    /// <summary>Each time step sees itself and earlier ones: x [b, t, i], w [j, i, k] to y [b, s, j]; tap 0 is the
    /// present.</summary>
    public static readonly Op CausalConv1d = Op.Define("""
        causal_conv1d(x[b,t,i], w[j,i,k]; dilation = 1) -> y
          axis s < #t
          y[b,s,j] += x[b,t,i] * w[j,i,k]  if t == s - dilation*k
        """).Tried("dilation", 2).Sized("t", 4).Sized("k", 2);

    internal static Op[] All =>
        [Conv1d, Conv2d, Conv3d, Conv1dGrouped, Conv2dGrouped, DepthwiseConv1d, DepthwiseConv2d, CausalConv1d];
}

public sealed partial class Tensor
{
    /// <summary>Over sequences: x [b, i, m], w [j, i, k], bias [j] to [b, j, p].</summary>
    public Tensor Conv1d(Tensor w, Tensor bias, int stride = 1, int pad = 0, int dilation = 1) =>
        ConvolutionOps.Conv1d.Call([this, w, bias], stride, pad, dilation);

    /// <summary>Over images: x [b, i, m, n], w [j, i, k, l], bias [j] to [b, j, p, q].</summary>
    public Tensor Conv2d(Tensor w, Tensor bias, int stride = 1, int pad = 0, int dilation = 1) =>
        ConvolutionOps.Conv2d.Call([this, w, bias], stride, pad, dilation);

    /// <summary>Over volumes: x [b, i, m, n, o], w [j, i, k, l, r], bias [j] to [b, j, p, q, s].</summary>
    public Tensor Conv3d(Tensor w, Tensor bias, int stride = 1, int pad = 0, int dilation = 1) =>
        ConvolutionOps.Conv3d.Call([this, w, bias], stride, pad, dilation);

    /// <summary>In groups of channels: x [b, g i, m], w [g j, i, k], bias [g j].</summary>
    public Tensor Conv1dGrouped(Tensor w, Tensor bias, int groups, int stride = 1, int pad = 0, int dilation = 1) =>
        ConvolutionOps.Conv1dGrouped.Call([this, w, bias], groups, stride, dilation, pad, pad);

    /// <summary>In groups of channels: x [b, g i, m, n], w [g j, i, k, l], bias [g j].</summary>
    public Tensor Conv2dGrouped(Tensor w, Tensor bias, int groups, int stride = 1, int pad = 0, int dilation = 1) =>
        ConvolutionOps.Conv2dGrouped.Call([this, w, bias], groups, stride, stride, dilation, dilation, pad, pad, pad,
            pad);

    /// <summary>Each channel with its own filter: x [b, c, m], w [c, k].</summary>
    public Tensor DepthwiseConv1d(Tensor w, int stride = 1, int pad = 0) =>
        ConvolutionOps.DepthwiseConv1d.Call([this, w], stride, pad);

    /// <summary>Each channel with its own filter: x [b, c, m, n], w [c, k, l].</summary>
    public Tensor DepthwiseConv2d(Tensor w, int stride = 1, int pad = 0) =>
        ConvolutionOps.DepthwiseConv2d.Call([this, w], stride, pad);

    /// <summary>Sees only earlier positions: x [b, t, i], w [j, i, k] to [b, t, j].</summary>
    public Tensor CausalConv1d(Tensor w, int dilation = 1) => ConvolutionOps.CausalConv1d.Call([this, w], dilation);
}
