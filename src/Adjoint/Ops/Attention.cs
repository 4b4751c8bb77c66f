namespace Adjoint;

// t walks the queries, u the keys. A condition that masks a pair stands in every line that runs over pairs; a query
// without any key reads 0: its quotient p stands in no cell. The weights p are named: they are what a picture of attention shows, and what the reverse
// reads.

/// <summary>Attention by softmax: q [b, t, c], k [b, u, c], v [b, u, d] to y [b, t, d], unless stated.</summary>
public static class AttentionOps
{
    /// <summary>softmax(q k / sqrt(c)) v (arXiv:1706.03762).</summary>
    public static readonly Op Attention = Op.Define("""
        attention(q[b,t,c], k[b,u,c], v[b,u,d]) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)
          m[b,t]   max= s[b,t,u]
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))
          z[b,t]   += e[b,t,u]
          p[b,t,u] = e[b,t,u] / z[b,t]
          y[b,t,d] += p[b,t,u] * v[b,u,d]
        """);

    /// <summary>softmax(q k) v, without the scale: what the Maclaurin series approximates.</summary>
    public static readonly Op AttentionUnscaled = Op.Define("""
        attention_unscaled(q[b,t,c], k[b,u,c], v[b,u,d]) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c]
          m[b,t]   max= s[b,t,u]
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))
          z[b,t]   += e[b,t,u]
          p[b,t,u] = e[b,t,u] / z[b,t]
          y[b,t,d] += p[b,t,u] * v[b,u,d]
        """);

    /// <summary>attention over the pairs whose mask [b, t, u] is true.</summary>
    public static readonly Op AttentionMasked = Op.Define("""
        attention_masked(q[b,t,c], k[b,u,c], v[b,u,d], int keep[b,t,u]) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if keep[b,t,u] != 0
          m[b,t]   max= s[b,t,u]                      if keep[b,t,u] != 0
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))     if keep[b,t,u] != 0
          z[b,t]   += e[b,t,u]                        if keep[b,t,u] != 0
          p[b,t,u] = e[b,t,u] / z[b,t]                if keep[b,t,u] != 0
          y[b,t,d] += p[b,t,u] * v[b,u,d]             if keep[b,t,u] != 0
        """).Within("keep", 0, 4);

    /// <summary>attention over the first length[b] keys of each example.</summary>
    public static readonly Op AttentionPadded = Op.Define("""
        attention_padded(q[b,t,c], k[b,u,c], v[b,u,d], int length[b]) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if u < length[b]
          m[b,t]   max= s[b,t,u]                      if u < length[b]
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))     if u < length[b]
          z[b,t]   += e[b,t,u]                        if u < length[b]
          p[b,t,u] = e[b,t,u] / z[b,t]                if u < length[b]
          y[b,t,d] += p[b,t,u] * v[b,u,d]             if u < length[b]
        """).Within("length", 1, 2);

    /// <summary>attention with a number added to every score: bias [t, u].</summary>
    public static readonly Op AttentionBiased = Op.Define("""
        attention_biased(q[b,t,c], k[b,u,c], v[b,u,d], bias[t,u]) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)
          s[b,t,u] += bias[t,u]
          m[b,t]   max= s[b,t,u]
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))
          z[b,t]   += e[b,t,u]
          p[b,t,u] = e[b,t,u] / z[b,t]
          y[b,t,d] += p[b,t,u] * v[b,u,d]
        """);

    /// <summary>attention of each position to itself and the earlier ones.</summary>
    public static readonly Op AttentionCausal = Op.Define("""
        attention_causal(q[b,t,c], k[b,u,c], v[b,u,d]) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if u <= t
          m[b,t]   max= s[b,t,u]                      if u <= t
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))     if u <= t
          z[b,t]   += e[b,t,u]                        if u <= t
          p[b,t,u] = e[b,t,u] / z[b,t]                if u <= t
          y[b,t,d] += p[b,t,u] * v[b,u,d]             if u <= t
        """);

