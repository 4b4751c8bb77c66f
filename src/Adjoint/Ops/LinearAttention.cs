namespace Adjoint;

// Where softmax uses exp(q k), these use a product of features f(q) f(k): the sum over keys is taken once, so the
// cost is linear in the length. The Maclaurin series of exp of any degree is a table: feature m is weight[m] times
// the product of degree[m] elements of x, at the positions word[m, 0 …]. All words of a degree (weight
// sqrt(1/degree!)) give the full form, one of each multiset (weight sqrt(multinomial/degree!)) the symmetric one.

/// <summary>Attention by features, linear in the length.</summary>
public static class LinearAttentionOps
{
    /// <summary>Maclaurin features: x [.., c], word [m, i], degree [m], weight [m] to y [.., m].</summary>
    public static readonly Op MaclaurinFeatures = Op.Define("""
        maclaurin_features(x[..,c], int word[m,i], int degree[m], weight[m]) -> y
          f[..,m] *= x[..,word[m,i]]  if i < degree[m]
          y[..,m] = weight[m] * f[..,m]
        """).Within("degree", 0, 2).Sized("i", 2);

    /// <summary>Attention by given features: fq [.., t, m], fk [.., u, m], v [.., u, d] to y [.., t, d].</summary>
    public static readonly Op LinearAttention = Op.Define("""
        linear_attention(fq[..,t,m], fk[..,u,m], v[..,u,d]) -> y
          s[..,m,d] += fk[..,u,m] * v[..,u,d]
          n[..,m]   += fk[..,u,m]
          a[..,t,d] += fq[..,t,m] * s[..,m,d]
          z[..,t]   += fq[..,t,m] * n[..,m]
          y[..,t,d] = a[..,t,d] / z[..,t]
        """).Within("fq", 0.2, 1).Within("fk", 0.2, 1);

    /// <summary>Attention with the Maclaurin series of exp, full or symmetric: q [.., t, c], k [.., u, c], v [.., u, d]
    /// to y [.., t, d].</summary>
    public static readonly Op AttentionMaclaurin = Op.Define("""
        attention_maclaurin(q[..,t,c], k[..,u,c], v[..,u,d], int word[m,i], int degree[m], weight[m]) -> y
          fq[..,t,m] *= q[..,t,word[m,i]]  if i < degree[m]
          fk[..,u,m] *= k[..,u,word[m,i]]  if i < degree[m]
          w[m]       = square(weight[m])
          s[..,m,d]  += w[m] * fk[..,u,m] * v[..,u,d]
          n[..,m]    += w[m] * fk[..,u,m]
          a[..,t,d]  += fq[..,t,m] * s[..,m,d]
          z[..,t]    += fq[..,t,m] * n[..,m]
          y[..,t,d]  = a[..,t,d] / z[..,t]
        """).Within("degree", 0, 2).Within("q", 0.2, 1).Within("k", 0.2, 1).Sized("i", 2);

    /// <summary>linear_attention of each position to itself and the earlier ones, as a recurrence whose state is [b, m,
    /// d]: fq, fk [t, b, m], v, y [t, b, d].</summary>
    public static readonly Op LinearAttentionCausal = Op.Define("""
        linear_attention_causal(fq[t,b,m], fk[t,b,m], v[t,b,d]) -> y
          for t:
            s[t,b,m,d] = s[t-1,b,m,d] + fk[t,b,m] * v[t,b,d]
            n[t,b,m]   = n[t-1,b,m] + fk[t,b,m]
            a[t,b,d]   += fq[t,b,m] * s[t,b,m,d]
            z[t,b]     += fq[t,b,m] * n[t,b,m]
            y[t,b,d]   = a[t,b,d] / z[t,b]
        """).Within("fq", 0.2, 1).Within("fk", 0.2, 1);

    /// <summary>attention_maclaurin of each position to itself and the earlier ones, as a recurrence: q, k [t, b, c],
    /// v, y [t, b, d].</summary>
    public static readonly Op AttentionMaclaurinCausal = Op.Define("""
        attention_maclaurin_causal(q[t,b,c], k[t,b,c], v[t,b,d], int word[m,i], int degree[m], weight[m]) -> y
          w[m] = square(weight[m])
          for t:
            fq[t,b,m]  *= q[t,b,word[m,i]]  if i < degree[m]
            fk[t,b,m]  *= k[t,b,word[m,i]]  if i < degree[m]
            wk[t,b,m]  = w[m] * fk[t,b,m]
            s[t,b,m,d] = s[t-1,b,m,d] + wk[t,b,m] * v[t,b,d]
            n[t,b,m]   = n[t-1,b,m] + wk[t,b,m]
            a[t,b,d]   += fq[t,b,m] * s[t,b,m,d]
            z[t,b]     += fq[t,b,m] * n[t,b,m]
            y[t,b,d]   = a[t,b,d] / z[t,b]
        """).Within("degree", 0, 2).Within("q", 0.2, 1).Within("k", 0.2, 1).Sized("i", 2);

