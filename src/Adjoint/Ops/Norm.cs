namespace Adjoint;

// `..` are the positions of a channel (none for x [b, c], height and width for images), so that one stanza serves
// batch normalisation of vectors, sequences and images.

/// <summary>Normalisations. The first letters say what is shared: b batch, c channel, g group, .. the
/// positions.</summary>
public static class NormOps
{
    /// <summary>Scales each row to mean 0 and variance 1, then stretches and shifts it (arXiv:1607.06450); gain, bias
    /// [j].</summary>
    public static readonly Op LayerNorm = Op.Define("""
        layer_norm(x[..,j], gain[j], bias[j]; eps = 1e-5) -> y
          mean[..] += x[..,j] / #j
          var[..]  += square(x[..,j] - mean[..]) / #j
          n[..,j]  = (x[..,j] - mean[..]) / sqrt(var[..] + eps)
          y[..,j]  = gain[j] * n[..,j] + bias[j]
        """);

    /// <summary>Scales each row to mean square 1 (arXiv:1910.07467); gain [j].</summary>
    public static readonly Op RmsNorm = Op.Define("""
        rms_norm(x[..,j], gain[j]; eps = 1e-6) -> y
          ms[..]  += square(x[..,j]) / #j
          n[..,j] = x[..,j] / sqrt(ms[..] + eps)
          y[..,j] = gain[j] * n[..,j]
        """);

    /// <summary>Scales each channel over batch and positions (arXiv:1502.03167), with the statistics of this batch;
    /// gain, bias [c].</summary>
    public static readonly Op BatchNorm = Op.Define("""
        batch_norm(x[b,c,..], gain[c], bias[c]; eps = 1e-5) -> y
          mean[c]   += x[b,c,..] / (#b*#..)
          var[c]    += square(x[b,c,..] - mean[c]) / (#b*#..)
          sd[c]     = sqrt(var[c] + eps)
          n[b,c,..] = (x[b,c,..] - mean[c]) / sd[c]
          y[b,c,..] = gain[c] * n[b,c,..] + bias[c]
        """);

    /// <summary>batch_norm that also moves the running statistics: the variance used is biased, the running one is
    /// not.</summary>
    public static readonly Op BatchNormRunning = Op.Define("""
        batch_norm_running(x[b,c,..], gain[c], bias[c], running_mean[c], running_var[c]; eps = 1e-5, momentum = 0.1) -> y, running_mean', running_var'
          mean[c]   += x[b,c,..] / (#b*#..)
          var[c]    += square(x[b,c,..] - mean[c]) / (#b*#..)
          sd[c]     = sqrt(var[c] + eps)
          n[b,c,..] = (x[b,c,..] - mean[c]) / sd[c]
          y[b,c,..] = gain[c] * n[b,c,..] + bias[c]
          running_mean'[c] = (1 - momentum) * running_mean[c] + momentum * stop(mean[c])
          running_var'[c]  = (1 - momentum) * running_var[c] + momentum * stop(var[c]) * (#b*#..) / (#b*#.. - 1)
        """).Sized("b", 3);

    /// <summary>batch_norm with running statistics that stay as they are.</summary>
    public static readonly Op BatchNormInference = Op.Define("""
        batch_norm_inference(x[b,c,..], gain[c], bias[c], running_mean[c], running_var[c]; eps = 1e-5) -> y
          sd[c]     = sqrt(running_var[c] + eps)
          n[b,c,..] = (x[b,c,..] - running_mean[c]) / sd[c]
          y[b,c,..] = gain[c] * n[b,c,..] + bias[c]
        """).Within("running_var", 0.3, 2);

    /// <summary>Batch normalisation as a course writes it: x [b, j] in place, unbiased variance, no eps, no
    /// gain.</summary>
    public static readonly Op BatchNormQuiz = Op.Define("""
        batch_norm_quiz(x[b,j]) -> x'
          mu[j]   += x[b,j] / #b
          s[j]    += square(x[b,j] - mu[j]) / (#b - 1)
          x'[b,j] = (x[b,j] - mu[j]) / sqrt(s[j])
        """).Sized("b", 3);

