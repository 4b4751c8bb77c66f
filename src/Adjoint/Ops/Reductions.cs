namespace Adjoint;

/// <summary>Reductions over the last axis, x [.., j] to y [..], unless stated.</summary>
public static class ReductionOps
{
    /// <summary>The sum.</summary>
    public static readonly Op Sum = Op.Define("""
        sum(x[..,j]) -> y
          y[..] += x[..,j]
        """);

    /// <summary>The sum of all elements: one number.</summary>
    public static readonly Op SumAll = Op.Define("""
        sum_all(x[..]) -> y
          y += x[..]
        """);

    /// <summary>The mean.</summary>
    public static readonly Op Mean = Op.Define("""
        mean(x[..,j]) -> y
          y[..] += x[..,j] / #j
        """);

    /// <summary>The mean of all elements: one number.</summary>
    public static readonly Op MeanAll = Op.Define("""
        mean_all(x[..]) -> y
          y += x[..] / #..
        """);

    /// <summary>The mean over the leading axis: x [b, ..] to y [..].</summary>
    public static readonly Op MeanFirst = Op.Define("""
        mean_first(x[b,..]) -> y
          y[..] += x[b,..] / #b
        """);

    /// <summary>The sum over the leading axis: x [b, ..] to y [..].</summary>
    public static readonly Op SumFirst = Op.Define("""
        sum_first(x[b,..]) -> y
          y[..] += x[b,..]
        """);

    /// <summary>The sum with a weight for every position.</summary>
    public static readonly Op WeightedSum = Op.Define("""
        weighted_sum(x[..,j], weight[j]) -> y
          y[..] += weight[j] * x[..,j]
        """);

    /// <summary>The mean of the elements whose mask is true; a row without any gives 0/0.</summary>
    public static readonly Op MaskedMean = Op.Define("""
        masked_mean(x[..,j], int mask[..,j]) -> y
          n[..] += 1  if mask[..,j] != 0
          s[..] += x[..,j]  if mask[..,j] != 0
          y[..] = s[..] / n[..]
        """).Within("mask", 0, 4);

    /// <summary>The variance; divides by the number of elements minus the correction.</summary>
    public static readonly Op Var = Op.Define("""
        var(x[..,j]; correction = 1) -> y
          mean[..] += x[..,j] / #j
          y[..]    += square(x[..,j] - mean[..]) / (#j - correction)
        """).Sized("j", 3);

    /// <summary>The standard deviation; divides by the number of elements minus the correction.</summary>
    public static readonly Op Std = Op.Define("""
        std(x[..,j]; correction = 1) -> y
          mean[..] += x[..,j] / #j
          var[..]  += square(x[..,j] - mean[..]) / (#j - correction)
          y[..]    = sqrt(var[..])
        """).Sized("j", 3);

    /// <summary>The covariance of the columns: x [b, i] to y [i, j].</summary>
    public static readonly Op Covariance = Op.Define("""
        covariance(x[b,i]; correction = 1) -> y
          axis j < #i
          mean[i] += x[b,i] / #b
          y[i,j]  += (x[b,i] - mean[i]) * (x[b,j] - mean[j]) / (#b - correction)
        """).Sized("b", 3);

    /// <summary>The largest element; the first of equal ones takes the gradient.</summary>
    public static readonly Op Max = Op.Define("""
        max(x[..,j]) -> y
          y[..] max= x[..,j]
        """);

    /// <summary>The smallest element; the first of equal ones takes the gradient.</summary>
    public static readonly Op Min = Op.Define("""
        min(x[..,j]) -> y
          y[..] min= x[..,j]
        """);

    /// <summary>The largest element; equal ones share the gradient evenly.</summary>
    public static readonly Op MaxEvenly = Op.Define("""
        max_evenly(x[..,j]) -> y
          m[..] max= x[..,j]
          n[..] += x[..,j] == m[..]
          y[..] += x[..,j] / stop(n[..])  if x[..,j] == m[..]
        """);

    /// <summary>The position of the first largest element, as a number.</summary>
    public static readonly Op ArgMax = Op.Define("""
        arg_max(x[..,j]) -> y
          m[..] max= x[..,j]
          y[..] min= j  if x[..,j] == m[..]
        """);

