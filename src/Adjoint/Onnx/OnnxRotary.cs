namespace Adjoint;

/// <summary>Rotary positions from given cosines and sines.</summary>
static class OnnxRotary
{


    // Pairs of channels turn by an angle: neighbours where interleaved, else one of each half. The rest passes.
    public static OnnxValue[] Run(OnnxCall call)
    {
        var isFlat = call[0].Rank == 3;
        var x = isFlat ? OnnxAttention.SplitHeads(call.Array(0), call.Integer("num_heads", 1)) : call.Array(0);
        var (cosine, sine) = (call.Array(1), call.Array(2));
        if (call.Optional(3) is { } position)
        {
            cosine = OnnxLoops.Run("embedding", cosine, position.Array);
            sine = OnnxLoops.Run("embedding", sine, position.Array);
        }
        var size = call.Integer("rotary_embedding_dim", 0) is > 0 and var given ? given : x.Shape[3];
        int[] angles = [x.Shape[0], x.Shape[2], size / 2];
        var (first, second) = call.Flag("interleaved") ? ("2*c", "2*c + 1") : ("0 + c", $"{size / 2} + c");
        var y = OnnxLoops.Run($"""
            rotary_given(x[b,h,t,d], cosine[b,t,c], sine[b,t,c]) -> y[b,h,t,d]
              axis e < #d - {size}
              y[b,h,t,{first}] = x[b,h,t,{first}] * cosine[b,t,c] - x[b,h,t,{second}] * sine[b,t,c]
              y[b,h,t,{second}] = x[b,h,t,{first}] * sine[b,t,c] + x[b,h,t,{second}] * cosine[b,t,c]
              y[b,h,t,{size} + e] = x[b,h,t,{size} + e]
            """, x, OnnxLayout.Expand(cosine, angles), OnnxLayout.Expand(sine, angles));
        return call.Result(isFlat ? OnnxLoops.Run("merge_heads", y) : y);
    }
}
