using Xunit;

namespace Adjoint.Tests;

public sealed class LossOpsTests
{
    static readonly NdArray X = Numbers.Normal(1, 4, 3), Label = NdArray.Vector(2, 0, 1, 2);
    static readonly NdArray LogP = Forward.Of("log_softmax", X);

    [Fact]
    public void Cross_entropies_of_labels()
    {
        var each = Enumerable.Range(0, 4).Select(b => -LogP[b, (int)Label[b]]).ToList();
        Numbers.Equal(each.Average(), Forward.Of("cross_entropy", X, Label));
        Numbers.Equal(each.Average(), Forward.Of("nll", LogP, Label));
        double[] weight = [1, 0.5, 3];
        var weights = Label.Values.Select(v => weight[(int)v]).ToList();
        Numbers.Equal(each.Zip(weights, (l, w) => l * w).Sum() / weights.Sum(),
            Forward.Of("cross_entropy_weighted", X, Label, NdArray.Vector(weight)));
        Numbers.Equal(each.Average(l => Math.Pow(1 - Math.Exp(-l), 2) * l), Forward.Of("focal_loss", X, Label));
        Numbers.Equal((each[0] + each[2] + each[3]) / 3,
            Forward.Of("cross_entropy_smoothed", [("smoothing", 0), ("ignore", 0)], X, Label));
        var smooth = Enumerable.Range(0,
            4).Average(b => 0.8 * each[b] - 0.2 * Enumerable.Range(0, 3).Average(v => LogP[b, v]));
        Numbers.Equal(smooth, Forward.Of("cross_entropy_smoothed", [("smoothing", 0.2)], X, Label));
        Numbers.Equal(each.Average(),
            Forward.Of("cross_entropy_soft", X, Forward.Of("one_hot", [("classes", 3)], Label)));
        Numbers.Equal(each.Average(), Forward.Of("kl_loss", LogP, Forward.Of("one_hot", [("classes", 3)], Label)));
    }

    [Fact]
    public void Margins()
    {
        var margin = Enumerable.Range(0, 4).Sum(b => Enumerable.Range(0, 3).Where(v => v != (int)Label[b])
            .Sum(v => Math.Max(0, 1 - X[b, (int)Label[b]] + X[b, v]))) / 12;
        Numbers.Equal(margin, Forward.Of("multi_margin", X, Label));
        NdArray a = Numbers.Of([1, 2], 0, 0), near = Numbers.Of([1, 2], 3, 4), far = Numbers.Of([1, 2], 0, 5.5);
        Numbers.Equal(0.5, Forward.Of("triplet_margin", [("eps", 0)], a, near, far));
        Numbers.Equal(0, Forward.Of("triplet_margin", [("eps", 0)], a, near, Numbers.Of([1, 2], 0, 9)));
    }

    [Fact]
    public void Pairs_of_rows()
    {
        NdArray x = Numbers.Normal(2, 4, 3), z = Numbers.Normal(3, 4, 3);
        var scores = Forward.Of("batched_matmul_transposed", x, z);
        var expected = Forward.Of("cross_entropy", Forward.Of("scale_and_shift", [("scale", 2)], scores),
            NdArray.Vector(0, 1, 2, 3));
        Numbers.Equal(expected, Forward.Of("info_nce", [("temperature", 0.5)], x, z));
        var cosines = Forward.Of("cosine_similarity", x, z);
        Numbers.Equal(1 - cosines.Values.Average(), Forward.Of("cosine_loss", x, z));
    }

