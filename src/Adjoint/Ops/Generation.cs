namespace Adjoint;

// A cache has room for #u positions and is updated in place; position says which row is new. One step costs what the
// new row costs, not what the prefix costs.

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

    internal static Op[] All => [CacheAppend, AttentionStep, AttentionStepWindowed, AttentionStepAlibi, MultiheadAttentionStep];
}