    /// <summary>Scales groups of channels of each example (arXiv:1803.08494); gain, bias [g c].</summary>
    public static readonly Op GroupNorm = Op.Define("""
        group_norm(x[b,(g,c),..], gain[(g,c)], bias[(g,c)]; groups = 2, eps = 1e-5) -> y
          axis g < groups
          mean[b,g]     += x[b,(g,c),..] / (#c*#..)
          var[b,g]      += square(x[b,(g,c),..] - mean[b,g]) / (#c*#..)
          sd[b,g]       = sqrt(var[b,g] + eps)
          n[b,g,c,..]   = (x[b,(g,c),..] - mean[b,g]) / sd[b,g]
          y[b,(g,c),..] = gain[(g,c)] * n[b,g,c,..] + bias[(g,c)]
        """);

    /// <summary>Scales each channel of each example over its positions (arXiv:1607.08022); gain, bias [c].</summary>
    public static readonly Op InstanceNorm = Op.Define("""
        instance_norm(x[b,c,..], gain[c], bias[c]; eps = 1e-5) -> y
          mean[b,c] += x[b,c,..] / #..
          var[b,c]  += square(x[b,c,..] - mean[b,c]) / #..
          sd[b,c]   = sqrt(var[b,c] + eps)
          n[b,c,..] = (x[b,c,..] - mean[b,c]) / sd[b,c]
          y[b,c,..] = gain[c] * n[b,c,..] + bias[c]
        """).Sized("..", 3);

    /// <summary>Divides by the squares of neighbouring channels: size of them, the larger half above
    /// (AlexNet).</summary>
    public static readonly Op LocalResponseNorm = Op.Define("""
        local_response_norm(x[b,c,..]; size = 5, alpha = 1e-4, beta = 0.75, k = 1) -> y
          axis e < #c
          s[b,c,..] += square(x[b,e,..])  if 2*(c - e) <= size - 1 and 2*(e - c) <= size
          l[b,c,..] = k + alpha / size * s[b,c,..]
          d[b,c,..] = pow(l[b,c,..], beta)
          y[b,c,..] = x[b,c,..] / d[b,c,..]
        """).Tried("size", 2).Tried("alpha", 0.5);

    /// <summary>Rows to mean 0 and variance 1, without gain and bias.</summary>
    public static readonly Op Standardize = Op.Define("""
        standardize(x[..,j]; eps = 1e-5) -> y
          mean[..] += x[..,j] / #j
          var[..]  += square(x[..,j] - mean[..]) / #j
          sd[..]   = sqrt(var[..] + eps)
          y[..,j]  = (x[..,j] - mean[..]) / sd[..]
        """).Sized("j", 3);

    /// <summary>Rows to Euclidean length 1; rows shorter than eps are divided by eps.</summary>
    public static readonly Op NormalizeL2 = Op.Define("""
        normalize_l2(x[..,j]; eps = 1e-12) -> y
          s[..]   += square(x[..,j])
          l[..]   = max(sqrt(s[..]), eps)
          y[..,j] = x[..,j] / l[..]
        """);

    /// <summary>Rows divided by the sum of their absolute values, at least eps.</summary>
    public static readonly Op NormalizeL1 = Op.Define("""
        normalize_l1(x[..,j]; eps = 1e-12) -> y
          s[..]   += abs(x[..,j])
          l[..]   = max(s[..], eps)
          y[..,j] = x[..,j] / l[..]
        """);

    /// <summary>A weight matrix as direction v [j, i] and length gain [j] (arXiv:1602.07868).</summary>
    public static readonly Op WeightNorm = Op.Define("""
        weight_norm(v[j,i], gain[j]) -> w
          s[j]   += square(v[j,i])
          l[j]   = sqrt(s[j])
          w[j,i] = gain[j] * v[j,i] / l[j]
        """);

