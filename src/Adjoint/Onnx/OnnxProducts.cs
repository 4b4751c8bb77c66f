namespace Adjoint;

/// <summary>Matrix products and sums of products.</summary>
static class OnnxProducts
{
    public static readonly Dictionary<string, OnnxRule> Rules = new()
    {
        ["MatMul"] = MatMul,
        ["Gemm"] = Gemm,
        ["Einsum"] = OnnxEinsum.Run,
    };

    // A vector stands for a row on the left and for a column on the right, and is one again in the result.
    static OnnxValue[] MatMul(OnnxCall call)
    {
        var (a, b) = (call.Array(0), call.Array(1));
        var left = a.Rank == 1 ? a.Reshape(1, a.Count) : a;
        var right = b.Rank == 1 ? b.Reshape(b.Count, 1) : b;
        var batch = OnnxLayout.Broadcast(call, [.. left.Shape.SkipLast(2)], [.. right.Shape.SkipLast(2)]);
        left = OnnxLayout.Expand(left, [.. batch, .. left.Shape.TakeLast(2)]);
        right = OnnxLayout.Expand(right, [.. batch, .. right.Shape.TakeLast(2)]);
        var y = OnnxLoops.Run("batched_matmul", left, right);
        int[] rows = a.Rank == 1 ? [] : [y.Shape[^2]], columns = b.Rank == 1 ? [] : [y.Shape[^1]];
        return call.Result(y.Reshape([.. batch, .. rows, .. columns]));
    }

    static OnnxValue[] Gemm(OnnxCall call)
    {
        var a = call.Flag("transA") ? OnnxLayout.Transpose(call.Array(0), [1, 0]) : call.Array(0);
        var b = call.Flag("transB") ? OnnxLayout.Transpose(call.Array(1), [1, 0]) : call.Array(1);
        int[] shape = [a.Shape[0], b.Shape[1]];
        var c = call.Optional(2) is { } given ? OnnxLayout.Expand(given.Array, shape) : NdArray.Zeros(shape);
        return call.Result(OnnxLoops.Run("gemm",
            [("alpha", call.Number("alpha", 1)), ("beta", call.Number("beta", 1))], a, b, c));
    }
}