    /// <summary>attention_causal to the last window positions only, the present one included; the conditions bound the
    /// pairs.</summary>
    public static readonly Op AttentionWindowed = Op.Define("""
        attention_windowed(q[b,t,c], k[b,u,c], v[b,u,d]; window = 2) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if u <= t and t < u + window
          m[b,t]   max= s[b,t,u]                      if u <= t and t < u + window
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))     if u <= t and t < u + window
          z[b,t]   += e[b,t,u]                        if u <= t and t < u + window
          p[b,t,u] = e[b,t,u] / z[b,t]                if u <= t and t < u + window
          y[b,t,d] += p[b,t,u] * v[b,u,d]             if u <= t and t < u + window
        """).Sized("t", 3).Sized("u", 3);

    /// <summary>attention_causal over the first length[b] keys of each example.</summary>
    public static readonly Op AttentionCausalPadded = Op.Define("""
        attention_causal_padded(q[b,t,c], k[b,u,c], v[b,u,d], int length[b]) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if u <= t and u < length[b]
          m[b,t]   max= s[b,t,u]                      if u <= t and u < length[b]
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))     if u <= t and u < length[b]
          z[b,t]   += e[b,t,u]                        if u <= t and u < length[b]
          p[b,t,u] = e[b,t,u] / z[b,t]                if u <= t and u < length[b]
          y[b,t,d] += p[b,t,u] * v[b,u,d]             if u <= t and u < length[b]
        """).Within("length", 1, 2);

    /// <summary>attention_windowed over the first length[b] keys of each example; a window behind them reads 0.</summary>
    public static readonly Op AttentionWindowedPadded = Op.Define("""
        attention_windowed_padded(q[b,t,c], k[b,u,c], v[b,u,d], int length[b]; window = 2) -> y
          s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if u <= t and t < u + window and u < length[b]
          m[b,t]   max= s[b,t,u]                      if u <= t and t < u + window and u < length[b]
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))     if u <= t and t < u + window and u < length[b]
          z[b,t]   += e[b,t,u]                        if u <= t and t < u + window and u < length[b]
          p[b,t,u] = e[b,t,u] / z[b,t]                if u <= t and t < u + window and u < length[b]
          y[b,t,d] += p[b,t,u] * v[b,u,d]             if u <= t and t < u + window and u < length[b]
        """).Within("length", 1, 2).Sized("t", 3).Sized("u", 3);

    /// <summary>The same attention with the distance o as the axis: memory is linear in the window, nothing is
    /// masked.</summary>
    public static readonly Op AttentionBanded = Op.Define("""
        attention_banded(q[b,t,c], k[b,u,c], v[b,u,d]; window = 2) -> y
          axis o < window
          s[b,t,o] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if u == t - o
          m[b,t]   max= s[b,t,o]                      if o <= t
          e[b,t,o] = exp(s[b,t,o] - stop(m[b,t]))     if o <= t
          z[b,t]   += e[b,t,o]                        if o <= t
          p[b,t,o] = e[b,t,o] / z[b,t]                if o <= t
          y[b,t,d] += p[b,t,o] * v[b,u,d]             if u == t - o
        """).Sized("t", 3).Sized("u", 3);

    /// <summary>attention in heads, each on its own slice of the features: q [b, t, h c], k [b, u, h c], v [b, u, h d]
    /// to y [b, t, h d].</summary>
    public static readonly Op AttentionMultihead = Op.Define("""
        attention_multihead(q[b,t,(h,c)], k[b,u,(h,c)], v[b,u,(h,d)]; heads = 2) -> y
          axis h < heads
          s[b,h,t,u]   += q[b,t,(h,c)] * k[b,u,(h,c)] / sqrt(#c)
          m[b,h,t]     max= s[b,h,t,u]
          e[b,h,t,u]   = exp(s[b,h,t,u] - stop(m[b,h,t]))
          z[b,h,t]     += e[b,h,t,u]
          p[b,h,t,u]   = e[b,h,t,u] / z[b,h,t]
          y[b,t,(h,d)] += p[b,h,t,u] * v[b,u,(h,d)]
        """);