    internal static Op[] All =>
    [
        LayerNorm, RmsNorm, BatchNorm, BatchNormRunning, BatchNormInference, BatchNormQuiz, GroupNorm, InstanceNorm,
        LocalResponseNorm, Standardize, NormalizeL2, NormalizeL1, WeightNorm,
    ];
}

public sealed partial class Tensor
{
    /// <summary>Scales each row to mean 0 and variance 1, then stretches and shifts it: x [.., j], gain, bias
    /// [j].</summary>
    public Tensor LayerNorm(Tensor gain, Tensor bias, double eps = 1e-5) =>
        NormOps.LayerNorm.Call([this, gain, bias], eps);

    /// <summary>Scales each row to mean square 1: x [.., j], gain [j].</summary>
    public Tensor RmsNorm(Tensor gain, double eps = 1e-6) => NormOps.RmsNorm.Call([this, gain], eps);

    /// <summary>Scales each channel with the statistics of this batch: x [b, c, ..], gain, bias [c].</summary>
    public Tensor BatchNorm(Tensor gain, Tensor bias, double eps = 1e-5) =>
        NormOps.BatchNorm.Call([this, gain, bias], eps);

    /// <summary>batch norm that also moves the running statistics [c].</summary>
    public (Tensor Y, Tensor RunningMean, Tensor RunningVar) BatchNorm(Tensor gain, Tensor bias, Tensor runningMean,
        Tensor runningVar, double eps = 1e-5, double momentum = 0.1) =>
        NormOps.BatchNormRunning.CallAll([this, gain, bias, runningMean, runningVar], eps, momentum)
            is [var y, var mean, var var]
            ? (y, mean, var) : throw Throw.Internal("three outputs");

    /// <summary>batch norm with statistics [c] that stay as they are: x [b, c, ..].</summary>
    public Tensor BatchNormInference(Tensor gain, Tensor bias, Tensor runningMean, Tensor runningVar,
        double eps = 1e-5) =>
        NormOps.BatchNormInference.Call([this, gain, bias, runningMean, runningVar], eps);

    /// <summary>Scales groups of channels of each example: x [b, c, ..], gain, bias [c].</summary>
    public Tensor GroupNorm(int groups, Tensor gain, Tensor bias, double eps = 1e-5) =>
        NormOps.GroupNorm.Call([this, gain, bias], groups, eps);

    /// <summary>Scales each channel of each example: x [b, c, ..], gain, bias [c].</summary>
    public Tensor InstanceNorm(Tensor gain, Tensor bias, double eps = 1e-5) =>
        NormOps.InstanceNorm.Call([this, gain, bias], eps);

    /// <summary>Divides by the squares of neighbouring channels: x [b, c, ..].</summary>
    public Tensor LocalResponseNorm(int size = 5, double alpha = 1e-4, double beta = 0.75, double k = 1) =>
        NormOps.LocalResponseNorm.Call([this], size, alpha, beta, k);

    /// <summary>To mean 0 and variance 1 along an axis.</summary>
    public Tensor Standardize(int axis = -1, double eps = 1e-5) =>
        NormOps.Standardize.CallAlong([axis], false, [this], [eps]);

    /// <summary>To Euclidean length 1 along an axis.</summary>
    public Tensor NormalizeL2(int axis = -1, double eps = 1e-12) =>
        NormOps.NormalizeL2.CallAlong([axis], false, [this], [eps]);

    /// <summary>To sum of absolute values 1 along an axis.</summary>
    public Tensor NormalizeL1(int axis = -1, double eps = 1e-12) =>
        NormOps.NormalizeL1.CallAlong([axis], false, [this], [eps]);

    /// <summary>A weight matrix as direction v [j, i] and length gain [j].</summary>
    public Tensor WeightNorm(Tensor gain) => NormOps.WeightNorm.Call([this, gain]);
}
