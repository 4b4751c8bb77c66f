using Xunit;

namespace Adjoint.Tests;

public sealed class CountedCostTests
{
    static readonly Dictionary<string, NdArray> Inputs = new()
    {
        ["x"] = NdArray.Zeros(4), ["w"] = NdArray.Zeros(3), ["n"] = NdArray.Scalar(2),
    };

    static readonly Dictionary<string, double> Attributes = new() { ["pad"] = 1 };

    static readonly CountedCost Cost = new(Parser.Parse("""
        f(x[m], w[k], int n; pad = 0) -> y, z
          axis p < #m + 2*pad - #k + 1
          y[p] += x[m] * w[k]  if m == p + k - pad
          z += exp(x[m])       if m < n
        """), Inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray()), Attributes);

    static RunResult Run() => Reference.Run(Cost.Counted, Inputs, Attributes, new() { CountOperations = true });

    [Fact]
    public void A_run_counts_what_the_cost_says()
    {
        var check = Cost.Compare("cost", Run());
        Assert.True(check.Passed, check.Detail);
        Assert.Equal([10, 2], Run().Points); // 12 pairs less the two that reach into the padding
    }

    [Fact]
    public void A_point_too_many_fails()
    {
        var check = Cost.Compare("cost", Run() with { Points = [11, 2] });
        Assert.False(check.Passed);
        Assert.Equal("11 points counted, 10 expected: y[p]", check.Detail);
    }

    [Fact]
    public void Points_above_an_upper_bound_fail() =>
        Assert.Equal("5 points counted, 4 at most: z", Cost.Compare("cost", Run() with { Points = [10, 5] }).Detail);

    [Fact]
    public void A_kind_of_operation_above_its_bound_fails()
    {
        var check = Cost.Compare("cost", Run() with { Operations = new Dictionary<string, long> { ["exp"] = 7 } });
        Assert.Equal("7 operations 'exp' counted, 4 at most", check.Detail);
    }
}