    /// <summary>The position of the first smallest element, as a number.</summary>
    public static readonly Op ArgMin = Op.Define("""
        arg_min(x[..,j]) -> y
          m[..] min= x[..,j]
          y[..] min= j  if x[..,j] == m[..]
        """);

    /// <summary>The product. Its gradient is exact at 0 and quadratic in #j; for long products:
    /// cumulative_product.</summary>
    public static readonly Op Product = Op.Define("""
        product(x[..,j]) -> y
          y[..] *= x[..,j]
        """);

    /// <summary>log(sum(exp(x))), without overflow.</summary>
    public static readonly Op LogSumExp = Op.Define("""
        logsumexp(x[..,j]) -> y
          m[..]   max= x[..,j]
          e[..,j] = exp(x[..,j] - stop(m[..]))
          z[..]   += e[..,j]
          y[..]   = stop(m[..]) + log(z[..])
        """);

    /// <summary>The logarithm of the sum.</summary>
    public static readonly Op LogSum = Op.Define("""
        log_sum(x[..,j]) -> y
          s[..] += x[..,j]
          y[..] = log(s[..])
        """).Within("x", 0.1, 2);

    /// <summary>The sum of squares.</summary>
    public static readonly Op SumSquare = Op.Define("""
        sum_square(x[..,j]) -> y
          y[..] += square(x[..,j])
        """);

    /// <summary>The sum of absolute values.</summary>
    public static readonly Op NormL1 = Op.Define("""
        norm_l1(x[..,j]) -> y
          y[..] += abs(x[..,j])
        """);

    /// <summary>The Euclidean length. An eps above 0 keeps the gradient finite at the zero vector.</summary>
    public static readonly Op NormL2 = Op.Define("""
        norm_l2(x[..,j]; eps = 0) -> y
          s[..] += square(x[..,j])
          y[..] = sqrt(s[..] + eps)
        """);

    /// <summary>The p-norm, (sum |x|^p)^(1/p).</summary>
    public static readonly Op NormLp = Op.Define("""
        norm_lp(x[..,j]; p = 2) -> y
          s[..] += pow(abs(x[..,j]), p)
          y[..] = pow(s[..], 1 / p)
        """).Tried("p", 3).Within("x", 0.2, 2);

    /// <summary>The largest absolute value.</summary>
    public static readonly Op NormMax = Op.Define("""
        norm_max(x[..,j]) -> y
          a[..,j] = abs(x[..,j])
          y[..]   max= a[..,j]
        """);

    /// <summary>1 if an element is true.</summary>
    public static readonly Op Any = Op.Define("""
        any(int x[..,j]) -> y
          n[..] += x[..,j] != 0
          y[..] = n[..] > 0
        """).Within("x", 0, 1);

    /// <summary>1 if every element is true.</summary>
    public static readonly Op AllTrue = Op.Define("""
        all(int x[..,j]) -> y
          n[..] += x[..,j] == 0
          y[..] = n[..] == 0
        """).Within("x", 0, 1);

    /// <summary>How many elements are not 0.</summary>
    public static readonly Op CountNonzero = Op.Define("""
        count_nonzero(x[..,j]) -> y
          y[..] += x[..,j] != 0
        """);

    internal static Op[] All =>
    [
        Sum, SumAll, Mean, MeanAll, MeanFirst, SumFirst, WeightedSum, MaskedMean, Var, Std, Covariance, Max, Min,
        MaxEvenly,
        ArgMax, ArgMin, Product, LogSumExp, LogSum, SumSquare, NormL1, NormL2, NormLp, NormMax, Any, AllTrue,
        CountNonzero,
    ];
}

public sealed partial class Tensor
{
    // All axes where none is named. A scalar is its own reduction.
    Tensor Reduced(Op op, ReadOnlySpan<int> axes, bool keepDims, ReadOnlySpan<double> attributes = default,
        DType? result = null)
    {
        if (Rank == 0) return Reshape(1).Reduced(op, [0], false, attributes, result);
        return op.CallAlong(axes.Length > 0
            ? axes : Enumerable.Range(0, Rank).ToArray(), keepDims, [this], attributes, result);
    }

