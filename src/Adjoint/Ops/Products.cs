namespace Adjoint;

/// <summary>Sums of products: matrix products, their batched and transposed forms, and other contractions.</summary>
public static class ProductOps
{
    /// <summary>The inner product of the last axes: x, z [.., i] to y [..].</summary>
    public static readonly Op Dot = Op.Define("""
        dot(x[..,i], z[..,i]) -> y
          y[..] += x[..,i] * z[..,i]
        """);

    /// <summary>The matrix product: x [.., i] and w [i, j] to y [.., j].</summary>
    public static readonly Op MatMul = Op.Define("""
        matmul(x[..,i], w[i,j]) -> y
          y[..,j] += x[..,i] * w[i,j]
        """);

    /// <summary>The product with a matrix stored as output by input: x [.., i] and w [j, i] to y [.., j].</summary>
    public static readonly Op MatMulTransposed = Op.Define("""
        matmul_transposed(x[..,i], w[j,i]) -> y
          y[..,j] += x[..,i] * w[j,i]
        """);

    /// <summary>A matrix for every leading index: x [.., t, c] and z [.., c, s] to y [.., t, s].</summary>
    public static readonly Op BatchedMatMul = Op.Define("""
        batched_matmul(x[..,t,c], z[..,c,s]) -> y
          y[..,t,s] += x[..,t,c] * z[..,c,s]
        """);

    /// <summary>Inner products of all rows with all rows: x [.., t, c] and z [.., s, c] to y [.., t, s].</summary>
    public static readonly Op BatchedMatMulTransposed = Op.Define("""
        batched_matmul_transposed(x[..,t,c], z[..,s,c]) -> y
          y[..,t,s] += x[..,t,c] * z[..,s,c]
        """);

    /// <summary>A fully connected layer, weights output by input: x [.., i], w [j, i], bias [j] to y [.., j].</summary>
    public static readonly Op Linear = Op.Define("""
        linear(x[..,i], w[j,i], bias[j]) -> y
          y[..,j] += x[..,i] * w[j,i]
          y[..,j] += bias[j]
        """);

    /// <summary>alpha * x w + beta * c, as the BLAS routine.</summary>
    public static readonly Op Gemm = Op.Define("""
        gemm(x[b,i], w[i,j], c[b,j]; alpha = 1, beta = 1) -> y
          product[b,j] += x[b,i] * w[i,j]
          y[b,j] = alpha * product[b,j] + beta * c[b,j]
        """).Tried("alpha", 0.5).Tried("beta", -2);

    /// <summary>A matrix times a vector: w [i, j] and x [j] to y [i].</summary>
    public static readonly Op MatrixVector = Op.Define("""
        matrix_vector(w[i,j], x[j]) -> y
          y[i] += w[i,j] * x[j]
        """);

    /// <summary>All products of two vectors: x [i] and z [j] to y [i, j].</summary>
    public static readonly Op Outer = Op.Define("""
        outer(x[i], z[j]) -> y
          y[i,j] = x[i] * z[j]
        """);

    /// <summary>The Kronecker product: a [i, j] and b [k, l] to y [i k, j l].</summary>
    public static readonly Op Kronecker = Op.Define("""
        kronecker(a[i,j], b[k,l]) -> y
          y[(i,k),(j,l)] = a[i,j] * b[k,l]
        """);

    /// <summary>A bilinear layer: x [b, i], z [b, k], w [j, i, k], bias [j] to y [b, j].</summary>
    public static readonly Op Bilinear = Op.Define("""
        bilinear(x[b,i], z[b,k], w[j,i,k], bias[j]) -> y
          y[b,j] += x[b,i] * w[j,i,k] * z[b,k]
          y[b,j] += bias[j]
        """);

    /// <summary>The quadratic form of every row: x [b, i] and a [i, j] to y [b].</summary>
    public static readonly Op QuadraticForm = Op.Define("""
        quadratic_form(x[b,i], a[i,j]) -> y
          y[b] += x[b,i] * a[i,j] * x[b,j]
        """);

    /// <summary>A chain of three factors as one sum, as einsum writes 'hik,hjk,kl->hil': it runs as written, in one
    /// pass.</summary>
    public static readonly Op ThreeFactors = Op.Define("""
        three_factors(a[h,i,k], b[h,j,k], c[k,l]) -> y
          y[h,i,l] += a[h,i,k] * b[h,j,k] * c[k,l]
        """);

    /// <summary>Inner products of all rows of one matrix: x [b, c] to y [b, s].</summary>
    public static readonly Op Gram = Op.Define("""
        gram(x[b,c]) -> y
          axis s < #b
          y[b,s] += x[b,c] * x[s,c]
        """);

    /// <summary>The sum of the diagonal: x [i, i] to one number.</summary>
    public static readonly Op Trace = Op.Define("""
        trace(x[i,i]) -> y
          y += x[i,i]
        """);

