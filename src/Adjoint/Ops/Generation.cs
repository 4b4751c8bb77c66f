namespace Adjoint;

// A cache has room for #u positions and is updated in place; position says which row is new. One step costs what the
// new row costs, not what the prefix costs. A run of #t new rows begins at position; the products end with its last row,
// and what a row must not see is left out between them, so that they are products of matrices.

/// <summary>Generation position by position with cached keys and values.</summary>
public static class GenerationOps
{
    /// <summary>Writes one row into the cache: cache [b, u, c], row [b, c].</summary>
    public static readonly Op CacheAppend = Op.Define("""
        cache_append(cache[b,u,c], row[b,c], int position) -> cache'
          cache'[b,position,c] = row[b,c]
        """);

    /// <summary>attention of one query to the cached positions up to and with this one: q [b, c], keys [b, u, c],
    /// values [b, u, d] to y [b, d].</summary>
    public static readonly Op AttentionStep = Op.Define("""
        attention_step(q[b,c], keys[b,u,c], values[b,u,d], int position) -> y
          s[b,u] += q[b,c] * keys[b,u,c] / sqrt(#c)  if u <= position
          m[b]   max= s[b,u]                         if u <= position
          e[b,u] = exp(s[b,u] - stop(m[b]))          if u <= position
          z[b]   += e[b,u]                           if u <= position
          p[b,u] = e[b,u] / z[b]                     if u <= position
          y[b,d] += p[b,u] * values[b,u,d]           if u <= position
        """).Within("position", 1, 1);

    /// <summary>attention_step to the last window positions only, the present one included.</summary>
    public static readonly Op AttentionStepWindowed = Op.Define("""
        attention_step_windowed(q[b,c], keys[b,u,c], values[b,u,d], int position; window = 2) -> y
          s[b,u] += q[b,c] * keys[b,u,c] / sqrt(#c)  if u <= position and position < u + window
          m[b]   max= s[b,u]                         if u <= position and position < u + window
          e[b,u] = exp(s[b,u] - stop(m[b]))          if u <= position and position < u + window
          z[b]   += e[b,u]                           if u <= position and position < u + window
          p[b,u] = e[b,u] / z[b]                     if u <= position and position < u + window
          y[b,d] += p[b,u] * values[b,u,d]           if u <= position and position < u + window
        """).Within("position", 1, 1);

    /// <summary>attention_alibi of one query to the cached positions up to and with this one. Scores that rise towards it differ
    /// from those that fall with the distance by a number that is the same for all keys: q [b, h, c], keys [b, h, u, c], values
    /// [b, h, u, d] to y [b, h, d].</summary>
    public static readonly Op AttentionStepAlibi = Op.Define("""
        attention_step_alibi(q[b,h,c], keys[b,h,u,c], values[b,h,u,d], int position) -> y
          rate[h]    = exp(-5.545177444479562 * (h + 1) / #h)
          s[b,h,u] += q[b,h,c] * keys[b,h,u,c] / sqrt(#c)  if u <= position
          s[b,h,u] += rate[h] * u                          if u <= position
          m[b,h]   max= s[b,h,u]                           if u <= position
          e[b,h,u] = exp(s[b,h,u] - stop(m[b,h]))          if u <= position
          z[b,h]   += e[b,h,u]                             if u <= position
          p[b,h,u] = e[b,h,u] / z[b,h]                     if u <= position
          y[b,h,d] += p[b,h,u] * values[b,h,u,d]           if u <= position
        """).Within("position", 1, 1);

    /// <summary>Writes rows one behind the other into the cache: cache [b, u, c], rows [b, t, c].</summary>
    public static readonly Op CacheAppendRun = Op.Define("""
        cache_append_run(cache[b,u,c], rows[b,t,c], int position) -> cache'
          cache'[b,position + t,c] = rows[b,t,c]
        """).Within("position", 0, 1).Sized("u", 3).Sized("t", 2);

    /// <summary>attention of a run of queries, each to the cached positions up to and with its own: q [b, t, c], keys [b, u, c],
    /// values [b, u, d] to y [b, t, d].</summary>
    public static readonly Op AttentionRun = Op.Define("""
        attention_run(q[b,t,c], keys[b,u,c], values[b,u,d], int position) -> y
          s[b,t,u] += q[b,t,c] * keys[b,u,c] / sqrt(#c)  if u < position + #t
          m[b,t]   max= s[b,t,u]                         if u <= position + t
          e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))        if u <= position + t
          z[b,t]   += e[b,t,u]                           if u <= position + t
          p[b,t,u] = e[b,t,u] / z[b,t]                   if u <= position + t
          y[b,t,d] += p[b,t,u] * values[b,u,d]           if u < position + #t
        """).Within("position", 0, 1).Sized("u", 3).Sized("t", 2);