    /// <summary>The mean of all elements: one number.</summary>
    public Tensor Mean() => Reduced(ReductionOps.Mean, [], false);

    /// <summary>The mean along an axis.</summary>
    public Tensor Mean(int axis, bool keepDims = false) => Reduced(ReductionOps.Mean, [axis], keepDims);

    /// <summary>The mean over several axes.</summary>
    public Tensor Mean(ReadOnlySpan<int> axes, bool keepDims = false) => Reduced(ReductionOps.Mean, axes, keepDims);

    /// <summary>The largest element of all elements: one number.</summary>
    public Tensor Max() => Reduced(ReductionOps.Max, [], false);

    /// <summary>The largest element along an axis.</summary>
    public Tensor Max(int axis, bool keepDims = false) => Reduced(ReductionOps.Max, [axis], keepDims);

    /// <summary>The largest element over several axes.</summary>
    public Tensor Max(ReadOnlySpan<int> axes, bool keepDims = false) => Reduced(ReductionOps.Max, axes, keepDims);

    /// <summary>The smallest element of all elements: one number.</summary>
    public Tensor Min() => Reduced(ReductionOps.Min, [], false);

    /// <summary>The smallest element along an axis.</summary>
    public Tensor Min(int axis, bool keepDims = false) => Reduced(ReductionOps.Min, [axis], keepDims);

    /// <summary>The smallest element over several axes.</summary>
    public Tensor Min(ReadOnlySpan<int> axes, bool keepDims = false) => Reduced(ReductionOps.Min, axes, keepDims);

    /// <summary>The product of all elements: one number.</summary>
    public Tensor Product() => Reduced(ReductionOps.Product, [], false);

    /// <summary>The product along an axis.</summary>
    public Tensor Product(int axis, bool keepDims = false) => Reduced(ReductionOps.Product, [axis], keepDims);

    /// <summary>The product over several axes.</summary>
    public Tensor Product(ReadOnlySpan<int> axes, bool keepDims = false) =>
        Reduced(ReductionOps.Product, axes, keepDims);

    /// <summary>log(sum(exp(x))) without overflow of all elements: one number.</summary>
    public Tensor LogSumExp() => Reduced(ReductionOps.LogSumExp, [], false);

    /// <summary>log(sum(exp(x))) without overflow along an axis.</summary>
    public Tensor LogSumExp(int axis, bool keepDims = false) => Reduced(ReductionOps.LogSumExp, [axis], keepDims);

    /// <summary>log(sum(exp(x))) without overflow over several axes.</summary>
    public Tensor LogSumExp(ReadOnlySpan<int> axes, bool keepDims = false) =>
        Reduced(ReductionOps.LogSumExp, axes, keepDims);

    /// <summary>The sum of squares of all elements: one number.</summary>
    public Tensor SumSquare() => Reduced(ReductionOps.SumSquare, [], false);

    /// <summary>The sum of squares along an axis.</summary>
    public Tensor SumSquare(int axis, bool keepDims = false) => Reduced(ReductionOps.SumSquare, [axis], keepDims);

    /// <summary>The sum of squares over several axes.</summary>
    public Tensor SumSquare(ReadOnlySpan<int> axes, bool keepDims = false) =>
        Reduced(ReductionOps.SumSquare, axes, keepDims);

    /// <summary>How many elements are not 0 of all elements: one number.</summary>
    public Tensor CountNonzero() => Reduced(ReductionOps.CountNonzero, [], false);

    /// <summary>How many elements are not 0 along an axis.</summary>
    public Tensor CountNonzero(int axis, bool keepDims = false) =>
        Reduced(ReductionOps.CountNonzero, [axis], keepDims);

    /// <summary>How many elements are not 0 over several axes.</summary>
    public Tensor CountNonzero(ReadOnlySpan<int> axes, bool keepDims = false) =>
        Reduced(ReductionOps.CountNonzero, axes, keepDims);

    /// <summary>The sum of all elements: one number.</summary>
    public Tensor Sum() => Reduced(ReductionOps.Sum, [], false);