    [Fact]
    public void Losses_are_means_over_elements()
    {
        NdArray x = NdArray.Vector(1, 2, 6), target = NdArray.Vector(1, 0, 3);
        Numbers.Equal(13 / 3.0, Forward.Of("mse", x, target));
        Numbers.Equal(5 / 3.0, Forward.Of("l1", x, target));
        Numbers.Equal((0.5 * (2 - 0.25) + 0.5 * (3 - 0.25)) / 3, Forward.Of("huber", [("delta", 0.5)], x, target));
        Numbers.Equal((2 - 0.25 + 3 - 0.25) / 3, Forward.Of("smooth_l1", [("beta", 0.5)], x, target));
        Numbers.Equal((0.1 * 2 + 0.1 * 3) / 3, Forward.Of("quantile", [("q", 0.9)], x, target));
        Numbers.Equal((3 * 1.5 + 4 * 0.5 + 9 * 0.25 + 3 * Math.Log(2 * Math.PI) + Math.Log(1 / 1.5) + Math.Log(1 / 0.5)
            + Math.Log(4) - 4.5) / 6,
            Forward.Of("gaussian_nll", x, NdArray.Vector(-Math.Log(1.5), -Math.Log(0.5), Math.Log(4)), target));
        Numbers.Equal((3 * Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(2))) / 2,
            Forward.Of("bce_with_logits_weighted", [("weight", 3)], NdArray.Vector(1, 2), NdArray.Vector(1, 0)));
    }

    [Fact]
    public void Divergences()
    {
        // The golden pair of distributions of the course.
        NdArray p = NdArray.Vector(0.1, 0.2, 0.3, 0.4), q = NdArray.Vector(0.4, 0.4, 0.1, 0.1);
        var golden = new GoldenCase("s0_divergences_discrete");
        golden.Equal(Forward.Of("kl_divergence", p, q), "KL_pq");
        golden.Equal(Forward.Of("kl_divergence", q, p), "KL_qp");
        golden.Equal(Forward.Of("jensen_shannon", p, q), "JS");
        golden.Equal(Forward.Of("wasserstein_line", p, q, Numbers.Count(4)), "W1");
        Numbers.Equal(-p.Values.Sum(v => v * Math.Log(v)), Forward.Of("entropy", p));
        Numbers.Equal(0, Forward.Of("entropy", NdArray.Vector(1, 0)));
        Numbers.Equal(Math.Log(2), Forward.Of("jensen_shannon", NdArray.Vector(1, 0), NdArray.Vector(0, 1)));
    }

    [Fact]
    public void Adversarial_losses()
    {
        NdArray real = NdArray.Vector(2, -1), fake = NdArray.Vector(0.5, -3);
        double Log(double x) => Math.Log(1 / (1 + Math.Exp(-x)));
        Numbers.Equal(-(Log(2) + Log(-1) + Log(-0.5) + Log(3)) / 2, Forward.Of("gan_discriminator", real, fake));
        Numbers.Equal(-(Log(0.5) + Log(-3)) / 2, Forward.Of("gan_generator", fake));
        Numbers.Equal(-1.75, Forward.Of("wasserstein_critic", real, fake));
    }

    [Fact]
    public void Transport()
    {
        NdArray cost = NdArray.Generate([4, 4], i => Math.Abs(i / 4 - i % 4)), p = NdArray.Vector(0.1, 0.2, 0.3, 0.4),
            q = NdArray.Vector(0.4, 0.4, 0.1, 0.1);
        // A plan of little entropy costs what the best one costs.
        var best = Forward.Of("wasserstein_line", p, q, Numbers.Count(4)).Values[0];
        var value = Forward.Of("sinkhorn", [("rounds", 500), ("eps", 0.02)], cost, p, q).Values[0];
        Assert.Equal(best, value, Tolerance.FirstOrder);
        // One round after the other is the loop of rounds.
        var k = NdArray.Generate([4, 4], i => Math.Exp(-cost.Values[i] / 0.5));
        var b = NdArray.Generate([4], _ => 1);
        NdArray a = b;
        for (var n = 0; n < 3; n++)
        {
            var step = Forward.Of(TransportOps.SinkhornStep, new() { ["k"] = k, ["p"] = p, ["q"] = q, ["b"] = b });
            (a, b) = (step["a"], step["b'"]);
        }
        var expected = Enumerable.Range(0,
            16).Sum(i => a.Values[i / 4] * k.Values[i] * b.Values[i % 4] * cost.Values[i]);
        Numbers.Equal(expected, Forward.Of("sinkhorn", [("rounds", 3), ("eps", 0.5)], cost, p, q));
        // After a round the columns of the plan sum to q.
        for (var j = 0; j < 4; j++)
            Numbers.Equal(q[j], NdArray.Scalar(Enumerable.Range(0, 4).Sum(i => a[i] * k[i, j] * b[j])));
    }

    [Fact]
    public void Random_operands_decide()
    {
        NdArray x = NdArray.Vector(1, 2, 3, 4), u = NdArray.Vector(0.1, 0.5, 0.3, 0.9);
        Numbers.Equal(NdArray.Vector(0, 4, 0, 8), Forward.Of("dropout", x, u));
        Numbers.Equal(NdArray.Vector(0, 2.5, 3.75, 5), Forward.Of("dropout", [("rate", 0.2)], x, u));
        Numbers.Equal(Numbers.Of([1, 2, 2], 0, 0, 6, 8),
            Forward.Of("dropout_channels", x.Reshape(1, 2, 2), Numbers.Of([1, 2], 0.1, 0.5)));
        Numbers.Equal(Numbers.Of([2, 2], 0, 0, 6, 8),
            Forward.Of("drop_path", x.Reshape(2, 2), NdArray.Vector(0.1, 0.5)));
        Numbers.Equal(NdArray.Vector(1.2, 3, 3.6, 5.8), Forward.Of("gaussian_noise", [("scale", 2)], x, u));
        Numbers.Equal(NdArray.Vector(1, 0, 0, 1), Forward.Of("bernoulli", NdArray.Vector(0.2, 0.5, 0.3, 1), u));
        Numbers.Equal(Numbers.Of([2, 2], 0.1, 0.2, 1.5, 2),
            Forward.Of("interpolate", x.Reshape(2, 2), NdArray.Zeros(2, 2), NdArray.Vector(0.1, 0.5)));
    }

    // Left out, a random operand is drawn: about half of many elements survive, each doubled.
    [Fact]
    public void Dropout_draws_its_mask_by_itself()
    {
        const int Count = 10_000;
        var y = Forward.Of(RandomOps.Dropout, new() { ["x"] = NdArray.Generate([Count], _ => 1) })["y"];
        Assert.All(y.Values, v => Assert.True(v is 0 or 2));
        Assert.InRange(y.Values.Count(v => v == 2), Count * 0.48, Count * 0.52);
    }
}
