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