    /// <summary>attention_multihead of each position to itself and the earlier ones.</summary>
    public static readonly Op AttentionMultiheadCausal = Op.Define("""
        attention_multihead_causal(q[b,t,(h,c)], k[b,u,(h,c)], v[b,u,(h,d)]; heads = 2) -> y
          axis h < heads
          s[b,h,t,u]   += q[b,t,(h,c)] * k[b,u,(h,c)] / sqrt(#c)  if u <= t
          m[b,h,t]     max= s[b,h,t,u]                            if u <= t
          e[b,h,t,u]   = exp(s[b,h,t,u] - stop(m[b,h,t]))         if u <= t
          z[b,h,t]     += e[b,h,t,u]                              if u <= t
          p[b,h,t,u]   = e[b,h,t,u] / z[b,h,t]                    if u <= t
          y[b,t,(h,d)] += p[b,h,t,u] * v[b,u,(h,d)]               if u <= t
        """);

    /// <summary>A whole attention layer: queries from x [b, t, i], keys and values from source [b, u, r], weights
    /// output by input, biases.</summary>
    public static readonly Op MultiheadAttention = Op.Define("""
        multihead_attention(x[b,t,i], source[b,u,r], wq[(h,c),i], wk[(h,c),r], wv[(h,d),r], wo[j,(h,d)], bq[(h,c)], bk[(h,c)], bv[(h,d)], bo[j]; heads = 2) -> y
          axis h < heads
          q[b,h,t,c] += x[b,t,i] * wq[(h,c),i]
          q[b,h,t,c] += bq[(h,c)]
          k[b,h,u,c] += source[b,u,r] * wk[(h,c),r]
          k[b,h,u,c] += bk[(h,c)]
          v[b,h,u,d] += source[b,u,r] * wv[(h,d),r]
          v[b,h,u,d] += bv[(h,d)]
          s[b,h,t,u] += q[b,h,t,c] * k[b,h,u,c] / sqrt(#c)
          m[b,h,t]   max= s[b,h,t,u]
          e[b,h,t,u] = exp(s[b,h,t,u] - stop(m[b,h,t]))
          z[b,h,t]   += e[b,h,t,u]
          p[b,h,t,u] = e[b,h,t,u] / z[b,h,t]
          o[b,t,h,d] += p[b,h,t,u] * v[b,h,u,d]
          y[b,t,j]   += o[b,t,h,d] * wo[j,(h,d)]
          y[b,t,j]   += bo[j]
        """);

    /// <summary>A whole causal self-attention layer: x [b, t, i], weights output by input, biases.</summary>
    public static readonly Op MultiheadAttentionCausal = Op.Define("""
        multihead_attention_causal(x[b,t,i], wq[(h,c),i], wk[(h,c),i], wv[(h,d),i], wo[j,(h,d)], bq[(h,c)], bk[(h,c)], bv[(h,d)], bo[j]; heads = 2) -> y
          axis h < heads
          axis u < #t
          q[b,h,t,c] += x[b,t,i] * wq[(h,c),i]
          q[b,h,t,c] += bq[(h,c)]
          k[b,h,t,c] += x[b,t,i] * wk[(h,c),i]
          k[b,h,t,c] += bk[(h,c)]
          v[b,h,t,d] += x[b,t,i] * wv[(h,d),i]
          v[b,h,t,d] += bv[(h,d)]
          s[b,h,t,u] += q[b,h,t,c] * k[b,h,u,c] / sqrt(#c)  if u <= t
          m[b,h,t]   max= s[b,h,t,u]                        if u <= t
          e[b,h,t,u] = exp(s[b,h,t,u] - stop(m[b,h,t]))     if u <= t
          z[b,h,t]   += e[b,h,t,u]                          if u <= t
          p[b,h,t,u] = e[b,h,t,u] / z[b,h,t]                if u <= t
          o[b,t,h,d] += p[b,h,t,u] * v[b,h,u,d]             if u <= t
          y[b,t,j]   += o[b,t,h,d] * wo[j,(h,d)]
          y[b,t,j]   += bo[j]
        """);

