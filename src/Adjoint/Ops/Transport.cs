namespace Adjoint;

// The plan is a[i] * k[i,j] * b[j] with k = exp(-cost/eps); each round makes the rows, then the columns, sum to p and
// q.

/// <summary>Optimal transport with entropy, by Sinkhorn's iteration (arXiv:1306.0895).</summary>
public static class TransportOps
{
    /// <summary>The transport cost after some rounds: cost [i, j], p [i], q [j] to one number.</summary>
    public static readonly Op Sinkhorn = Op.Define("""
        sinkhorn(cost[i,j], p[i], q[j]; rounds = 50, eps = 0.1) -> value
          axis n < rounds
          k[i,j] = exp(-cost[i,j] / eps)
          b[-1,j] = 1
          for n:
            kb[n,i] += k[i,j] * b[n-1,j]
            a[n,i] = p[i] / kb[n,i]
            ka[n,j] += k[i,j] * a[n,i]
            b[n,j] = q[j] / ka[n,j]
          plan[i,j] = a[#n - 1,i] * k[i,j] * b[#n - 1,j]
          value += plan[i,j] * cost[i,j]
        """).Tried("rounds", 3).Tried("eps", 0.5).Within("p", 0.2, 1).Within("q", 0.2, 1);

    /// <summary>One round: kernel k [i, j], p [i], q [j], scaling b [j] to a [i] and the new b.</summary>
    public static readonly Op SinkhornStep = Op.Define("""
        sinkhorn_step(k[i,j], p[i], q[j], b[j]) -> a, b'
          kb[i] += k[i,j] * b[j]
          a[i]  = p[i] / kb[i]
          ka[j] += k[i,j] * a[i]
          b'[j] = q[j] / ka[j]
        """).Within("k", 0.2, 1).Within("p", 0.2, 1).Within("q", 0.2, 1).Within("b", 0.2, 1);

    /// <summary>Distance of two distributions on a line, as the area between their sums: p, q on positions at
    /// [i].</summary>
    public static readonly Op WassersteinLine = Op.Define("""
        wasserstein_line(p[i], q[i], at[i]) -> value
          for i:
            gap[i] = gap[i-1] + p[i] - q[i]
          value += abs(gap[i]) * (at[i+1] - at[i])  if i < #i - 1
        """);

    internal static Op[] All => [Sinkhorn, SinkhornStep, WassersteinLine];
}

public sealed partial class Tensor
{
    /// <summary>The transport cost; this is the cost [i, j], p [i], q [j] to one number.</summary>
    public Tensor Sinkhorn(Tensor p, Tensor q, int rounds = 50, double eps = 0.1) =>
        TransportOps.Sinkhorn.Call([this, p, q], rounds, eps);

    /// <summary>Distance of two distributions on a line; this is p [i], q, at [i].</summary>
    public Tensor WassersteinLine(Tensor q, Tensor at) => TransportOps.WassersteinLine.Call([this, q, at]);
}
