using Xunit;

namespace Adjoint.Tests;

public sealed class RandomInputsTests
{
    static Dictionary<string, NdArray> Draw(string text, ulong seed, InputOptions? options = null) =>
        RandomInputs.Draw(Parser.Parse(text), new SplitMix64(seed), options);

    static IEnumerable<Dictionary<string, NdArray>> Draws(string text, InputOptions? options = null) =>
        Enumerable.Range(1, 40).Select(seed => Draw(text, (ulong)seed, options));

    [Fact]
    public void Axes_that_meet_in_one_dimension_have_one_size()
    {
        const string Text = "rnn(x[t,b,i], w[j,i], u[j,k], h0[b,j]) -> h\n  h[-1,b,j] = h0[b,j]\n  for t:\n"
            + "    a[t,b,j] += x[t,b,i] * w[j,i]\n    a[t,b,j] += h[t - 1,b,k] * u[j,k]\n    h[t,b,j] = tanh(a[t,b,j])";
        Assert.All(Draws(Text), inputs => Assert.Equal(inputs["u"].Shape[0], inputs["u"].Shape[1]));
    }

    [Fact]
    public void Sizes_take_all_values_between_their_bounds()
    {
        var options = new InputOptions { MinSize = 0, MaxSize = 3 };
        var sizes = Draws("f(x[i]) -> y\n  y[i] = x[i]", options).Select(d => d["x"].Count).Distinct().Order();
        Assert.Equal([0, 1, 2, 3], sizes);
    }

    [Fact]
    public void Sizes_of_axis_lines_follow_their_bounds()
    {
        const string Text = """
            f(x[(h,c)], z[u], w[k]; heads = 2) -> y
              axis h < heads
              axis u < 2*#c + 1
              axis k < #u - 1
              y += x[(h,c)] * z[u] * w[k]
            """;
        Assert.All(Draws(Text), inputs =>
        {
            var c = inputs["x"].Count / 2;
            Assert.Equal(2 * c, inputs["x"].Count);
            Assert.Equal(2 * c + 1, inputs["z"].Count);
            Assert.Equal(2 * c, inputs["w"].Count);
        });
    }

    [Fact]
    public void Given_sizes_and_attributes_are_kept()
    {
        var options = new InputOptions
        {
            Sizes = new Dictionary<string, int> { ["i"] = 7, [".."] = 5 },
            Attributes = new Dictionary<string, double> { ["n"] = 6 },
        };
        var inputs = Draw("f(x[..,i], z[k]; n = 2) -> y\n  axis k < n\n  y[..,i,k] = x[..,i] * z[k]", 1, options);
        Assert.Equal([5, 7], inputs["x"].Shape);
        Assert.Equal([6], inputs["z"].Shape);
    }

    [Fact]
    public void Leading_dimensions_are_none_one_or_two_and_the_same_everywhere()
    {
        var draws = Draws("f(x[..,i], z[..]) -> y\n  y[..] += x[..,i] * z[..]").ToList();
        Assert.Equal([0, 1, 2], draws.Select(d => d["z"].Rank).Distinct().Order());
        Assert.All(draws, d => Assert.Equal(d["z"].Shape, d["x"].Shape.SkipLast(1)));
    }

    [Fact]
    public void Margins_are_part_of_a_shape() =>
        Assert.Equal([5], Draw("f(h[t from -1]) -> y\n  y[t] = h[t - 1] + h[t]", 1,
            new() { Sizes = new Dictionary<string, int> { ["t"] = 4 } })["h"].Shape);

    [Fact]
    public void Gathered_indices_stay_inside_also_shifted_ones()
    {
        const string Text = """
            f(x[v], tok[n], end[n], back[n]) -> y
              y[n] = x[tok[n]] + x[end[n]] * x[end[n] - 1] + x[#v - 1 - back[n]]
            """;
        Assert.All(Draws(Text), inputs =>
        {
            var size = inputs["x"].Count;
            Assert.All(inputs["tok"].Values, v => Assert.InRange(v, 0, size - 1));
            Assert.All(inputs["end"].Values, v => Assert.InRange(v, 1, size - 1));
            Assert.All(inputs["back"].Values, v => Assert.InRange(v, 0, size - 1));
        });
    }

    [Fact]
    public void Integers_that_name_cells_of_an_assignment_are_distinct() =>
        Assert.All(Draws("f(x[n], at[n], into[v]) -> into'\n  into'[at[n]] = x[n]"),
            inputs => Assert.Equal(inputs["at"].Count, inputs["at"].Values.Distinct().Count()));

    [Fact]
    public void Lengths_run_from_nothing_to_the_whole_axis()
    {
        var options = new InputOptions { Sizes = new Dictionary<string, int> { ["t"] = 2, ["b"] = 3 } };
        var lengths = Draws("f(x[t,b], int n[b]) -> y\n  y[b] += x[t,b]  if t < n[b]", options)
            .SelectMany(d => d["n"].Values);
        Assert.Equal([0, 1, 2], lengths.Distinct().Order());
    }

    [Fact]
    public void Values_have_both_signs_unless_the_program_wants_positive_ones()
    {
        Assert.Contains(Draws("f(x[i]) -> y\n  y[i] = 2 * x[i]"), d => d["x"].Values.Any(v => v < 0));
        Assert.DoesNotContain(Draws("f(x[i]) -> y\n  y[i] = log(x[i])"), d => d["x"].Values.Any(v => v < 0));
    }

    [Fact]
    public void Domains_bound_values()
    {
        var options = new InputOptions
        {
            Domains = new Dictionary<string, (double, double)> { ["x"] = (5, 6), ["n"] = (7, 8) },
        };
        var draws = Draws("f(x[i], int n) -> y\n  y[i] = x[i] * n", options).ToList();
        Assert.All(draws, d => Assert.All(d["x"].Values, v => Assert.InRange(v, 5, 6)));
        Assert.Equal([7, 8], draws.Select(d => d["n"].Values[0]).Distinct().Order());
    }

    [Fact]
    public void A_program_that_never_runs_says_what_stopped_it()
    {
        var error = Assert.Throws<LoopRunException>(() => Draw("f(x[i]) -> y[i]\n  y[i] = x[i + 1]", 1));
        Assert.StartsWith("f: x is read outside its cells", error.Message, StringComparison.Ordinal);
    }
}