    /// <summary>Causal attention in which r query heads share one key head (arXiv:2305.13245): q [b, t, g r c], k [b,
    /// u, g c], v [b, u, g d] to y [b, t, g r d].</summary>
    public static readonly Op AttentionGroupedQuery = Op.Define("""
        attention_grouped_query(q[b,t,(g,r,c)], k[b,u,(g,c)], v[b,u,(g,d)]; groups = 2, queries = 2) -> y
          axis g < groups
          axis r < queries
          s[b,g,r,t,u]   += q[b,t,(g,r,c)] * k[b,u,(g,c)] / sqrt(#c)  if u <= t
          m[b,g,r,t]     max= s[b,g,r,t,u]                            if u <= t
          e[b,g,r,t,u]   = exp(s[b,g,r,t,u] - stop(m[b,g,r,t]))       if u <= t
          z[b,g,r,t]     += e[b,g,r,t,u]                              if u <= t
          p[b,g,r,t,u]   = e[b,g,r,t,u] / z[b,g,r,t]                  if u <= t
          y[b,t,(g,r,d)] += p[b,g,r,t,u] * v[b,u,(g,d)]               if u <= t
        """);

    /// <summary>Scores by a small network, w tanh(q + k) (arXiv:1409.0473); w [c].</summary>
    public static readonly Op AttentionAdditive = Op.Define("""
        attention_additive(q[b,t,c], k[b,u,c], v[b,u,d], w[c]) -> y
          a[b,t,u,c] = tanh(q[b,t,c] + k[b,u,c])
          s[b,t,u] += w[c] * a[b,t,u,c]
          m[b,t]   max= s[b,t,u]
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))
          z[b,t]   += e[b,t,u]
          p[b,t,u] = e[b,t,u] / z[b,t]
          y[b,t,d] += p[b,t,u] * v[b,u,d]
        """);

    /// <summary>Causal attention in heads that fades with distance, each head at its own rate (arXiv:2108.12409); q, k
    /// [b, h, t, c], v [b, h, t, d].</summary>
    public static readonly Op AttentionAlibi = Op.Define("""
        attention_alibi(q[b,h,t,c], k[b,h,u,c], v[b,h,u,d]) -> y
          rate[h]    = exp(-5.545177444479562 * (h + 1) / #h)
          s[b,h,t,u] += q[b,h,t,c] * k[b,h,u,c] / sqrt(#c)  if u <= t
          s[b,h,t,u] -= rate[h] * (t - u)                   if u <= t
          m[b,h,t]   max= s[b,h,t,u]                        if u <= t
          e[b,h,t,u] = exp(s[b,h,t,u] - stop(m[b,h,t]))     if u <= t
          z[b,h,t]   += e[b,h,t,u]                          if u <= t
          p[b,h,t,u] = e[b,h,t,u] / z[b,h,t]                if u <= t
          y[b,h,t,d] += p[b,h,t,u] * v[b,h,u,d]             if u <= t
        """);

    /// <summary>attention_alibi over the first length[b] keys of each example.</summary>
    public static readonly Op AttentionAlibiPadded = Op.Define("""
        attention_alibi_padded(q[b,h,t,c], k[b,h,u,c], v[b,h,u,d], int length[b]) -> y
          rate[h]    = exp(-5.545177444479562 * (h + 1) / #h)
          s[b,h,t,u] += q[b,h,t,c] * k[b,h,u,c] / sqrt(#c)  if u <= t and u < length[b]
          s[b,h,t,u] -= rate[h] * (t - u)                   if u <= t and u < length[b]
          m[b,h,t]   max= s[b,h,t,u]                        if u <= t and u < length[b]
          e[b,h,t,u] = exp(s[b,h,t,u] - stop(m[b,h,t]))     if u <= t and u < length[b]
          z[b,h,t]   += e[b,h,t,u]                          if u <= t and u < length[b]
          p[b,h,t,u] = e[b,h,t,u] / z[b,h,t]                if u <= t and u < length[b]
          y[b,h,t,d] += p[b,h,t,u] * v[b,h,u,d]             if u <= t and u < length[b]
        """).Within("length", 1, 2);

