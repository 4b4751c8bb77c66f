using Xunit;

namespace Adjoint.Tests;

public sealed class NormOpsTests
{
    static readonly NdArray X = Numbers.Normal(1, 3, 4, 5), Gain = Numbers.Normal(2, 4), Bias = Numbers.Normal(3, 4);

    [Fact]
    public void Standardised_rows_have_mean_0_and_variance_1()
    {
        var y = Forward.Of("standardize", [("eps", 0)], X);
        Numbers.Equal(NdArray.Zeros(3, 4), Forward.Of("mean", y));
        Numbers.Equal(NdArray.Generate([3, 4], _ => 1), Forward.Of("var", [("correction", 0)], y));
        var ones = NdArray.Generate([5], _ => 1);
        Numbers.Equal(y, Forward.Of("layer_norm", [("eps", 0)], X, ones, NdArray.Zeros(5)));
    }

    [Fact]
    public void Groups_of_one_channel_are_instances_and_one_group_is_a_layer()
    {
        var instance = Forward.Of("instance_norm", X, Gain, Bias);
        Numbers.Equal(instance, Forward.Of("group_norm", [("groups", 4)], X, Gain, Bias));
        var layer = Forward.Of("channel_affine", Forward.Of("standardize", X.Reshape(3, 20)).Reshape(3, 4, 5), Gain,
            Bias);
        Numbers.Equal(layer, Forward.Of("group_norm", [("groups", 1)], X, Gain, Bias));
    }

    [Fact]
    public void Batch_norm_is_instance_norm_of_the_batch_laid_end_to_end()
    {
        var channelFirst = Parser.Parse("f(x[b,c,m]) -> y\n  y[c,b,m] = x[b,c,m]");
        var end = Forward.Of(channelFirst, new() { ["x"] = X })["y"].Reshape(1, 4, 15);
        var expected = Forward.Of(channelFirst,
            new() { ["x"] = Forward.Of("instance_norm", end, Gain, Bias).Reshape(4, 3, 5) })["y"];
        Numbers.Equal(expected, Forward.Of("batch_norm", X, Gain, Bias));
        // With running statistics set to those of the batch nothing changes at inference.
        var columns = Forward.Of("mean_first", X);
        var (mean, var) = (Forward.Of("mean", end.Reshape(4, 15)),
            Forward.Of("var", [("correction", 0)], end.Reshape(4, 15)));
        Numbers.Equal(expected, Forward.Of("batch_norm_inference", X, Gain, Bias, mean, var));
        Numbers.Equal(mean, Forward.Of("mean", columns));
    }

    [Fact]
    public void Batch_norm_takes_vectors_and_images_alike()
    {
        var x = X.Reshape(3, 4, 5, 1);
        Numbers.Equal(Forward.Of("batch_norm", X, Gain, Bias).Reshape(3, 4, 5, 1),
            Forward.Of("batch_norm", x, Gain, Bias));
        var vectors = Numbers.Normal(4, 6, 4);
        Numbers.Equal(Forward.Of("batch_norm", vectors, Gain, Bias),
            Forward.Of("batch_norm", vectors.Reshape(6, 4, 1), Gain, Bias).Reshape(6, 4));
    }

    [Fact]
    public void Lengths()
    {
        var row = NdArray.Vector(3, -4);
        Numbers.Equal(NdArray.Vector(0.6, -0.8), Forward.Of("normalize_l2", row));
        Numbers.Equal(NdArray.Vector(3 / 7.0, -4 / 7.0), Forward.Of("normalize_l1", row));
        Numbers.Equal(NdArray.Vector(0, 0), Forward.Of("normalize_l2", NdArray.Vector(0, 0)));
        Numbers.Equal(NdArray.Vector(2 * 3 / Math.Sqrt(12.5), 3 * -4 / Math.Sqrt(12.5)),
            Forward.Of("rms_norm", [("eps", 0)], row, NdArray.Vector(2, 3)));
        Numbers.Equal(Numbers.Of([1, 2], 6, -8), Forward.Of("weight_norm", row.Reshape(1, 2), NdArray.Vector(10)));
    }

    // Of five channels the window of four reaches one down and two up.
    [Fact]
    public void Neighbouring_channels_damp_each_other()
    {
        double[] x = [1, 2, 3, 4, 5];
        var y = NdArray.Generate([1, 5],
            c => x[c] / Math.Pow(2 + 0.4 / 4 * x.Where((_, e) => e >= c - 1 && e <= c + 2).Sum(v => v * v), 0.75));
        Numbers.Equal(y, Forward.Of("local_response_norm", [("size", 4), ("alpha", 0.4), ("k", 2)],
            Numbers.Of([1, 5], x)));
    }

    [Fact]
    public void Softmax_and_its_relatives()
    {
        var x = NdArray.Vector(1, -2, 0.5);
        var softmax = Forward.Of("softmax", x);
        Numbers.Equal(NdArray.Generate([3], i => Math.Exp(x.Values[i]) / x.Values.Sum(Math.Exp)), softmax);
        Numbers.Equal(softmax, Forward.Of("exp", Forward.Of("log_softmax", x)));
        Numbers.Equal(softmax, Forward.Of("softmin", Forward.Of("negative", x)));
        Numbers.Equal(softmax, Forward.Of("normalize_sum", Forward.Of("exp", x)));
        Numbers.Equal(softmax, Forward.Of("softmax_masked", x, NdArray.Vector(1, 1, 1)));
        Numbers.Equal(softmax,
            Forward.Of("softmax_temperature", [("temperature", 2)], Forward.Of("scale_and_shift", [("scale", 2)], x)));
        Numbers.Equal(NdArray.Vector(Math.Exp(0.5) / (1 + Math.Exp(0.5)), 0, 1 / (1 + Math.Exp(0.5))),
            Forward.Of("softmax_masked", x, NdArray.Vector(1, 0, 1)));
        Numbers.Equal(NdArray.Vector(1, 0, 0), Forward.Of("hardmax", x));
        Numbers.Equal(NdArray.Vector(0.5, 0.5), Forward.Of("softmax", NdArray.Vector(1e4, 1e4)));
        // The gumbel noise of u is -log(-log(u)).
        var u = NdArray.Vector(0.2, 0.5, 0.9);
        Numbers.Equal(Forward.Of("softmax", NdArray.Generate([3], i => x.Values[i] - Math.Log(-Math.Log(u.Values[i])))),
            Forward.Of("gumbel_softmax", x, u));
    }
}
