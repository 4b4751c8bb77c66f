namespace Adjoint.Cli;

/// <summary>Attention as users type it: [b, t, c], [b, u, c], [b, u, d] to [b, t, d].</summary>
static class TypedAttention
{
    public static IReadOnlyList<(string Name, Func<Tensor, Tensor, Tensor, Tensor> Attend)> All { get; } =
        [("softmax", Softmax), ("sigmoid", Sigmoid), ("alibi", Alibi), ("window", Window), ("maclaurin", Maclaurin)];

    static Tensor Softmax(Tensor q, Tensor k, Tensor v) => Loop.Run($"""
        s[b,t,u] += {q}[b,t,c] * {k}[b,u,c] / sqrt(#c)
        m[b,t]   max= s[b,t,u]
        e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))
        z[b,t]   += e[b,t,u]
        p[b,t,u] = e[b,t,u] / z[b,t]
        y[b,t,d] += p[b,t,u] * {v}[b,u,d]
        """);

    static Tensor Sigmoid(Tensor q, Tensor k, Tensor v) => Loop.Run($"""
        s[b,t,u] += {q}[b,t,c] * {k}[b,u,c] / sqrt(#c)
        p[b,t,u] = sigmoid(s[b,t,u] - log(#u))
        y[b,t,d] += p[b,t,u] * {v}[b,u,d]
        """);

    // Scores fall with the distance.
    static Tensor Alibi(Tensor q, Tensor k, Tensor v) => Loop.Run($"""
        s[b,t,u] += {q}[b,t,c] * {k}[b,u,c] / sqrt(#c)  if u <= t
        f[b,t,u] = s[b,t,u] - 0.125 * (t - u)           if u <= t
        m[b,t]   max= f[b,t,u]                          if u <= t
        e[b,t,u] = exp(f[b,t,u] - stop(m[b,t]))         if u <= t
        z[b,t]   += e[b,t,u]                            if u <= t
        p[b,t,u] = e[b,t,u] / z[b,t]                    if u <= t
        y[b,t,d] += p[b,t,u] * {v}[b,u,d]               if u <= t
        """);

    static Tensor Window(Tensor q, Tensor k, Tensor v) => Loop.Run($"""
        s[b,t,u] += {q}[b,t,c] * {k}[b,u,c] / sqrt(#c)  if u <= t and t < u + 256
        m[b,t]   max= s[b,t,u]                          if u <= t and t < u + 256
        e[b,t,u] = exp(s[b,t,u] - stop(m[b,t]))         if u <= t and t < u + 256
        z[b,t]   += e[b,t,u]                            if u <= t and t < u + 256
        p[b,t,u] = e[b,t,u] / z[b,t]                    if u <= t and t < u + 256
        y[b,t,d] += p[b,t,u] * {v}[b,u,d]               if u <= t and t < u + 256
        """);

    // exp cut off after three terms, before the sum over keys is taken out: still pairs of positions.
    static Tensor Maclaurin(Tensor q, Tensor k, Tensor v) => Loop.Run($"""
        s[b,t,u] += {q}[b,t,c] * {k}[b,u,c] / sqrt(#c)
        e[b,t,u] = 1 + s[b,t,u] + 0.5 * square(s[b,t,u])
        z[b,t]   += e[b,t,u]
        p[b,t,u] = e[b,t,u] / z[b,t]
        y[b,t,d] += p[b,t,u] * {v}[b,u,d]
        """);
}