    /// <summary>One step of linear_attention_causal for generation: the state s [b, m, d], n [b, m] is carried
    /// on.</summary>
    public static readonly Op LinearAttentionStep = Op.Define("""
        linear_attention_step(fq[b,m], fk[b,m], v[b,d], s[b,m,d], n[b,m]) -> y, s', n'
          s'[b,m,d] += fk[b,m] * v[b,d]
          n'[b,m]   += fk[b,m]
          a[b,d]    += fq[b,m] * s'[b,m,d]
          z[b]      += fq[b,m] * n'[b,m]
          y[b,d]    = a[b,d] / z[b]
        """).Within("fq", 0.2, 1).Within("fk", 0.2, 1).Within("n", 0.2, 1);

    /// <summary>A run of steps of linear_attention_causal at once, as products: fq, fk [b, t, m], v [b, t, d] to y [b, t, d]; the
    /// state s [b, m, d], n [b, m] is carried on.</summary>
    public static readonly Op LinearAttentionRun = Op.Define("""
        linear_attention_run(fq[b,t,m], fk[b,u,m], v[b,u,d], s[b,m,d], n[b,m]) -> y, s', n'
          w[b,t,u]  += fq[b,t,m] * fk[b,u,m]  if u <= t
          a[b,t,d]  += fq[b,t,m] * s[b,m,d]
          a[b,t,d]  += w[b,t,u] * v[b,u,d]    if u <= t
          z[b,t]    += fq[b,t,m] * n[b,m]
          z[b,t]    += w[b,t,u]               if u <= t
          y[b,t,d]  = a[b,t,d] / z[b,t]
          s'[b,m,d] += fk[b,u,m] * v[b,u,d]
          n'[b,m]   += fk[b,u,m]
        """).Within("fq", 0.2, 1).Within("fk", 0.2, 1).Within("n", 0.2, 1);

    /// <summary>Linear attention with the feature elu + 1 (arXiv:2006.16236): q [.., t, c], k [.., u, c], v [.., u, d]
    /// to y [.., t, d].</summary>
    public static readonly Op AttentionElu = Op.Define("""
        attention_elu(q[..,t,c], k[..,u,c], v[..,u,d]) -> y
          fq[..,t,c] = where(q[..,t,c] > 0, q[..,t,c] + 1, exp(q[..,t,c]))
          fk[..,u,c] = where(k[..,u,c] > 0, k[..,u,c] + 1, exp(k[..,u,c]))
          s[..,c,d]  += fk[..,u,c] * v[..,u,d]
          n[..,c]    += fk[..,u,c]
          a[..,t,d]  += fq[..,t,c] * s[..,c,d]
          z[..,t]    += fq[..,t,c] * n[..,c]
          y[..,t,d]  = a[..,t,d] / z[..,t]
        """);

    internal static Op[] All =>
    [
        MaclaurinFeatures, LinearAttention, AttentionMaclaurin, LinearAttentionCausal, AttentionMaclaurinCausal,
        LinearAttentionStep, LinearAttentionRun, AttentionElu,
    ];
}

public sealed partial class Tensor
{
    /// <summary>Features of the Maclaurin series of exp: x [.., c], word [m, i], degree [m], weight [m] to [..,
    /// m].</summary>
    public Tensor MaclaurinFeatures(Tensor word, Tensor degree, Tensor weight) =>
        LinearAttentionOps.MaclaurinFeatures.Call([this, word, degree, weight]);

    /// <summary>Attention by given features; this is fq [.., t, m], fk [.., u, m], v [.., u, d] to [.., t,
    /// d].</summary>
    public Tensor LinearAttention(Tensor fk, Tensor v) => LinearAttentionOps.LinearAttention.Call([this, fk, v]);

    /// <summary>Causal attention by features, as a recurrence; this is fq [t, b, m], fk [t, b, m], v [t, b,
    /// d].</summary>
    public Tensor LinearAttentionCausal(Tensor fk, Tensor v) =>
        LinearAttentionOps.LinearAttentionCausal.Call([this, fk, v]);

    /// <summary>Attention with the Maclaurin series of exp: q [.., t, c], k [.., u, c], v [.., u, d].</summary>
    public Tensor AttentionMaclaurin(Tensor k, Tensor v, Tensor word, Tensor degree, Tensor weight) =>
        LinearAttentionOps.AttentionMaclaurin.Call([this, k, v, word, degree, weight]);
}
