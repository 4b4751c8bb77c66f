using Xunit;

namespace Adjoint.Tests;

public sealed class LossGoldenTests
{
    [Fact]
    public void Log_softmax_and_its_negative_log_likelihood()
    {
        var golden = new GoldenCase("s1_logsoftmax_nll");
        var logp = Forward.Of(SoftmaxOps.LogSoftmax, new() { ["x"] = golden.In("logits") })["y"];
        golden.Equal(logp, "log_softmax");
        var nll = Gradient.OfLoss(ClassificationLossOps.Nll, new() { ["logp"] = logp, ["label"] = golden.In("y") });
        golden.Equal(nll["loss"], "nll");
        var two = Gradient.Of(SoftmaxOps.LogSoftmax, new() { ["x"] = golden.In("logits") },
            new() { ["y"] = nll["dlogp"] });
        golden.Equal(two["dx"], "grad");
        var one = Gradient.OfLoss(ClassificationLossOps.CrossEntropy,
            new() { ["x"] = golden.In("logits"), ["label"] = golden.In("y") });
        golden.Equal(one["loss"], "nll");
        golden.Equal(one["dx"], "grad");
    }

    [Fact]
    public void Label_smoothing()
    {
        var golden = new GoldenCase("s1_label_smoothing");
        var program = ClassificationLossOps.CrossEntropySmoothed.Program;
        var attributes = new Dictionary<string, double> { ["smoothing"] = golden.Number("eps") };
        var run = Gradient.OfLoss(program, new() { ["x"] = golden.In("logits"), ["label"] = golden.In("y") }, "loss",
            attributes);
        golden.Equal(run["loss"], "loss");
        golden.Equal(run["dx"], "grad");

        // The floor of the loss is its value at the smoothed target itself, here over 35 classes.
        const int Classes = 35;
        var eps = golden.Number("eps");
        var best = NdArray.Generate([1, Classes], v => Math.Log((v == 0 ? 1 - eps : 0) + eps / Classes));
        golden.Equal(Loss(best), "floor_V35");
        golden.Equal(Loss(NdArray.Zeros(1, Classes)), "uniform_V35");

        double Loss(NdArray x) =>
            Forward.Of(program, new() { ["x"] = x, ["label"] = NdArray.Vector(0) }, attributes)["loss"].Values[0];
    }

    [Fact]
    public void Binary_cross_entropy_from_logits()
    {
        var golden = new GoldenCase("s0_bce_logits");
        // The op is a mean; the case is the sum of its 8 elements.
        const int Count = 8;
        var run = Gradient.Of(ClassificationLossOps.BceWithLogits,
            new() { ["x"] = golden.In("logits"), ["target"] = golden.In("targets") },
            new() { ["loss"] = NdArray.Scalar(Count) });
        golden.Equal(Count * run["loss"].Values[0], "sum");
        golden.Equal(run["dx"], "grad");
    }

    [Fact]
    public void Gaussian_divergence_and_reparameterisation()
    {
        var golden = new GoldenCase("s0_gaussian_kl_reparam");
        var operands = new Dictionary<string, NdArray> { ["mu"] = golden.In("mu"), ["logvar"] = golden.In("log_var") };
        var kl = Gradient.Of(DivergenceOps.GaussianKl, operands, new() { ["kl"] = NdArray.Vector(1, 1) });
        golden.Equal(kl["kl"], "KL_rows");
        golden.Equal(kl["kl"].Values.Sum(), "KL");
        golden.Equal(kl["dmu"], "dmu");
        golden.Equal(kl["dlogvar"], "dlog_var");

        var draw = Gradient.Of(DivergenceOps.Reparameterise, new(operands) { ["noise"] = golden.In("eps") },
            new() { ["z"] = NdArray.Generate([2, 3], _ => 1) });
        golden.Equal(draw["z"], "z");
        golden.Equal(draw["dlogvar"], "dz_dlog_var");
    }

    [Fact]
    public void Gelu_in_both_forms()
    {
        var golden = new GoldenCase("s1_gelu");
        var ones = NdArray.Generate([golden.In("x").Count], _ => 1);
        var exact = Gradient.Of(ActivationOps.Gelu, new() { ["x"] = golden.In("x") }, new() { ["y"] = ones });
        golden.Equal(exact["y"], "erf");
        golden.Equal(exact["dx"], "grad_erf");
        golden.Equal(Forward.Of(ActivationOps.GeluTanh, new() { ["x"] = golden.In("x") })["y"], "tanh");
    }

    [Fact]
    public void Adjusted_softplus()
    {
        var golden = new GoldenCase("s0_softplus_adjusted");
        var ones = NdArray.Generate([golden.In("x").Count], _ => 1);
        var run = Gradient.Of(ActivationOps.SoftplusAdjusted, new() { ["x"] = golden.In("x") }, new() { ["y"] = ones });
        golden.Equal(run["y"], "value_minus_1");
        golden.Equal(new NdArray([ones.Count], [.. run["y"].Values.Select(y => y + 1)]), "value");
        golden.Equal(run["dx"], "grad");
    }
}