    /// <summary>Distances of all rows: x [i, c] and z [j, c] to y [i, j]. eps keeps the gradient finite at distance
    /// 0.</summary>
    public static readonly Op PairwiseDistance = Op.Define("""
        pairwise_distance(x[i,c], z[j,c]; eps = 1e-12) -> y
          s[i,j] += square(x[i,c] - z[j,c])
          y[i,j] = sqrt(s[i,j] + eps)
        """);

    /// <summary>The cosine of the angle between rows: x, z [.., i] to y [..].</summary>
    public static readonly Op CosineSimilarity = Op.Define("""
        cosine_similarity(x[..,i], z[..,i]; eps = 1e-12) -> y
          xz[..] += x[..,i] * z[..,i]
          xx[..] += square(x[..,i])
          zz[..] += square(z[..,i])
          y[..]  = xz[..] / sqrt(xx[..] * zz[..] + eps)
        """);

    internal static Op[] All =>
    [
        Dot, MatMul, MatMulTransposed, BatchedMatMul, BatchedMatMulTransposed, Linear, Gemm, MatrixVector, Outer,
        Kronecker,
        Bilinear, QuadraticForm, ThreeFactors, Gram, Trace, PairwiseDistance, CosineSimilarity,
    ];
}

public sealed partial class Tensor
{
    /// <summary>The matrix product. x [.., i] and w [i, j] to [.., j]; a matrix for every leading index [.., t, c],
    /// [.., c, s] to [.., t, s];
    /// vectors as NumPy does.</summary>
    public Tensor MatMul(Tensor w) => (Rank, w.Rank) switch
    {
        (_, 1) => ProductOps.Dot.Call([this, w]),
        (_, 2) => ProductOps.MatMul.Call([this, w]),
        (1, _) => Unsqueeze(0).MatMul(w).Squeeze(-2),
        _ => ProductOps.BatchedMatMul.Call([this, w]),
    };

    /// <summary>The inner product of the last axes: [.., i] to [..].</summary>
    public Tensor Dot(Tensor z) => ProductOps.Dot.Call([this, z]);

    /// <summary>The product with a matrix stored as output by input: x [.., i], w [j, i] to [.., j].</summary>
    public Tensor MatMulTransposed(Tensor w) => ProductOps.MatMulTransposed.Call([this, w]);

    /// <summary>Inner products of all rows with all rows: x [.., t, c], z [.., s, c] to [.., t, s].</summary>
    public Tensor BatchedMatMulTransposed(Tensor z) => ProductOps.BatchedMatMulTransposed.Call([this, z]);

    /// <summary>All products of two vectors: [i], [j] to [i, j].</summary>
    public Tensor Outer(Tensor z) => ProductOps.Outer.Call([this, z]);

    /// <summary>The Kronecker product: [i, j], [k, l] to [i k, j l].</summary>
    public Tensor Kronecker(Tensor z) => ProductOps.Kronecker.Call([this, z]);

    /// <summary>A bilinear layer: x [b, i], z [b, k], w [j, i, k], bias [j] to [b, j].</summary>
    public Tensor Bilinear(Tensor z, Tensor w, Tensor bias) => ProductOps.Bilinear.Call([this, z, w, bias]);

    /// <summary>The quadratic form of every row: x [b, i], a [i, j] to [b].</summary>
    public Tensor QuadraticForm(Tensor a) => ProductOps.QuadraticForm.Call([this, a]);

    /// <summary>A fully connected layer, weights output by input: x [.., i], w [j, i], bias [j] to [.., j].</summary>
    public Tensor Linear(Tensor w, Tensor? bias = null) =>
        bias is null ? MatMulTransposed(w) : ProductOps.Linear.Call([this, w, bias]);

    /// <summary>alpha * x w + beta * c: x [b, i], w [i, j], c [b, j].</summary>
    public Tensor Gemm(Tensor w, Tensor c, double alpha = 1, double beta = 1) =>
        ProductOps.Gemm.Call([this, w, c], alpha, beta);

    /// <summary>Inner products of all rows: [b, c] to [b, b].</summary>
    public Tensor Gram() => ProductOps.Gram.Call([this]);

    /// <summary>The sum of the diagonal: [i, i] to one number.</summary>
    public Tensor Trace() => ProductOps.Trace.Call([this]);

    /// <summary>Distances of all rows: x [i, c], z [j, c] to [i, j].</summary>
    public Tensor PairwiseDistance(Tensor z, double eps = 1e-12) => ProductOps.PairwiseDistance.Call([this, z], eps);

    /// <summary>The cosine of the angle between rows: [.., i] to [..].</summary>
    public Tensor CosineSimilarity(Tensor z, double eps = 1e-12) => ProductOps.CosineSimilarity.Call([this, z], eps);
}