    /// <summary>attention_run to the last window positions only, the present one included. These are copied out of the cache, so that
    /// a run costs the same at every place.</summary>
    public static readonly Op AttentionRunWindowed = Op.Define("""
        attention_run_windowed(q[b,t,c], keys[b,u,c], values[b,u,d], int position; window = 2) -> y
          axis o < #t + window - 1
          k[b,o,c] = keys[b,position + o - window + 1,c]    if position + o + 1 >= window
          v[b,o,d] = values[b,position + o - window + 1,d]  if position + o + 1 >= window
          s[b,t,o] += q[b,t,c] * k[b,o,c] / sqrt(#c)
          m[b,t]   max= s[b,t,o]                   if position + o + 1 >= window and t <= o and o < t + window
          e[b,t,o] = exp(s[b,t,o] - stop(m[b,t]))  if position + o + 1 >= window and t <= o and o < t + window
          z[b,t]   += e[b,t,o]                     if position + o + 1 >= window and t <= o and o < t + window
          p[b,t,o] = e[b,t,o] / z[b,t]             if position + o + 1 >= window and t <= o and o < t + window
          y[b,t,d] += p[b,t,o] * v[b,o,d]
        """).Within("position", 0, 1).Sized("u", 3).Sized("t", 2);

    /// <summary>attention_step_alibi of a run of queries: q [b, h, t, c], keys [b, h, u, c], values [b, h, u, d] to
    /// y [b, h, t, d].</summary>
    public static readonly Op AttentionRunAlibi = Op.Define("""
        attention_run_alibi(q[b,h,t,c], keys[b,h,u,c], values[b,h,u,d], int position) -> y
          rate[h]    = exp(-5.545177444479562 * (h + 1) / #h)
          s[b,h,t,u] += q[b,h,t,c] * keys[b,h,u,c] / sqrt(#c)  if u < position + #t
          f[b,h,t,u] = s[b,h,t,u] + rate[h] * u                if u <= position + t
          m[b,h,t]   max= f[b,h,t,u]                           if u <= position + t
          e[b,h,t,u] = exp(f[b,h,t,u] - stop(m[b,h,t]))        if u <= position + t
          z[b,h,t]   += e[b,h,t,u]                             if u <= position + t
          p[b,h,t,u] = e[b,h,t,u] / z[b,h,t]                   if u <= position + t
          y[b,h,t,d] += p[b,h,t,u] * values[b,h,u,d]           if u < position + #t
        """).Within("position", 0, 1).Sized("u", 3).Sized("t", 2);

    /// <summary>A whole self-attention layer for one new position, heads split, cache updated: x [b, i], keys [b, h, u,
    /// c], values [b, h, u, d] to y [b, j].</summary>
    public static readonly Op MultiheadAttentionStep = Op.Define("""
        multihead_attention_step(x[b,i], wq[(h,c),i], wk[(h,c),i], wv[(h,d),i], wo[j,(h,d)], keys[b,h,u,c], values[b,h,u,d], int position) -> y, keys', values'
          q[b,h,c]     += x[b,i] * wq[(h,c),i]
          key[b,h,c]   += x[b,i] * wk[(h,c),i]
          value[b,h,d] += x[b,i] * wv[(h,d),i]
          keys'[b,h,position,c]   = key[b,h,c]
          values'[b,h,position,d] = value[b,h,d]
          s[b,h,u] += q[b,h,c] * keys'[b,h,u,c] / sqrt(#c)  if u <= position
          m[b,h]   max= s[b,h,u]                            if u <= position
          e[b,h,u] = exp(s[b,h,u] - stop(m[b,h]))           if u <= position
          z[b,h]   += e[b,h,u]                              if u <= position
          p[b,h,u] = e[b,h,u] / z[b,h]                      if u <= position
          o[b,h,d] += p[b,h,u] * values'[b,h,u,d]           if u <= position
          y[b,j]   += o[b,h,d] * wo[j,(h,d)]
        """).Within("position", 1, 1);

    internal static Op[] All =>
    [
        CacheAppend, AttentionStep, AttentionStepWindowed, AttentionStepAlibi, CacheAppendRun, AttentionRun, AttentionRunWindowed,
        AttentionRunAlibi, MultiheadAttentionStep,
    ];
}
