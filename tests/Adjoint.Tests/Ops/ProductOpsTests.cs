using Xunit;

namespace Adjoint.Tests;

public sealed class ProductOpsTests
{
    static readonly NdArray A = Numbers.Of([2, 2], 1, 2, 3, 4), B = Numbers.Of([2, 2], 5, 6, 7, -8);

    [Fact]
    public void Matrix_products()
    {
        var ab = Numbers.Of([2, 2], 19, -10, 43, -14);
        Numbers.Equal(ab, Forward.Of("matmul", A, B));
        Numbers.Equal(ab, Forward.Of("matmul_transposed", A, Forward.Of("transpose", B)));
        Numbers.Equal(ab, Forward.Of("batched_matmul", A, B));
        Numbers.Equal(ab, Forward.Of("batched_matmul_transposed", A, Forward.Of("transpose", B)));
        Numbers.Equal(Numbers.Of([2, 2], 29, 10, 53, 6),
            Forward.Of("linear", A, Forward.Of("transpose", B), NdArray.Vector(10, 20)));
        Numbers.Equal(Numbers.Of([2, 2], 37, -22, 83, -32),
            Forward.Of("gemm", [("alpha", 2), ("beta", -1)], A, B, Numbers.Of([2, 2], 1, 2, 3, 4)));
        Numbers.Equal(NdArray.Vector(17, 39), Forward.Of("matrix_vector", A, NdArray.Vector(5, 6)));
    }

    [Fact]
    public void Contractions_of_vectors_and_more()
    {
        NdArray x = NdArray.Vector(1, 2), z = NdArray.Vector(3, -4);
        Numbers.Equal(-5, Forward.Of("dot", x, z));
        Numbers.Equal(Numbers.Of([2, 2], 3, -4, 6, -8), Forward.Of("outer", x, z));
        Numbers.Equal(Numbers.Of([2, 4], 3, -4, 6, -8, 9, -12, 12, -16), Forward.Of("kronecker", A, z.Reshape(1, 2)));
        Numbers.Equal(NdArray.Vector(27, 108), Forward.Of("quadratic_form", Numbers.Of([2, 2], 1, 2, 2, 4), A));
        Numbers.Equal(5, Forward.Of("trace", A));
        Numbers.Equal(Numbers.Of([2, 2], 5, 11, 11, 25), Forward.Of("gram", A));
        Numbers.Equal(Numbers.Of([1, 1], 3 - 8 + 6 - 16 + 10),
            Forward.Of("bilinear", x.Reshape(1, 2), z.Reshape(1, 2), Numbers.Of([1, 2, 2], 1, 2, 1, 2),
                NdArray.Vector(10)));
        Numbers.Equal(Numbers.Of([1, 2], 5, 1),
            Forward.Of("pairwise_distance", [("eps", 0)], x.Reshape(1, 2), Numbers.Of([2, 2], 4, 6, 1, 3)));
        Numbers.Equal(-1 / Math.Sqrt(5), Forward.Of("cosine_similarity", [("eps", 0)], x, z));
    }

    [Fact]
    public void Three_factors_are_two_products()
    {
        NdArray a = Numbers.Normal(1, 2, 3, 4), b = Numbers.Normal(2, 2, 5, 4), c = Numbers.Normal(3, 4, 2);
        var summed = Forward.Of(Parser.Parse("f(b[h,j,k]) -> y\n  y[h,k] += b[h,j,k]"), new() { ["b"] = b })["y"];
        var scaled = Forward.Of(Parser.Parse("f(a[h,i,k], s[h,k]) -> y\n  y[h,i,k] = a[h,i,k] * s[h,k]"),
            new() { ["a"] = a, ["s"] = summed })["y"];
        Numbers.Equal(Forward.Of("matmul", scaled, c), Forward.Of("three_factors", a, b, c));
    }
}
