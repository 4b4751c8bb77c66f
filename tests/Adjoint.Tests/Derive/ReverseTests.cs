using Xunit;

namespace Adjoint.Tests;

public sealed class ReverseTests
{
    static string[] Lines(string text, bool simplify = true)
    {
        var reverse = Reverse.Of(Parser.Parse(text), simplify);
        Assert.NotNull(reverse);
        Assert.Equal(reverse.Program, Parser.Parse(Printer.Print(reverse.Program)));
        Assert.Equal(reverse.Combined, Parser.Parse(Printer.Print(reverse.Combined)));
        return [.. Printer.Print(reverse.Program).TrimEnd().Split('\n').Skip(1)];
    }

    [Fact]
    public void The_quiz_has_its_six_loops_in_its_order() => Assert.Equal(
        [
            "  dx[b,j] += dx_new[b,j] / sqrt(s[j])",
            "  dmu[j] -= dx_new[b,j] / sqrt(s[j])",
            "  ds[j] -= 0.5 * dx_new[b,j] * x'[b,j] / s[j]",
            "  dx[b,j] += 2 * ds[j] * (x[b,j] - mu[j]) / (#b - 1)",
            "  dmu[j] -= 2 * ds[j] * (x[b,j] - mu[j]) / (#b - 1)",
            "  dx[b,j] += dmu[j] / #b",
        ],
        Lines("""
            batchnorm(x[b,j]) -> x'
              mu[j]   += x[b,j] / #b
              s[j]    += square(x[b,j] - mu[j]) / (#b - 1)
              x'[b,j] = (x[b,j] - mu[j]) / sqrt(s[j])
            """));

    [Theory]
    [InlineData("f(x[b,j], z[b]) -> y\n  y[b] = z[b] * #j", "f_reverse(dy[b], shape x[b,j]) -> dz[b]\n  dz[b] = dy[b] * #j\n")]
    [InlineData("g(z, int x[i]) -> y\n  y += z * k + x[2*k]",
        "g_reverse(dy, shape x[i]) -> dz\n  axis k < (#i + 1) / 2\n  dz += dy * k\n")]
    public void A_size_that_nothing_else_tells_comes_with_an_operand_of_which_only_the_shape_counts(string text, string expected) =>
        Assert.Equal(expected, Printer.Print(Reverse.Of(Parser.Parse(text))!.Program));

    // The gradient of dy has no line of its own in a loop, and dy no plain index that names its first dimension.
    [Fact]
    public void Cells_that_only_shifts_reach_are_walked_along_the_axis_that_is_shifted()
    {
        var program = Parser.Parse("""
            f(w[p], x[i,k]) -> f[p,i]
              y[-1,p] = w[p]
              for i:
                f[p,i] max= y[i-1,p-1] * x[i,k]
                y[i,p] = 0.6
            """);
        var second = Printer.Print(Reverse.Of(Reverse.Of(program)!.Combined)!.Program);
        Assert.Contains("  for i:\n    d2dy[i,p] = 0\n", second, StringComparison.Ordinal);
    }

    // From (j,k) and k < #j neither follows.
    [Fact]
    public void Of_two_axes_that_tell_only_each_other_one_comes_with_an_operand()
    {
        var reverse = Reverse.Of(Parser.Parse("""
            f(v[b], x[j]) -> y[(j,k)]
              axis k < #j
              y[(j,k)] = 0.2 * k + v[3+k]
            """))!;
        Assert.Equal("f_reverse(dy[(j,k)], shape v[b], shape x[j]) -> dv[b]", Printer.Signature(reverse.Program));
        var dv = Reference.Run(reverse.Program, new Dictionary<string, NdArray>
        {
            ["dy"] = NdArray.Vector(1, 2, 3, 4), ["v"] = NdArray.Zeros([6]), ["x"] = NdArray.Zeros([2]),
        })["dv"];
        Assert.Equal([0.0, 0, 0, 4, 6, 0], dv.Values.ToArray());
    }

    [Fact]
    public void A_cell_of_a_folded_dimension_needs_the_sizes_of_its_axes()
    {
        var reverse = Reverse.Of(Parser.Parse("""
            f(z[(j,i)], x[n], w[i], int len) -> g[k]
              axis k < #j
              f[i] += w[i]
              g[len] += x[0]  if z[(1,1)] > 0
            """))!;
        Assert.Equal("f_reverse(z[(j,i)], int len, dg[k], shape x[n], shape w[i]) -> dx[n]", Printer.Signature(reverse.Program));
    }

    [Fact]
    public void What_a_diagonal_of_a_folded_dimension_leaves_alone_keeps_its_gradient()
    {
        var reverse = Reverse.Of(Parser.Parse("f(x[k,(i,k)]) -> x'[k,(i,k)]\n  x'[k,(i,k)] = 1"))!;
        var dx = Reference.Run(reverse.Combined, new Dictionary<string, NdArray>
        {
            ["x"] = NdArray.Zeros([2, 2]), ["dx_new"] = new([2, 2], [1, 2, 3, 4]),
        })["dx"];
        Assert.Equal([0.0, 2, 3, 0], dx.Values.ToArray());
    }

