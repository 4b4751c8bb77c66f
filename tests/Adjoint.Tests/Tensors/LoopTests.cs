using Xunit;

namespace Adjoint.Tests;

public sealed class LoopTests
{
    static readonly Tensor X = Tensor.Of<double>([1, 2, 3, 4, 5, 6], 2, 3);
    static readonly Tensor W = Tensor.Of<double>([1, 0, 0, 1, 1, 1], 3, 2);

    [Fact]
    public void A_line_with_tensors_in_its_holes_runs()
    {
        IndexingTests.AssertIs(Loop.Run($"y[b,j] += {X}[b,i] * {W}[i,j]"), [2, 2], 4, 5, 10, 11);
        IndexingTests.AssertIs(Loop.Run($"y += {X}[..]"), [], 21);
    }

    [Fact]
    public void Several_lines_give_the_tensor_written_last()
    {
        var y = Loop.Run($"""
            m[b]   max= {X}[b,j]
            e[b,j] = exp({X}[b,j] - stop(m[b]))
            z[b]   += e[b,j]
            y[b,j] = e[b,j] / z[b]
            """);
        IndexingTests.AssertIs(y - X.Softmax(), [2, 3], 0, 0, 0, 0, 0, 0);
    }

    [Fact]
    public void Numbers_are_attributes_and_tensors_may_be_indices()
    {
        var at = Tensor.Of([1, 0, 1], 3);
        IndexingTests.AssertIs(Loop.Run($"y[n,i] = {X}[{at}[n],i] * {2.5}"), [3, 3], 10, 12.5, 15, 2.5, 5, 7.5, 10, 12.5, 15);
        IndexingTests.AssertIs(Loop.Run($"""
            axis k < {2}
            y[b,k] = {X}[b,k + {1}]
            """), [2, 2], 2, 3, 5, 6);
    }

    [Fact]
    public void Named_outputs_are_returned_together()
    {
        var (low, high) = Loop.Run("low, high", $"""
            low[b] min= {X}[b,j]
            high[b] max= {X}[b,j]
            """);
        IndexingTests.AssertIs(low, [2], 1, 4);
        IndexingTests.AssertIs(high, [2], 3, 6);
    }

    [Fact]
    public void A_time_loop_of_a_user_has_a_gradient()
    {
        var x = Tensor.Of<double>([1, 2, 3], 3).WithGrad();
        var h = Loop.Run($"""
            for t:
              h[t] = 0.5 * h[t-1] + {x}[t]
            """);
        h[^1].Backward();
        IndexingTests.AssertIs(x.Grad!, [3], 0.25, 0.5, 1);
    }

    [Fact]
    public void The_same_text_is_parsed_once_whatever_the_numbers()
    {
        Tensor Scaled(double by) => Loop.Run($"y[..] = {by} * {X}[..]");
        Assert.Same(Scaled(2).Source!.Binding.Pattern, Scaled(3).Source!.Binding.Pattern);
    }

    [Fact]
    public void A_size_that_does_not_fit_shows_the_line()
    {
        var error = Assert.Throws<ShapeException>(() => Loop.Run($"y[b,j] += {X}[b,i] * {X}[i,j]"));
        Assert.Contains("axis i has two sizes, 3 and 2", error.Message);
        Assert.Contains("y[b,j] += x1[b,i] * x2[i,j]", error.Message);
        Assert.Throws<LoopException>(() => Loop.Run($"y[b] = {X}[b,i]"));
    }
}
