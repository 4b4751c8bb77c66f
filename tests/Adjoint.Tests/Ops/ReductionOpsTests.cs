using Xunit;

namespace Adjoint.Tests;

public sealed class ReductionOpsTests
{
    static readonly double[] X = [3, -1, 4, 1, -5];

    [Theory]
    [InlineData("sum", 2)]
    [InlineData("mean", 0.4)]
    [InlineData("var", 12.8)] // the squares sum to 52, less 5 * 0.16, over 4
    [InlineData("max", 4)]
    [InlineData("min", -5)]
    [InlineData("max_evenly", 4)]
    [InlineData("arg_max", 2)]
    [InlineData("arg_min", 4)]
    [InlineData("product", 60)]
    [InlineData("sum_square", 52)]
    [InlineData("norm_l1", 14)]
    [InlineData("norm_max", 5)]
    [InlineData("any", 1)]
    [InlineData("all", 1)]
    [InlineData("count_nonzero", 5)]
    public void A_row_becomes_a_number(string op, double expected)
    {
        Numbers.Equal(expected, Forward.Of(op, NdArray.Vector(X)), op);
        // Rows do not see each other.
        Numbers.Equal(NdArray.Vector(expected, expected), Forward.Of(op, Numbers.Of([2, 5], [.. X, .. X])), op);
    }

    [Fact]
    public void Roots_logarithms_and_masks()
    {
        var x = NdArray.Vector(X);
        Numbers.Equal(Math.Sqrt(12.8), Forward.Of("std", x));
        Numbers.Equal(Math.Sqrt(10.24), Forward.Of("std", [("correction", 0)], x));
        Numbers.Equal(Math.Sqrt(52), Forward.Of("norm_l2", x));
        Numbers.Equal(Math.Cbrt(27 + 1 + 64 + 1 + 125), Forward.Of("norm_lp", [("p", 3)], x));
        Numbers.Equal(Math.Log(X.Sum(Math.Exp)), Forward.Of("logsumexp", x));
        Numbers.Equal(Math.Log(2), Forward.Of("log_sum", x));
        Numbers.Equal(1000 + Math.Log(2), Forward.Of("logsumexp", NdArray.Vector(1000, 1000)));
        Numbers.Equal(2, Forward.Of("masked_mean", x, NdArray.Vector(1, 0, 0, 1, 0)));
        Numbers.Equal(3 - 2 + 12 + 4 - 25, Forward.Of("weighted_sum", x, NdArray.Vector(1, 2, 3, 4, 5)));
        Numbers.Equal(0, Forward.Of("any", NdArray.Vector(0, 0)));
        Numbers.Equal(0, Forward.Of("all", NdArray.Vector(1, 0)));
        Numbers.Equal(1, Forward.Of("count_nonzero", NdArray.Vector(0, -3)));
    }

    [Fact]
    public void Of_all_elements_and_along_the_first_axis()
    {
        var x = Numbers.Count(2, 3);
        Numbers.Equal(15, Forward.Of("sum_all", x));
        Numbers.Equal(2.5, Forward.Of("mean_all", x));
        Numbers.Equal(NdArray.Vector(3, 5, 7), Forward.Of("sum_first", x));
        Numbers.Equal(NdArray.Vector(1.5, 2.5, 3.5), Forward.Of("mean_first", x));
    }

    [Fact]
    public void Covariance_has_the_variances_on_its_diagonal()
    {
        var x = Numbers.Normal(1, 6, 3);
        var covariance = Forward.Of("covariance", x);
        Numbers.Equal(Forward.Of("var", Forward.Of("transpose", x)), Forward.Of("diagonal", covariance));
        Numbers.Equal(Forward.Of("transpose", covariance), covariance);
    }

    [Fact]
    public void Equal_maxima_share_the_gradient_only_where_it_is_asked_for()
    {
        var x = NdArray.Vector(1, 7, 7, 0);
        Numbers.Equal(NdArray.Vector(0, 1, 0, 0), Gradient.OfLoss(ReductionOps.Max, new() { ["x"] = x }, "y")["dx"]);
        Numbers.Equal(NdArray.Vector(0, 0.5, 0.5, 0),
            Gradient.OfLoss(ReductionOps.MaxEvenly, new() { ["x"] = x }, "y")["dx"]);
    }

    [Theory]
    [InlineData("cumulative_sum", new double[] { 3, 2, 6, 7, 2 })]
    [InlineData("cumulative_sum_exclusive", new double[] { 0, 3, 2, 6, 7 })]
    [InlineData("cumulative_sum_reversed", new double[] { 2, -1, 0, -4, -5 })]
    [InlineData("cumulative_sum_reversed_exclusive", new double[] { -1, 0, -4, -5, 0 })]
    [InlineData("cumulative_product", new double[] { 3, -3, -12, -12, 60 })]
    [InlineData("cumulative_max", new double[] { 3, 3, 4, 4, 4 })]
    [InlineData("cumulative_min", new double[] { 3, -1, -1, -1, -5 })]
    public void A_row_becomes_a_running_row(string op, double[] expected)
    {
        Numbers.Equal(NdArray.Vector(expected), Forward.Of(op, NdArray.Vector(X)), op);
        Numbers.Equal(Numbers.Of([2, 5], [.. expected, .. expected]), Forward.Of(op, Numbers.Of([2, 5], [.. X, .. X])),
            op);
    }

    [Fact]
    public void Scans_with_memory()
    {
        var x = NdArray.Vector(1, 2, 4);
        Numbers.Equal(NdArray.Vector(3, 4, 4), Forward.Of("discounted_sum", [("discount", 0.5)], x));
        Numbers.Equal(NdArray.Vector(0.5, 1.25, 2.625), Forward.Of("moving_average", [("keep", 0.5)], x));
        Numbers.Equal(NdArray.Generate([3], t => Math.Log(x.Values.Take(t + 1).Sum(Math.Exp))),
            Forward.Of("cumulative_logsumexp", x));
        var steps = x.Reshape(3, 1, 1);
        Numbers.Equal(Numbers.Of([3, 1, 1], 1, 2.5, 5.25),
            Forward.Of("linear_recurrence_fixed", steps, NdArray.Vector(0.5)));
        Numbers.Equal(Numbers.Of([3, 1, 1], 1, 5, 4.5),
            Forward.Of("linear_recurrence", steps, Numbers.Of([3, 1, 1], 9, 3, 0.1)));
    }
}
