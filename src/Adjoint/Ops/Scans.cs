namespace Adjoint;

// A scan written with a condition (if t <= u) would be correct and quadratic; as a time loop it is linear, with depth
// #t.

/// <summary>Running reductions along the last axis: x [.., t] to y [.., t].</summary>
public static class ScanOps
{
    /// <summary>The sum of all elements up to and with this one.</summary>
    public static readonly Op CumulativeSum = Op.Define("""
        cumulative_sum(x[..,t]) -> y
          for t:
            y[..,t] = y[..,t-1] + x[..,t]
        """);

    /// <summary>The sum of all elements before this one.</summary>
    public static readonly Op CumulativeSumExclusive = Op.Define("""
        cumulative_sum_exclusive(x[..,t]) -> y
          for t:
            s[..,t] = s[..,t-1] + x[..,t]
          y[..,t] = s[..,t-1]
        """);

    /// <summary>The sum of this element and all after it.</summary>
    public static readonly Op CumulativeSumReversed = Op.Define("""
        cumulative_sum_reversed(x[..,t]) -> y
          for t down:
            y[..,t] = y[..,t+1] + x[..,t]
        """);

    /// <summary>The sum of all elements after this one.</summary>
    public static readonly Op CumulativeSumReversedExclusive = Op.Define("""
        cumulative_sum_reversed_exclusive(x[..,t]) -> y
          for t down:
            s[..,t] = s[..,t+1] + x[..,t]
          y[..,t] = s[..,t+1]
        """);

    /// <summary>The product of all elements up to and with this one.</summary>
    public static readonly Op CumulativeProduct = Op.Define("""
        cumulative_product(x[..,t]) -> y
          y[..,-1] = 1
          for t:
            y[..,t] = y[..,t-1] * x[..,t]
        """);

    /// <summary>The largest element so far; the earliest of equal ones takes the gradient.</summary>
    public static readonly Op CumulativeMax = Op.Define("""
        cumulative_max(x[..,t]) -> y
          y[..,-1] = -inf
          for t:
            y[..,t] = max(y[..,t-1], x[..,t])
        """);

    /// <summary>The smallest element so far; the earliest of equal ones takes the gradient.</summary>
    public static readonly Op CumulativeMin = Op.Define("""
        cumulative_min(x[..,t]) -> y
          y[..,-1] = inf
          for t:
            y[..,t] = min(y[..,t-1], x[..,t])
        """);

    /// <summary>log of the running sum of exp(x), without overflow.</summary>
    public static readonly Op CumulativeLogSumExp = Op.Define("""
        cumulative_logsumexp(x[..,t]) -> y
          y[..,-1] = -1e30
          for t:
            y[..,t] = x[..,t] + softplus(y[..,t-1] - x[..,t])
        """);

    /// <summary>The sum of this and all later elements, each step further away worth discount times less (returns of
    /// rewards).</summary>
    public static readonly Op DiscountedSum = Op.Define("""
        discounted_sum(x[..,t]; discount = 0.99) -> y
          for t down:
            y[..,t] = x[..,t] + discount * y[..,t+1]
        """).Tried("discount", 0.7);

    /// <summary>The exponential moving average from 0: y = keep * earlier y + (1 - keep) * x.</summary>
    public static readonly Op MovingAverage = Op.Define("""
        moving_average(x[..,t]; keep = 0.9) -> y
          for t:
            y[..,t] = keep * y[..,t-1] + (1 - keep) * x[..,t]
        """).Tried("keep", 0.7);

    /// <summary>A linear recurrence with a decay for every step and channel: h = decay * earlier h + x, all [t, b,
    /// j].</summary>
    public static readonly Op LinearRecurrence = Op.Define("""
        linear_recurrence(x[t,b,j], decay[t,b,j]) -> h
          for t:
            h[t,b,j] = decay[t,b,j] * h[t-1,b,j] + x[t,b,j]
        """);

    /// <summary>A linear recurrence whose decay [j] is the same at every step.</summary>
    public static readonly Op LinearRecurrenceFixed = Op.Define("""
        linear_recurrence_fixed(x[t,b,j], decay[j]) -> h
          for t:
            h[t,b,j] = decay[j] * h[t-1,b,j] + x[t,b,j]
        """);

    internal static Op[] All =>
    [
        CumulativeSum, CumulativeSumExclusive, CumulativeSumReversed, CumulativeSumReversedExclusive, CumulativeProduct,
        CumulativeMax, CumulativeMin, CumulativeLogSumExp, DiscountedSum, MovingAverage, LinearRecurrence,
        LinearRecurrenceFixed,
    ];
}

public sealed partial class Tensor
{
    /// <summary>The product of all elements up to this one along an axis.</summary>
    public Tensor CumulativeProduct(int axis = -1) => ScanOps.CumulativeProduct.CallAlong([axis], false, [this]);

    /// <summary>The largest element so far along an axis.</summary>
    public Tensor CumulativeMax(int axis = -1) => ScanOps.CumulativeMax.CallAlong([axis], false, [this]);

    /// <summary>The smallest element so far along an axis.</summary>
    public Tensor CumulativeMin(int axis = -1) => ScanOps.CumulativeMin.CallAlong([axis], false, [this]);

    /// <summary>log of the running sum of exp(x) along an axis.</summary>
    public Tensor CumulativeLogSumExp(int axis = -1) => ScanOps.CumulativeLogSumExp.CallAlong([axis], false, [this]);

    /// <summary>The running sum along an axis, with or without the element itself, from either end.</summary>
    public Tensor CumulativeSum(int axis = -1, bool reversed = false, bool exclusive = false) => ((reversed, exclusive) switch
    {
        (false, false) => ScanOps.CumulativeSum,
        (false, true) => ScanOps.CumulativeSumExclusive,
        (true, false) => ScanOps.CumulativeSumReversed,
        _ => ScanOps.CumulativeSumReversedExclusive,
    }).CallAlong([axis], false, [this]);

    /// <summary>The sum of this and all later elements, each step worth discount times less.</summary>
    public Tensor DiscountedSum(double discount = 0.99, int axis = -1) =>
        ScanOps.DiscountedSum.CallAlong([axis], false, [this], [discount]);

    /// <summary>The exponential moving average from 0 along an axis.</summary>
    public Tensor MovingAverage(double keep = 0.9, int axis = -1) =>
        ScanOps.MovingAverage.CallAlong([axis], false, [this], [keep]);

    /// <summary>h = decay * earlier h + x: x [t, b, j], decay [t, b, j] or [j].</summary>
    public Tensor LinearRecurrence(Tensor decay) =>
        (decay.Rank == 1 ? ScanOps.LinearRecurrenceFixed : ScanOps.LinearRecurrence).Call([this, decay]);
}