    // Its gradient would be read where dy has no cell.
    [Fact]
    public void A_cell_beside_the_steps_that_nobody_reads_has_no_gradient() => Assert.Null(Reverse.Of(Parser.Parse("""
        f(x[k]) -> y[k,i]
          axis i < 3
          y[k,#i] = x[k]
          for i down:
            y[k,i] = 1
        """)));

    [Fact]
    public void Softmax_needs_one_row_sum_and_no_exp() => Assert.Equal(
        [
            "  sum_z[..] += dy[..,j] * y[..,j]",
            "  dx[..,j] = (dy[..,j] - sum_z[..]) * y[..,j]",
        ],
        Lines("""
            softmax(x[..,j]) -> y
              m[..]   max= x[..,j]
              e[..,j] = exp(x[..,j] - stop(m[..]))
              z[..]   += e[..,j]
              y[..,j] = e[..,j] / z[..]
            """));

    [Fact]
    public void An_axis_that_vanishes_becomes_its_extent() => Assert.Equal(
        ["  dx[b] = dy * #j"],
        Lines("""
            repeat(x[b], z[j]) -> y
              y += x[b] + stop(z[j])
            """));

    [Fact]
    public void Weight_gradients_come_after_the_time_loop()
    {
        var lines = Lines("""
            rnn(x[t,b,i], w[j,i], u[j,k], h0[b,j]) -> h
              h[-1,b,j] = h0[b,j]
              for t:
                a[t,b,j] += x[t,b,i] * w[j,i]
                a[t,b,j] += h[t-1,b,k] * u[j,k]
                h[t,b,j] = tanh(a[t,b,j])
            """);
        Assert.Equal(
        [
            "  gh[t,b,j] = dh[t,b,j]",
            "  for t down:",
            "    da[t,b,j] = gh[t,b,j] * (1 - square(h[t,b,j]))",
            "    gh[t-1,b,k] += da[t,b,j] * u[j,k]",
            "  du[j,k] += da[t,b,j] * h[t-1,b,k]",
            "  dx[t,b,i] += da[t,b,j] * w[j,i]",
            "  dw[j,i] += da[t,b,j] * x[t,b,i]",
            "  dh0[b,j] = gh[-1,b,j]",
        ], lines);
    }

    [Fact]
    public void A_line_that_leaves_a_loop_without_naming_its_axis_counts_once_a_step() => Assert.Equal(
        ["  dw = dloss * #t"],
        Lines("""
            total(w, shape x[t]) -> loss
              for t:
                loss += w
            """));

    [Fact]
    public void Overwritten_cells_pass_no_gradient_to_the_operand_they_replace() => Assert.Equal(
        [
            "  drow[b,c] = dcache_new[b,position,c]",
            "  dcache[b,t,c] += dcache_new[b,t,c]  if t != position",
        ],
        Lines("""
            append(cache[b,t,c], row[b,c], int position) -> cache'
              cache'[b,position,c] = row[b,c]
            """));

    [Fact]
    public void An_output_that_is_read_again_adds_to_the_given_gradient() => Assert.Equal(
        ["  dx[i] = (dy[i] + 2 * dz * y[i]) * y[i]"],
        Lines("""
            twice(x[i]) -> y, z
              y[i] = exp(x[i])
              z += square(y[i])
            """));

    [Fact]
    public void The_second_reversal_writes_d2()
    {
        var first = Reverse.Of(Parser.Parse("cube(x[i]) -> y\n  y[i] = x[i] * square(x[i])\n"))!;
        var second = Reverse.Of(first.Combined)!;
        Assert.Equal(["d2x", "d2dy"], second.Program.Outputs.Select(o => o.Name));
        Assert.Equal(["x", "dy"], second.Gradients.Keys);
    }

    [Fact]
    public void Integers_comparisons_and_one_hot_have_no_gradient() => Assert.Null(Reverse.Of(Parser.Parse("""
        one_hot(int tok[b]; classes = 4) -> y
          axis v < classes
          y[b,v] = tok[b] == v
        """)));

    [Fact]
    public void Branches_of_where_guard_what_they_write()
    {
        Assert.Equal(["  dx[i-1] += dy[i]  if i > 0"], Lines("""
            shift(x[i]) -> y
              y[i] = where(i > 0, x[i-1], 0)
            """));
    }

    [Fact]
    public void A_loop_without_a_cycle_vanishes() => Assert.Equal(
        ["  dx[t] = dy[t] * y[t]"],
        Lines("""
            pointwise(x[t]) -> y
              for t:
                y[t] = exp(x[t])
            """));

    [Fact]
    public void The_leading_axes_have_a_position_like_any_other() => Assert.Equal(
        [
            "  at_y[b] min= ..  if x[b,..] == y[b]",
            "  dx[b,..] += dy[b]  if .. == at_y[b]",
        ],
        Lines("""
            largest(x[b,..]) -> y
              y[b] max= x[b,..]
            """));
}
