namespace Adjoint;

// The maximum is under stop: it cancels, so its path in the gradient is 0 and would only cost time. The exponentials
// are named, so that the reverse reads them instead of computing them again.

/// <summary>Softmax and its relatives over the last axis: x [.., j] to y [.., j].</summary>
public static class SoftmaxOps
{
    /// <summary>exp(x) divided by its sum, without overflow.</summary>
    public static readonly Op Softmax = Op.Define("""
        softmax(x[..,j]) -> y
          m[..]   max= x[..,j]
          e[..,j] = exp(x[..,j] - stop(m[..]))
          z[..]   += e[..,j]
          y[..,j] = e[..,j] / z[..]
        """);

    /// <summary>The logarithm of softmax, without underflow.</summary>
    public static readonly Op LogSoftmax = Op.Define("""
        log_softmax(x[..,j]) -> y
          m[..]   max= x[..,j]
          e[..,j] = exp(x[..,j] - stop(m[..]))
          z[..]   += e[..,j]
          l[..]   = stop(m[..]) + log(z[..])
          y[..,j] = x[..,j] - l[..]
        """);

    /// <summary>softmax over the elements whose mask is true, 0 elsewhere; a row without any is 0/0.</summary>
    public static readonly Op SoftmaxMasked = Op.Define("""
        softmax_masked(x[..,j], int mask[..,j]) -> y
          m[..]   max= x[..,j]                      if mask[..,j] != 0
          e[..,j] = exp(x[..,j] - stop(m[..]))      if mask[..,j] != 0
          z[..]   += e[..,j]
          y[..,j] = e[..,j] / z[..]
        """).Within("mask", 0, 4);

    /// <summary>softmax of x / temperature: sharper below 1, flatter above.</summary>
    public static readonly Op SoftmaxTemperature = Op.Define("""
        softmax_temperature(x[..,j]; temperature = 1) -> y
          m[..]   max= x[..,j]
          e[..,j] = exp((x[..,j] - stop(m[..])) / temperature)
          z[..]   += e[..,j]
          y[..,j] = e[..,j] / z[..]
        """).Tried("temperature", 0.5);

    /// <summary>softmax of -x.</summary>
    public static readonly Op Softmin = Op.Define("""
        softmin(x[..,j]) -> y
          m[..]   min= x[..,j]
          e[..,j] = exp(stop(m[..]) - x[..,j])
          z[..]   += e[..,j]
          y[..,j] = e[..,j] / z[..]
        """);

    /// <summary>1 at the first largest element, 0 elsewhere.</summary>
    public static readonly Op Hardmax = Op.Define("""
        hardmax(x[..,j]) -> y
          m[..]   max= x[..,j]
          at[..]  min= j  if x[..,j] == m[..]
          y[..,j] = j == at[..]
        """);

    /// <summary>A differentiable draw from the distribution with logits x (arXiv:1611.01144).</summary>
    public static readonly Op GumbelSoftmax = Op.Define("""
        gumbel_softmax(x[..,j], uniform u[..,j]; temperature = 1) -> y
          s[..,j] = (x[..,j] - log(1e-20 - log(u[..,j] + 1e-20))) / temperature
          m[..]   max= s[..,j]
          e[..,j] = exp(s[..,j] - stop(m[..]))
          z[..]   += e[..,j]
          y[..,j] = e[..,j] / z[..]
        """).Tried("temperature", 0.5);

    /// <summary>Rows divided by their sum.</summary>
    public static readonly Op NormalizeSum = Op.Define("""
        normalize_sum(x[..,j]) -> y
          z[..]   += x[..,j]
          y[..,j] = x[..,j] / z[..]
        """).Within("x", 0.1, 2);

    internal static Op[] All =>
        [Softmax, LogSoftmax, SoftmaxMasked, SoftmaxTemperature, Softmin, Hardmax, GumbelSoftmax, NormalizeSum];
}

public sealed partial class Tensor
{
    /// <summary>exp(x) divided by its sum, along an axis.</summary>
    public Tensor Softmax(int axis = -1) => SoftmaxOps.Softmax.CallAlong([axis], false, [this]);

    /// <summary>The logarithm of softmax, along an axis.</summary>
    public Tensor LogSoftmax(int axis = -1) => SoftmaxOps.LogSoftmax.CallAlong([axis], false, [this]);

    /// <summary>softmax of -x, along an axis.</summary>
    public Tensor Softmin(int axis = -1) => SoftmaxOps.Softmin.CallAlong([axis], false, [this]);

    /// <summary>1 at the first largest element, 0 elsewhere, along an axis.</summary>
    public Tensor Hardmax(int axis = -1) => SoftmaxOps.Hardmax.CallAlong([axis], false, [this]);

    /// <summary>Divided by the sum, along an axis.</summary>
    public Tensor NormalizeSum(int axis = -1) => SoftmaxOps.NormalizeSum.CallAlong([axis], false, [this]);

    /// <summary>softmax over the elements whose mask is true, 0 elsewhere: x, mask of one shape.</summary>
    public Tensor SoftmaxMasked(Tensor mask, int axis = -1) =>
        SoftmaxOps.SoftmaxMasked.CallAlong([axis], false, [this, mask]);

    /// <summary>softmax of x / temperature along an axis.</summary>
    public Tensor SoftmaxTemperature(double temperature, int axis = -1) =>
        SoftmaxOps.SoftmaxTemperature.CallAlong([axis], false, [this], [temperature]);

    /// <summary>A differentiable draw from the distribution with these logits: [.., j].</summary>
    public Tensor GumbelSoftmax(double temperature = 1) => SoftmaxOps.GumbelSoftmax.Call([this], temperature);
}