    internal static Op[] All =>
    [
        Attention, AttentionUnscaled, AttentionMasked, AttentionPadded, AttentionBiased, AttentionCausal,
        AttentionWindowed, AttentionCausalPadded, AttentionWindowedPadded,
        AttentionBanded, AttentionMultihead, AttentionMultiheadCausal, MultiheadAttention, MultiheadAttentionCausal,
        AttentionGroupedQuery, AttentionAdditive, AttentionAlibi, AttentionAlibiPadded,
    ];
}

public sealed partial class Tensor
{
    /// <summary>Softmax(q k / sqrt(c)) v; this is q. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor Attention(Tensor k, Tensor v) => AttentionOps.Attention.Call([this, k, v]);

    /// <summary>Softmax(q k) v. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor AttentionUnscaled(Tensor k, Tensor v) => AttentionOps.AttentionUnscaled.Call([this, k, v]);

    /// <summary>Attention over the pairs whose mask [b, t, u] is true. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor AttentionMasked(Tensor k, Tensor v, Tensor keep) =>
        AttentionOps.AttentionMasked.Call([this, k, v, keep]);

    /// <summary>Attention over the first length[b] keys. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor AttentionPadded(Tensor k, Tensor v, Tensor length) =>
        AttentionOps.AttentionPadded.Call([this, k, v, length]);

    /// <summary>Attention with a number [t, u] added to every score. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor AttentionBiased(Tensor k, Tensor v, Tensor bias) =>
        AttentionOps.AttentionBiased.Call([this, k, v, bias]);

    /// <summary>Attention of each position to itself and the earlier ones. q [b, t, c], k [b, u, c], v [b, u,
    /// d].</summary>
    public Tensor AttentionCausal(Tensor k, Tensor v) => AttentionOps.AttentionCausal.Call([this, k, v]);

    /// <summary>Causal attention to the last window positions. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor AttentionWindowed(Tensor k, Tensor v, int window) =>
        AttentionOps.AttentionWindowed.Call([this, k, v], window);

    /// <summary>Attention in heads: q, k [b, t, h c], v [b, u, h d].</summary>
    public Tensor AttentionMultihead(Tensor k, Tensor v, int heads) =>
        AttentionOps.AttentionMultihead.Call([this, k, v], heads);

    /// <summary>Causal attention in heads: q, k [b, t, h c], v [b, u, h d].</summary>
    public Tensor AttentionMultiheadCausal(Tensor k, Tensor v, int heads) =>
        AttentionOps.AttentionMultiheadCausal.Call([this, k, v], heads);

    /// <summary>Causal attention in which query heads share key heads. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor AttentionGroupedQuery(Tensor k, Tensor v, int groups, int queries) =>
        AttentionOps.AttentionGroupedQuery.Call([this, k, v], groups, queries);

    /// <summary>Scores by a small network, w tanh(q + k): w [c]. q [b, t, c], k [b, u, c], v [b, u, d].</summary>
    public Tensor AttentionAdditive(Tensor k, Tensor v, Tensor w) =>
        AttentionOps.AttentionAdditive.Call([this, k, v, w]);

    /// <summary>Causal attention that fades with distance: q, k [b, h, t, c], v [b, h, t, d].</summary>
    public Tensor AttentionAlibi(Tensor k, Tensor v) => AttentionOps.AttentionAlibi.Call([this, k, v]);
}
