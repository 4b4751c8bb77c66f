namespace Adjoint;

// The exponentials are named, as in softmax, so that the reverse reads them: it costs two operations a class.

/// <summary>Losses on classes: logits x [b, v] and label [b] to the mean over examples, one number, unless
/// stated.</summary>
public static class ClassificationLossOps
{
    /// <summary>The negative log probability of the label.</summary>
    public static readonly Op CrossEntropy = Op.Define("""
        cross_entropy(x[b,v], int label[b]) -> loss
          m[b]   max= x[b,v]
          e[b,v] = exp(x[b,v] - stop(m[b]))
          z[b]   += e[b,v]
          sum    += stop(m[b]) + log(z[b]) - x[b,label[b]]
          loss   = sum / #b
        """);

    /// <summary>cross_entropy with a weight for every class; the mean is weighted, too.</summary>
    public static readonly Op CrossEntropyWeighted = Op.Define("""
        cross_entropy_weighted(x[b,v], int label[b], weight[v]) -> loss
          m[b]   max= x[b,v]
          e[b,v] = exp(x[b,v] - stop(m[b]))
          z[b]   += e[b,v]
          n      += weight[label[b]]
          s      += weight[label[b]] * (stop(m[b]) + log(z[b]) - x[b,label[b]])
          loss   = s / n
        """).Within("weight", 0.3, 2);

    /// <summary>cross_entropy against a label mixed with the uniform distribution, labels equal to ignore left out: x
    /// [.., v], label [..].</summary>
    public static readonly Op CrossEntropySmoothed = Op.Define("""
        cross_entropy_smoothed(x[..,v], int label[..]; smoothing = 0.1, ignore = -1) -> loss
          m[..]   max= x[..,v]
          e[..,v] = exp(x[..,v] - stop(m[..]))
          z[..]   += e[..,v]
          l[..]   = stop(m[..]) + log(z[..])
          a[..]   += x[..,v] / #v
          n       += label[..] != ignore
          loss    += (l[..] - (1 - smoothing) * x[..,label[..]] - smoothing * a[..]) / n  if label[..] != ignore
        """).Tried("smoothing", 0.2);

    /// <summary>cross_entropy against a distribution: target [b, v] sums to 1 over v.</summary>
    public static readonly Op CrossEntropySoft = Op.Define("""
        cross_entropy_soft(x[b,v], target[b,v]) -> loss
          m[b]   max= x[b,v]
          e[b,v] = exp(x[b,v] - stop(m[b]))
          z[b]   += e[b,v]
          l[b]   = stop(m[b]) + log(z[b])
          loss   += target[b,v] * (l[b] - x[b,v]) / #b
        """);

    /// <summary>The negative log probability of the label from log probabilities [b, v].</summary>
    public static readonly Op Nll = Op.Define("""
        nll(logp[b,v], int label[b]) -> loss
          loss -= logp[b,label[b]] / #b
        """);

    /// <summary>cross_entropy that counts sure examples less (arXiv:1708.02002).</summary>
    public static readonly Op FocalLoss = Op.Define("""
        focal_loss(x[b,v], int label[b]; gamma = 2) -> loss
          m[b]   max= x[b,v]
          e[b,v] = exp(x[b,v] - stop(m[b]))
          z[b]   += e[b,v]
          l[b]   = x[b,label[b]] - stop(m[b]) - log(z[b])
          loss   -= pow(1 - exp(l[b]), gamma) * l[b] / #b
        """);

    /// <summary>Two classes from a probability x [..]; target from 0 to 1.</summary>
    public static readonly Op Bce = Op.Define("""
        bce(x[..], target[..]) -> loss
          loss -= (target[..] * log(x[..]) + (1 - target[..]) * log1p(-x[..])) / #..
        """).Within("x", 0.1, 0.9).Within("target", 0, 1);

    /// <summary>Two classes from a logit x [..], without overflow; target from 0 to 1.</summary>
    public static readonly Op BceWithLogits = Op.Define("""
        bce_with_logits(x[..], target[..]) -> loss
          loss += (softplus(x[..]) - x[..] * target[..]) / #..
        """).Within("target", 0, 1);

    /// <summary>bce_with_logits in which a positive example counts weight times.</summary>
    public static readonly Op BceWithLogitsWeighted = Op.Define("""
        bce_with_logits_weighted(x[..], target[..]; weight = 1) -> loss
          loss += (weight * target[..] * softplus(-x[..]) + (1 - target[..]) * softplus(x[..])) / #..
        """).Tried("weight", 3).Within("target", 0, 1);

