using Xunit;

namespace Adjoint.Tests;

public sealed class InitTests
{
    static double Relu(double x) => Math.Max(x, 0);

    [Fact]
    public void Moments_of_relu_are_those_of_the_golden_case()
    {
        var golden = new GoldenCase("s4_init_variance");
        var kept = GaussianMoments.Keeping(Moment.Variance, Relu);
        golden.Equal(kept.Input, "c");
        golden.Equal(kept.Mean, "b_prime");
        var d = golden.Number("d");
        golden.Equal(Math.Sqrt(kept.Input / d), "std_d256_relu");
        golden.Equal(Math.Sqrt(GaussianMoments.Keeping(Moment.Variance, x => x).Input / d), "std_d256_linear");
        golden.Equal(Math.Sqrt(3 / d), "uniform_limit_xavier_sqrt3_over_d");
        foreach (var row in golden.Rows("rows"))
        {
            var moments = GaussianMoments.Of(Relu, row.Number("var_times_d"));
            row.Equal(moments.Mean, "relu_mean");
            row.Equal(moments.SecondMoment, "relu_second_moment");
            row.Equal(moments.Variance, "relu_var");
        }
        Numbers.Equal(2, NdArray.Scalar(GaussianMoments.Keeping(Moment.Second, Relu).Input));
    }

    [Fact]
    public void Depth_multiplies_the_second_moment_as_computed() => Assert.All(
        new GoldenCase("s4_depth_propagation").Rows("rows"), row => row.Equal(
            Math.Pow(GaussianMoments.Of(Relu, row.Number("var_times_d")).SecondMoment, 20), "second_moment_after_20_relu_layers"));

    [Fact]
    public void Bends_anywhere_are_integrated()
    {
        // E min(max(z, -1), 1)² = erf(1/√2) - 2 φ(1) + (1 - erf(1/√2))
        var expected = 1 - 2 * Math.Exp(-0.5) / Math.Sqrt(2 * Math.PI);
        Numbers.Equal(expected, NdArray.Scalar(GaussianMoments.Of(x => Math.Clamp(x, -1, 1), 1).SecondMoment));
        Numbers.Equal(0.5, NdArray.Scalar(GaussianMoments.Of(x => x > 0.0 ? 1 : 0, 3).Mean));
    }

    [Theory]
    [InlineData("relu", Moment.Second, 1)]
    [InlineData("relu", Moment.Variance, 1)]
    [InlineData("tanh", Moment.Second, 0.4)]
    [InlineData("softplus", Moment.Variance, 1)]
    public void Kept_moments_stay_through_ten_wide_layers(string name, Moment moment, double value)
    {
        const int Width = 600, Examples = 100;
        Func<double, double> activation = name switch
        {
            "relu" => Relu,
            "tanh" => Math.Tanh,
            _ => x => Math.Log(1 + Math.Exp(x)),
        };
        var shift = moment is Moment.Variance ? GaussianMoments.Keeping(moment, activation, value).Mean : 0;
        var init = Init.Keeping(moment, activation, value);
        using var seed = Tensor.Seed(3);
        var x = Tensor.Normal(DType.Float64, Examples, Width) * Math.Sqrt(value);
        for (var l = 0; l < 10; l++)
        {
            var layer = new Linear(Width, Width, bias: false, init);
            layer.Initialize((ulong)l, DType.Float64);
            x = layer.Forward(x);
            x = (name switch { "relu" => x.Relu(), "tanh" => x.Tanh(), _ => x.Softplus() }) - shift;
        }
        var numbers = x.ToArray<double>();
        Assert.InRange(numbers.Average(v => v * v), 0.5 * value, 2 * value);
    }

    [Fact]
    public void A_moment_that_is_never_reached_is_an_error()
    {
        var error = Assert.Throws<ArgumentException>(() => GaussianMoments.Keeping(Moment.Second, Math.Tanh));
        Assert.Contains("no variance of the input gives a second moment of 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Init.Keeping(Moment.Variance, x => 1));
    }

    [Fact]
    public void Policies_have_their_variance()
    {
        const int In = 40, Out = 60;
        (Init Init, double Variance, bool IsUniform)[] all =
        [
            (Init.XavierUniform(2), 4 * 2.0 / (In * 9 + Out * 9), true), (Init.XavierNormal(), 2.0 / (In * 9 + Out * 9), false),
            (Init.HeUniform(), 2.0 / (In * 9), true), (Init.HeNormal(0.5), 2 / 1.25 / (In * 9), false),
            (Init.Standard, 1.0 / 3 / (In * 9), true), (Init.Normal(0.1), 0.01, false), (Init.Uniform(-3, 3), 3, true),
            (Init.Keeping(Moment.Second, Relu), 2.0 / (In * 9), false),
        ];
        foreach (var (init, variance, isUniform) in all)
        {
            var values = init.Values([Out, In, 3, 3], new Philox(4, 5, 0));
            Assert.InRange(values.Average(v => v * v) / variance, 0.97, 1.03);
            Assert.InRange(Math.Abs(values.Average()), 0, 0.03 * Math.Sqrt(variance));
            Assert.Equal(isUniform, values.Max() <= Math.Sqrt(3 * variance));
        }
        Assert.Throws<ShapeException>(() => Init.XavierNormal().Values([3], new Philox(1, 1, 0)));
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    [InlineData(7, 7)]
    public void Orthogonal_rows_or_columns_have_length_gain_and_right_angles(int rows, int columns)
    {
        var w = Tensor.Of(Init.Orthogonal(2).Values([rows, columns], new Philox(1, 2, 0)), rows, columns);
        var products = (rows <= columns ? w.Gram() : w.T.Gram()).ToHost().ToDoubles();
        var n = Math.Min(rows, columns);
        Numbers.Equal(NdArray.Generate([n, n], i => i % (n + 1) == 0 ? 4 : 0), new NdArray([n, n], products));
    }
}
