namespace Adjoint;

/// <summary>Every op by name. A new family is one line here; a new op is one line in its family.</summary>
public static class Catalogue
{
    /// <summary>All ops, family by family.</summary>
    public static IReadOnlyList<Op> Ops { get; } =
    [
        .. ArithmeticOps.All,
        .. FunctionOps.All,
        .. ActivationOps.All,
        .. ComparisonOps.All,
        .. ReductionOps.All,
        .. ScanOps.All,
        .. ProductOps.All,
        .. ShapeOps.All,
        .. SliceOps.All,
        .. IndexOps.All,
        .. ConvolutionOps.All,
        .. TransposedConvolutionOps.All,
        .. PoolingOps.All,
        .. SoftmaxOps.All,
        .. NormOps.All,
        .. AttentionOps.All,
        .. LinearAttentionOps.All,
        .. PositionOps.All,
        .. GenerationOps.All,
        .. RecurrentOps.All,
        .. CellOps.All,
        .. RegressionLossOps.All,
        .. ClassificationLossOps.All,
        .. SequenceLossOps.All,
        .. DivergenceOps.All,
        .. TransportOps.All,
        .. RandomOps.All,
        .. OptimizerOps.All,
        .. CourseOptimizerOps.All,
    ];

    static readonly Lazy<Dictionary<string, Op>> ByName = new(() => Ops.ToDictionary(op => op.Name));

    /// <summary>The op of that name, or null.</summary>
    public static Op? Find(string name) => ByName.Value.GetValueOrDefault(name);
}