    /// <summary>The sum along an axis.</summary>
    public Tensor Sum(int axis, bool keepDims = false) => Reduced(ReductionOps.Sum, [axis], keepDims);

    /// <summary>The sum over several axes.</summary>
    public Tensor Sum(ReadOnlySpan<int> axes, bool keepDims = false) => Reduced(ReductionOps.Sum, axes, keepDims);

    /// <summary>The variance of all elements; divides by their number minus the correction.</summary>
    public Tensor Var(double correction = 1) => Reduced(ReductionOps.Var, [], false, [correction]);

    /// <summary>The variance along an axis.</summary>
    public Tensor Var(int axis, bool keepDims = false, double correction = 1) =>
        Reduced(ReductionOps.Var, [axis], keepDims, [correction]);

    /// <summary>The variance over several axes.</summary>
    public Tensor Var(ReadOnlySpan<int> axes, bool keepDims = false, double correction = 1) =>
        Reduced(ReductionOps.Var, axes, keepDims, [correction]);

    /// <summary>The standard deviation of all elements; divides by their number minus the correction.</summary>
    public Tensor Std(double correction = 1) => Reduced(ReductionOps.Std, [], false, [correction]);

    /// <summary>The standard deviation along an axis.</summary>
    public Tensor Std(int axis, bool keepDims = false, double correction = 1) =>
        Reduced(ReductionOps.Std, [axis], keepDims, [correction]);

    /// <summary>The standard deviation over several axes.</summary>
    public Tensor Std(ReadOnlySpan<int> axes, bool keepDims = false, double correction = 1) =>
        Reduced(ReductionOps.Std, axes, keepDims, [correction]);

    /// <summary>The p-norm of all elements or along an axis; p may be infinite.</summary>
    public Tensor Norm(double p = 2, int? axis = null, bool keepDims = false) =>
        p switch
        {
            1 => Reduced(ReductionOps.NormL1, Chosen(axis), keepDims),
            2 => Reduced(ReductionOps.NormL2, Chosen(axis), keepDims),
            double.PositiveInfinity => Reduced(ReductionOps.NormMax, Chosen(axis), keepDims),
            _ => Reduced(ReductionOps.NormLp, Chosen(axis), keepDims, [p]),
        };

    /// <summary>True if an element is true: bool or integer, of all or along an axis.</summary>
    public Tensor Any(int? axis = null, bool keepDims = false) =>
        Reduced(ReductionOps.Any, Chosen(axis), keepDims, [], DType.Bool);

    /// <summary>True if every element is true: bool or integer, of all or along an axis.</summary>
    public Tensor All(int? axis = null, bool keepDims = false) =>
        Reduced(ReductionOps.AllTrue, Chosen(axis), keepDims, [], DType.Bool);

    /// <summary>The position of the first largest element as int64, of all or along an axis.</summary>
    public Tensor ArgMax(int? axis = null, bool keepDims = false) =>
        Reduced(ReductionOps.ArgMax, Chosen(axis), keepDims, [], DType.Int64);

    /// <summary>The position of the first smallest element as int64, of all or along an axis.</summary>
    public Tensor ArgMin(int? axis = null, bool keepDims = false) =>
        Reduced(ReductionOps.ArgMin, Chosen(axis), keepDims, [], DType.Int64);

    /// <summary>The largest element; equal ones share the gradient.</summary>
    public Tensor MaxEvenly(int axis = -1, bool keepDims = false) =>
        Reduced(ReductionOps.MaxEvenly, [axis], keepDims);

    /// <summary>The mean of the elements whose mask is true: x, mask [.., j] to [..].</summary>
    public Tensor MaskedMean(Tensor mask) => ReductionOps.MaskedMean.Call([this, mask]);

    /// <summary>The sum with a weight [j] for every position: [.., j] to [..].</summary>
    public Tensor WeightedSum(Tensor weight) => ReductionOps.WeightedSum.Call([this, weight]);

    /// <summary>The covariance of the columns: [b, i] to [i, i].</summary>
    public Tensor Covariance(double correction = 1) => ReductionOps.Covariance.Call([this], correction);

    static int[] Chosen(int? axis) => axis is { } one ? [one] : [];
}
