namespace Adjoint;

/// <summary>Scales each channel over batch and positions (arXiv:1502.03167): x [b, c, ..]. In training with the
/// statistics of the batch, which move the running ones; in evaluation with those.</summary>
public sealed class BatchNorm : Layer
{
    readonly int channels;
    readonly double eps, momentum;

    /// <param name="momentum">How far running statistics move at each step.</param>
    /// <param name="init">Of the weight; ones if none is given.</param>
    public BatchNorm(int channels, double eps = 1e-5, double momentum = 0.1, Init? init = null)
    {
        (this.channels, this.eps, this.momentum) = (channels, eps, momentum);
        Weight = Parameter("weight", [channels], init ?? Init.Ones);
        Bias = Parameter("bias", [channels], Init.Zeros);
        RunningMean = Kept("running_mean", [channels], Init.Zeros);
        RunningVar = Kept("running_var", [channels], Init.Ones);
        Batches = Kept("num_batches_tracked", [], Init.Zeros, DType.Int64);
    }

    /// <summary>[c]</summary>
    public Parameter Weight { get; }

    /// <summary>[c]</summary>
    public Parameter Bias { get; }

    /// <summary>[c]</summary>
    public Parameter RunningMean { get; }

    /// <summary>Unbiased, as opposed to the variance that divides: [c].</summary>
    public Parameter RunningVar { get; }

    /// <summary>How many batches have moved the running statistics.</summary>
    public Parameter Batches { get; }

    /// <param name="x">[b, c, ..]</param> <returns>as x</returns>
    protected override Tensor Run(Tensor x)
    {
        if (!IsTraining) return x.BatchNormInference(Weight, Bias, RunningMean, RunningVar, eps);
        if (x.Count == channels)
            throw new ShapeException("BatchNorm: the variance of one number a channel is not defined in training.\n"
                + $"  x : {x.Described}\nHint: give more examples at once, or call Evaluate() on the model.", "x", [.. x.Shape]);
        // A step that calls the layer twice moves the statistics twice.
        var (y, mean, var) = x.BatchNorm(Weight, Bias, RunningMean.Value.Latest, RunningVar.Value.Latest, eps, momentum);
        // In free form y is computed here as well: else all before it would be computed a second time.
        if (Tracing.Current is null) Tensor.Compute(y, mean, var);
        Tensor.Assign((RunningMean, mean), (RunningVar, var), (Batches, Batches.Value.Latest + 1));
        return y;
    }

    public override string ToString() => $"BatchNorm {channels}";
}