    /// <summary>max(0, 1 - target x) with targets -1 and 1, mean over all elements: x, target [..].</summary>
    public static readonly Op Hinge = Op.Define("""
        hinge(x[..], target[..]) -> loss
          loss += max(0, 1 - target[..] * x[..]) / #..
        """);

    /// <summary>The square of the hinge.</summary>
    public static readonly Op SquaredHinge = Op.Define("""
        squared_hinge(x[..], target[..]) -> loss
          loss += square(max(0, 1 - target[..] * x[..])) / #..
        """);

    /// <summary>Every wrong class must stay a margin below the label, mean over examples and classes.</summary>
    public static readonly Op MultiMargin = Op.Define("""
        multi_margin(x[b,v], int label[b]; margin = 1) -> loss
          loss += max(0, margin - x[b,label[b]] + x[b,v]) / (#b*#v)  if v != label[b]
        """);

    /// <summary>Each row must find its partner among all (arXiv:1807.03748): x, target [b, c].</summary>
    public static readonly Op InfoNce = Op.Define("""
        info_nce(x[b,c], target[b,c]; temperature = 1) -> loss
          axis r < #b
          s[b,r] += x[b,c] * target[r,c] / temperature
          m[b]   max= s[b,r]
          e[b,r] = exp(s[b,r] - stop(m[b]))
          z[b]   += e[b,r]
          sum    += stop(m[b]) + log(z[b]) - s[b,b]
          loss   = sum / #b
        """).Tried("temperature", 0.5);

    internal static Op[] All =>
    [
        CrossEntropy, CrossEntropyWeighted, CrossEntropySmoothed, CrossEntropySoft, Nll, FocalLoss, Bce, BceWithLogits,
        BceWithLogitsWeighted, Hinge, SquaredHinge, MultiMargin, InfoNce,
    ];
}

public sealed partial class Tensor
{
    /// <summary>The negative log probability of the label from logits: x [b, v], label [b] to one number.</summary>
    public Tensor CrossEntropy(Tensor label) => ClassificationLossOps.CrossEntropy.Call([this, label]);

    /// <summary>cross entropy with a weight [v] for every class.</summary>
    public Tensor CrossEntropyWeighted(Tensor label, Tensor weight) =>
        ClassificationLossOps.CrossEntropyWeighted.Call([this, label, weight]);

    /// <summary>cross entropy against a label mixed with the uniform distribution: x [.., v], label [..].</summary>
    public Tensor CrossEntropySmoothed(Tensor label, double smoothing = 0.1, int ignore = -1) =>
        ClassificationLossOps.CrossEntropySmoothed.Call([this, label], smoothing, ignore);

    /// <summary>cross entropy against a distribution: x, target [b, v].</summary>
    public Tensor CrossEntropySoft(Tensor target) => ClassificationLossOps.CrossEntropySoft.Call([this, target]);

    /// <summary>The negative log probability of the label from log probabilities: [b, v], label [b].</summary>
    public Tensor Nll(Tensor label) => ClassificationLossOps.Nll.Call([this, label]);

    /// <summary>cross entropy that counts sure examples less: x [b, v], label [b].</summary>
    public Tensor FocalLoss(Tensor label, double gamma = 2) =>
        ClassificationLossOps.FocalLoss.Call([this, label], gamma);

    /// <summary>Two classes from a probability: [..] to one number.</summary>
    public Tensor Bce(Tensor target) => ClassificationLossOps.Bce.Call([this, target]);

    /// <summary>Two classes from a logit: [..] to one number.</summary>
    public Tensor BceWithLogits(Tensor target) => ClassificationLossOps.BceWithLogits.Call([this, target]);

    /// <summary>Two classes from a logit, a positive example counts weight times.</summary>
    public Tensor BceWithLogits(Tensor target, double weight) =>
        ClassificationLossOps.BceWithLogitsWeighted.Call([this, target], weight);

    /// <summary>max(0, 1 - target x), targets -1 and 1: [..] to one number.</summary>
    public Tensor Hinge(Tensor target) => ClassificationLossOps.Hinge.Call([this, target]);

    /// <summary>The square of the hinge: [..] to one number.</summary>
    public Tensor SquaredHinge(Tensor target) => ClassificationLossOps.SquaredHinge.Call([this, target]);

    /// <summary>Every wrong class must stay below the label: x [b, v], label [b].</summary>
    public Tensor MultiMargin(Tensor label, double margin = 1) =>
        ClassificationLossOps.MultiMargin.Call([this, label], margin);

    /// <summary>Each row must find its partner among all: x, target [b, c].</summary>
    public Tensor InfoNce(Tensor target, double temperature = 1) =>
        ClassificationLossOps.InfoNce.Call([this, target], temperature);
}
