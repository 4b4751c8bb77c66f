namespace Adjoint;

// Heads of the queries lie in groups (h,r): each key head h serves #r of them. A mask adds to the scores; masked
// positions are -inf, and a row that is masked everywhere gives 0.

/// <summary>Attention over heads.</summary>
static class OnnxAttention
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["Attention"] = call => IsPlain(call) ? Plain(call) : General(call),
        ["RotaryEmbedding"] = OnnxRotary.Run,
    };

    /// <summary>[b,t,(h,c)] to [b,h,t,c].</summary>
    public static NdArray SplitHeads(NdArray x, int heads) => OnnxLoops.Run("split_heads", [("heads", heads)], x)[0];

    // What the catalogue has: heads side by side in the last axis, no mask, nothing kept; groups of heads if causal.
    static bool IsPlain(OnnxCall call) => call[0].Rank == 3 && call.InputCount == 3 && call.OutputCount == 1
        && !call.Has("scale") && call.Number("softcap", 0) == 0
        && (call.Flag("is_causal") || call.Integer("q_num_heads", 1) == call.Integer("kv_num_heads", 1));

    static OnnxValue[] Plain(OnnxCall call)
    {
        var (q, k, v) = (call.Array(0), call.Array(1), call.Array(2));
        var (heads, keyHeads) = (call.Integer("q_num_heads", 1), call.Integer("kv_num_heads", 1));
        return call.Result(call.Flag("is_causal")
            ? OnnxLoops.Run("attention_grouped_query", [("groups", keyHeads), ("queries", heads / keyHeads)], q, k, v)
            : OnnxLoops.Run("attention_multihead", [("heads", heads)], q, k, v));
    }

    static OnnxValue[] General(OnnxCall call)
    {
        var isFlat = call[0].Rank == 3;
        NdArray Heads(int input, string attribute) =>
            isFlat ? SplitHeads(call.Array(input), call.Integer(attribute, 1)) : call.Array(input);
        var (q, k, v) = (Heads(0, "q_num_heads"), Heads(1, "kv_num_heads"), Heads(2, "kv_num_heads"));
        var past = call.Optional(4)?.Shape[2] ?? 0;
        if (past > 0) (k, v) = (OnnxShapes.Join([call.Array(4), k], 2), OnnxShapes.Join([call.Array(5), v], 2));
        var (batch, steps, keys) = (q.Shape[0], q.Shape[2], k.Shape[2]);
        // Keys behind the valid length of a sequence do not exist; its queries are its last ones then.
        var valid = call.Optional(6)?.Array;
        var length = valid ?? NdArray.Generate([batch], _ => keys);
        var offset = NdArray.Generate([batch], b => valid is null ? past : valid.Values[b] - steps);
        var cap = call.Number("softcap", 0);
        var capped = cap > 0 ? "cap * tanh(raw[b,(h,r),t,u] / cap)" : "raw[b,(h,r),t,u]";
        var seen = call.Flag("is_causal") ? "u < length[b] and u <= t + offset[b]" : "u < length[b]";
        const string keyed = "k[b,h,u,c], bias[b,(h,r),t,u], length[b], offset[b]";
        var scores = OnnxLoops.Run($"""
            scores(q[b,(h,r),t,c], {keyed}; scale = 1, cap = 1) -> raw, capped, s
              axis h < {k.Shape[1]}
              raw[b,(h,r),t,u]    += scale * q[b,(h,r),t,c] * k[b,h,u,c]
              capped[b,(h,r),t,u] = {capped}
              s[b,(h,r),t,u]      = where({seen}, capped[b,(h,r),t,u] + bias[b,(h,r),t,u], -inf)
            """, [("scale", call.Number("scale", 1 / Math.Sqrt(q.Shape[3]))), ("cap", cap)],
            q, k, Bias(call, [batch, q.Shape[1], steps, keys]), length, offset);
        var results = OnnxLoops.Run($"""
            mixed(s[b,(h,r),t,u], v[b,h,u,d]) -> y[b,(h,r),t,d], p
              axis h < {k.Shape[1]}
              m[b,h,r,t]     max= s[b,(h,r),t,u]
              e[b,h,r,t,u]   = where(m[b,h,r,t] == -inf, 0, exp(s[b,(h,r),t,u] - stop(m[b,h,r,t])))
              z[b,h,r,t]     += e[b,h,r,t,u]
              p[b,(h,r),t,u] = where(z[b,h,r,t] == 0, 0, e[b,h,r,t,u] / z[b,h,r,t])
              y[b,(h,r),t,d] += p[b,(h,r),t,u] * v[b,h,u,d]
            """, [], scores[2], v);
        NdArray[] stages = [.. scores, results[1]];
        return call.Result(isFlat ? OnnxLoops.Run("merge_heads", results[0]) : results[0], k, v,
            stages[call.Integer("qk_matmul_output_mode", 0)]);
    }

    // A mask of truths becomes 0 and -inf; keys that a shorter mask does not reach are masked.
    static NdArray Bias(OnnxCall call, int[] shape)
    {
        if (call.Optional(3) is not { } mask) return NdArray.Zeros(shape);
        var bias = mask.Type != DType.Bool ? mask.Array
            : OnnxLoops.Run("""
                bias_of_mask(x[..]) -> y
                  y[..] = where(x[..] != 0, 0, -inf)
                """, mask.Array);
        var missing = shape[^1] - bias.Shape[^1];
        if (missing > 0 && bias.Shape[^1] > 1)
        {
            var masked = NdArray.Generate([.. bias.Shape.SkipLast(1), missing], _ => double.NegativeInfinity);
            bias = OnnxShapes.Join([bias, masked], bias.Rank - 1);
        }
        return OnnxLayout.Expand(bias, shape);
    }
}
