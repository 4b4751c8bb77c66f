namespace Adjoint;

// The relation of a convolution with the roles swapped: p walks the input, m the output. Weights are [input, output,
// taps], as PyTorch's; output_pad adds positions at the end that only the bias may reach.

/// <summary>Transposed convolutions of x [b, i, positions] with w [i, j, taps] to y [b, j, positions].</summary>
public static class TransposedConvolutionOps
{
    /// <summary>Over sequences: x [b, i, p], w [i, j, k], bias [j] to y [b, j, m].</summary>
    public static readonly Op ConvTranspose1d = Op.Define("""
        conv_transpose1d(x[b,i,p], w[i,j,k], bias[j]; stride = 1, pad = 0, dilation = 1, output_pad = 0) -> y
          axis m < (#p - 1)*stride - 2*pad + dilation*(#k - 1) + output_pad + 1
          y[b,j,m] += x[b,i,p] * w[i,j,k]  if m == stride*p + dilation*k - pad
          y[b,j,m] += bias[j]
        """).Tried("stride", 2).Tried("pad", 1).Tried("output_pad", 1).Sized("p", 3).Sized("k", 3);

    /// <summary>Over images: x [b, i, p, q], w [i, j, k, l], bias [j] to y [b, j, m, n].</summary>
    public static readonly Op ConvTranspose2d = Op.Define("""
        conv_transpose2d(x[b,i,p,q], w[i,j,k,l], bias[j]; stride = 1, pad = 0, dilation = 1, output_pad = 0) -> y
          axis m < (#p - 1)*stride - 2*pad + dilation*(#k - 1) + output_pad + 1
          axis n < (#q - 1)*stride - 2*pad + dilation*(#l - 1) + output_pad + 1
          y[b,j,m,n] += x[b,i,p,q] * w[i,j,k,l]  if m == stride*p + dilation*k - pad and n == stride*q + dilation*l - pad
          y[b,j,m,n] += bias[j]
        """).Tried("stride", 2).Tried("pad", 1).Tried("output_pad", 1)
        .Sized("p", 2).Sized("q", 2).Sized("k", 3).Sized("l", 2);

    /// <summary>conv_transpose1d in groups, with padding of its own at each end: w [g i, j, k].</summary>
    public static readonly Op ConvTranspose1dGrouped = Op.Define("""
        conv_transpose1d_grouped(x[b,(g,i),p], w[(g,i),j,k], bias[(g,j)]; groups = 1, stride = 1, dilation = 1, pad_left = 0, pad_right = 0, output_pad = 0) -> y
          axis g < groups
          axis m < (#p - 1)*stride - pad_left - pad_right + dilation*(#k - 1) + output_pad + 1
          y[b,(g,j),m] += x[b,(g,i),p] * w[(g,i),j,k]  if m == stride*p + dilation*k - pad_left
          y[b,(g,j),m] += bias[(g,j)]
        """).Tried("groups", 2).Tried("stride", 2).Tried("pad_left", 1).Sized("p", 3).Sized("k", 2);

    /// <summary>conv_transpose2d in groups, with stride, dilation and padding of its own for each side: w [g i, j, k,
    /// l].</summary>
    public static readonly Op ConvTranspose2dGrouped = Op.Define("""
        conv_transpose2d_grouped(x[b,(g,i),p,q], w[(g,i),j,k,l], bias[(g,j)]; groups = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0, output_pad_h = 0, output_pad_w = 0) -> y
          axis g < groups
          axis m < (#p - 1)*stride_h - pad_top - pad_bottom + dilation_h*(#k - 1) + output_pad_h + 1
          axis n < (#q - 1)*stride_w - pad_left - pad_right + dilation_w*(#l - 1) + output_pad_w + 1
          y[b,(g,j),m,n] += x[b,(g,i),p,q] * w[(g,i),j,k,l]  if m == stride_h*p + dilation_h*k - pad_top and n == stride_w*q + dilation_w*l - pad_left
          y[b,(g,j),m,n] += bias[(g,j)]
        """).Tried("groups", 2).Tried("stride_h", 2).Tried("dilation_w", 2).Tried("pad_top", 1).Tried("pad_right", 1)
        .Sized("p", 2).Sized("q", 2).Sized("k", 3).Sized("l", 2).Sized("b", 1);

    internal static Op[] All => [ConvTranspose1d, ConvTranspose2d, ConvTranspose1dGrouped, ConvTranspose2dGrouped];
}

public sealed partial class Tensor
{
    /// <summary>x [b, i, p], w [i, j, k], bias [j] to [b, j, m].</summary>
    public Tensor ConvTranspose1d(Tensor w, Tensor bias, int stride = 1, int pad = 0, int dilation = 1,
        int outputPad = 0) =>
        TransposedConvolutionOps.ConvTranspose1d.Call([this, w, bias], stride, pad, dilation, outputPad);

    /// <summary>x [b, i, p, q], w [i, j, k, l], bias [j] to [b, j, m, n].</summary>
    public Tensor ConvTranspose2d(Tensor w, Tensor bias, int stride = 1, int pad = 0, int dilation = 1,
        int outputPad = 0) =>
        TransposedConvolutionOps.ConvTranspose2d.Call([this, w, bias], stride, pad, dilation, outputPad);
}
