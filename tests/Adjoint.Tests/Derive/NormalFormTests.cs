using Xunit;

namespace Adjoint.Tests;

public sealed class NormalFormTests
{
    static string Body(string text)
    {
        var form = NormalForm.Of(Parser.Parse(text));
        Assert.Equal(form, Parser.Parse(form.ToString()));
        return string.Join('\n', form.Lines.Select(l => Printer.Print(l)));
    }

    [Fact]
    public void Constants_gather_in_one_factor() =>
        Assert.Equal("y[j] = -2 / #j * x[j] * z[j]", Body("f(x[j], z[j]) -> y\n  y[j] = 2 * x[j] * (-z[j] / #j)"));

    [Fact]
    public void An_axis_that_cancels_is_counted() =>
        Assert.Equal("y[i] += #j * x[i]", Body("f(x[i], z[i,j]) -> y\n  y[i] += x[i] * z[i,j] / z[i,j]"));

    [Fact]
    public void A_factor_without_the_summed_axis_leaves_the_sum() =>
        Assert.Equal("sum_y[b] += x[b,j] * w[j]\ny[b] += a[b] * sum_y[b] / #j",
            Body("f(a[b], x[b,j], w[j]) -> y\n  y[b] += a[b] * x[b,j] * w[j] / #j"));

    [Fact]
    public void A_term_without_the_summed_axis_leaves_the_sum() =>
        Assert.Equal("sum_y[b] += x[b,j]\ny[b] += 2 * (sum_y[b] - #j * a[b])",
            Body("f(a[b], x[b,j]) -> y\n  y[b] += 2 * (x[b,j] - a[b])"));

    [Fact]
    public void A_product_of_three_sums_one_axis_after_the_other() =>
        Assert.Equal("sum_y[j,k] += x[j,i] * w[i,k]\ny[j,l] += z[k,l] * sum_y[j,k]",
            Body("f(x[j,i], w[i,k], z[k,l]) -> y\n  y[j,l] += x[j,i] * w[i,k] * z[k,l]"));

    [Fact]
    public void Conditions_stay_with_the_axes_they_tie() =>
        Assert.Equal("sum_y[t,d] += e[t,u] * v[u,d]  if u <= t\ny[t,d] += sum_y[t,d] / z[t]",
            Body("f(e[t,u], v[u,d], z[t]) -> y\n  y[t,d] += e[t,u] / z[t] * v[u,d]  if u <= t"));

    [Fact]
    public void A_sum_in_a_time_loop_carries_the_steps() =>
        Assert.Equal("h[t,j] = h[t-1,j] + x[t,j]\nsum_loss[t] += h[t,j]\nloss += sum_loss[t] / #j",
            Body("f(x[t,j]) -> loss\n  for t:\n    h[t,j] = h[t-1,j] + x[t,j]\n    loss += h[t,j] / #j"));

    [Theory]
    [InlineData("y[b,j] += x[b,i] * w[i,j]")]
    [InlineData("y[b,j] += tanh(x[b,i] + w[i,j])")]
    [InlineData("y[b,j] max= x[b,i] * w[i,j] * 2")]
    public void What_is_cheapest_stays(string line)
    {
        var program = Parser.Parse($"f(x[b,i], w[i,j]) -> y\n  {line}");
        Assert.Single(NormalForm.Of(program).Lines);
    }
}
