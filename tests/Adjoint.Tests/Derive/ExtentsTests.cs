using Xunit;

namespace Adjoint.Tests;

public sealed class ExtentsTests
{
    const string Conv = """
        conv(x[b,i,m], w[j,i,k]; stride = 1, pad = 0) -> y
          axis p < (#m + 2*pad - #k) / stride + 1
          y[b,j,p] += x[b,i,m] * w[j,i,k]  if m == stride*p + k - pad
        """;

    static Extents Bind(string text, params (string Name, int[] Shape)[] shapes) => BindWith(text, [], shapes);

    static Extents BindWith(string text, Dictionary<string, double> attributes,
        params (string Name, int[] Shape)[] shapes) =>
        Extents.Bind(Parser.Parse(text), shapes.ToDictionary(s => s.Name, s => s.Shape), attributes);

    [Fact]
    public void Leading_dimensions_are_one_axis_and_come_back_in_the_output()
    {
        var extents = Bind("sum(x[..,j]) -> y\n  y[..] += x[..,j]", ("x", [2, 3, 4]));
        Assert.Equal(6, extents[".."]);
        Assert.Equal([6, 4], extents.Tensor("x").Sizes);
        Assert.Equal([2, 3], extents.OutputShape("y"));
    }

    [Fact]
    public void Too_few_dimensions_are_counted_without_the_leading_ones()
    {
        var error = Assert.Throws<ShapeException>(() => Bind("f(x[..,i,j]) -> y\n  y[..] += x[..,i,j]", ("x", [2])));
        Assert.Contains("x has 1 dimension; x[..,i,j] has at least 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leading_dimensions_in_front_need_none_of_their_own()
    {
        var error = Assert.Throws<ShapeException>(() => Bind("f(x[..,i]) -> y\n  y[..] += x[..,i]", ("x", [])));
        Assert.Contains("x has 0 dimensions; x[..,i] has at least 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_nothing_tells_is_shown_at_the_first_line_that_writes_it()
    {
        var error = Assert.Throws<LoopException>(() => Bind("""
            f(x[i], int k[i]) -> y
              s[k[i]] += x[i]
              s[k[i]] += 2 * x[i]
              y[i] = s[k[i]]
            """, ("x", [2]), ("k", [2])));
        Assert.Contains("  s[k[i]] += x[i]\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_of_a_folded_dimension_needs_both_of_its_sizes()
    {
        var error = Assert.Throws<LoopException>(() => Bind("f(z[(j,i)]) -> y\n  y = z[(3,1)]", ("z", [8])));
        Assert.StartsWith("f: the extent of axis j is not known.\n  y = z[(3,1)]\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_leading_dimension_is_one_position()
    {
        var extents = Bind("sum(x[..,j]) -> y\n  y[..] += x[..,j]", ("x", [4]));
        Assert.Equal(1, extents[".."]);
        Assert.Equal([], extents.OutputShape("y"));
    }

    [Theory]
    [InlineData(6, 3, 1, 1, 6)]
    [InlineData(5, 3, 2, 1, 3)]
    [InlineData(1, 3, 1, 0, 0)]
    public void An_axis_line_rounds_down_and_is_at_least_zero(int m, int k, int stride, int pad, int expected) =>
        Assert.Equal([2, 7, expected], BindWith(Conv, new() { ["stride"] = stride, ["pad"] = pad }, ("x", [2, 3, m]),
            ("w", [7, 3, k]))
            .OutputShape("y"));

    [Fact]
    public void A_composite_dimension_is_divided()
    {
        var extents = Bind("split(x[b,(h,c)]; heads = 2) -> y\n  axis h < heads\n  y[b,h,c] = x[b,(h,c)]",
            ("x", [3, 10]));
        Assert.Equal(5, extents["c"]);
        Assert.Equal([3, 2, 5], extents.OutputShape("y"));
    }

    [Fact]
    public void A_composite_output_is_one_dimension() =>
        Assert.Equal([3, 10], Bind("merge(x[b,h,c]) -> y\n  y[b,(h,c)] = x[b,h,c]", ("x", [3, 2, 5])).OutputShape("y"));

    [Fact]
    public void An_axis_of_an_affine_read_alone_gets_the_largest_extent_that_stays_inside()
    {
        const string Text = "conv(x[b,m], w[k]) -> y\n  y[b,p] += x[b,2*p + k] * w[k]";
        Assert.Equal(3, Bind(Text, ("x", [1, 7]), ("w", [3]))["p"]);
        Assert.Equal(0, Bind(Text, ("x", [1, 2]), ("w", [3]))["p"]);
        Assert.Equal(4, Bind("f(x[i]) -> y\n  y[j] = x[#i - 2 - j] + x[j + 1]", ("x", [5]))["j"]);
    }

    [Fact]
    public void Carried_tensors_own_the_cells_their_indices_reach()
    {
        var extents = Bind("""
            f(x[t,b], h0[b]) -> h
              h[-1,b] = h0[b]
              for t:
                h[t,b] = h[t-1,b] + g[t-2,b] + x[t,b]
                g[t,b] = h[t,b]
              last[b] = h[#t - 1,b]
            """, ("x", [4, 3]), ("h0", [3]));
        Assert.Equal([-1, 0], extents.Tensor("h").From);
        Assert.Equal([5, 3], extents.Tensor("h").Sizes);
        Assert.Equal([6, 3], extents.Tensor("g").Sizes);
        Assert.Equal([4, 3], extents.OutputShape("h"));
    }

    [Fact]
    public void A_loop_that_runs_down_owns_the_cell_beyond_the_last()
    {
        var extents = Bind("f(x[t]) -> y[t to +1]\n  for t down:\n    y[t] = y[t+1] + x[t]", ("x", [0]));
        Assert.Equal([0], extents.Tensor("y").From);
        Assert.Equal([1], extents.Tensor("y").Sizes);
        Assert.Equal([1], extents.OutputShape("y"));
    }

    [Fact]
    public void Margins_of_an_operand_are_counted_in_its_shape()
    {
        var extents = Bind("f(h[t from -1,b], shape x[s]) -> y\n  y[t,b] = h[t-1,b] * #s", ("h", [5, 2]), ("x", [9]));
        Assert.Equal(4, extents["t"]);
        Assert.Equal(9, extents["s"]);
        Assert.Equal([4, 2], extents.OutputShape("y"));
    }

    [Fact]
    public void Two_sizes_of_an_axis_are_shown_where_they_meet()
    {
        var error = Assert.Throws<ShapeException>(() =>
            Bind("matmul(x[b,i], w[i,j]) -> y\n  y[b,j] += x[b,i] * w[i,j]", ("x", [64, 784]), ("w", [128, 784])));
        Assert.Equal("""
            matmul: axis i has two sizes, 784 and 128.
              y[b,j] += x[b,i] * w[i,j]
                            ^      ^
              x : [64, 784]   i = 784
              w : [128, 784]  i = 128
            """, error.Message);
        Assert.Equal("i", error.Axis);
        Assert.Equal([784, 128], error.Sizes);
    }

    [Fact]
    public void A_rest_of_a_composite_dimension_is_an_error()
    {
        var error = Assert.Throws<ShapeException>(() =>
            Bind("split(x[b,(h,c)]; heads = 3) -> y\n  axis h < heads\n  y[b,h,c] = x[b,(h,c)]", ("x", [4, 10])));
        Assert.Equal("""
            split: axis (h,c) has 10 positions, which 3 does not divide.
              y[b,h,c] = x[b,(h,c)]
                             ^
              x : [4, 10]  (h,c) = 10
            """, error.Message);
    }

    [Fact]
    public void Different_leading_dimensions_are_an_error() =>
        Assert.Equal("""
            add: the leading dimensions (..) differ, [2, 3] and [6].
              x : [2, 3]
              z : [6]
            """, Assert.Throws<ShapeException>(() =>
                Bind("add(x[..], z[..]) -> y\n  y[..] = x[..] + z[..]", ("x", [2, 3]), ("z", [6]))).Message);

    [Fact]
    public void An_axis_without_an_extent_is_named_with_the_way_out() =>
        Assert.Equal("""
            f: the extent of axis q is not known.
              y[i,q] = x[i]
                  ^
            Hint: Declare it in a line of its own: axis q < …
            """, Assert.Throws<LoopException>(() => Bind("f(x[i]) -> y\n  y[i,q] = x[i]", ("x", [3]))).Message);

    [Fact]
    public void An_attribute_in_an_extent_is_an_integer() =>
        Assert.Contains("the attribute size in the bound of axis k is not an integer", Assert.Throws<LoopException>(() =>
            BindWith("f(x[i]; size = 1) -> y\n  axis k < size\n  y[i,k] = x[i]", new() { ["size"] = 1.5 },
                ("x", [3]))).Message);

    [Fact]
    public void Formulas_name_the_extents_of_the_signature()
    {
        var extents = SymbolicExtents.Of(Parser.Parse(Conv),
            new Dictionary<string, Polynomial> { ["pad"] = 1, ["stride"] = 2 });
        Assert.Equal("floor((m - k) / 2) + 2", extents["p"].ToString());
        Assert.Equal("b i m", extents.Cells("x").ToString());
    }

    [Fact]
    public void Two_names_for_one_size_become_one()
    {
        var extents = SymbolicExtents.Of(Parser.Parse("f(x[b,i], w[k,j]) -> y\n  y[b,j] += x[b,i] * w[i,j] * w[j,i]"));
        Assert.Equal("b j", extents.Cells("x").ToString());
        Assert.Equal("j^2", extents.Cells("w").ToString());
    }

    [Fact]
    public void Formulas_and_numbers_agree()
    {
        const string Text = """
            f(x[t,b,(h,c)], w[c,j]; heads = 2, lag = 3) -> y
              axis h < heads
              for t:
                y[t,b,h,j] += x[t,b,(h,c)] * w[c,j] + y[t - lag,b,h,j]
            """;
        var numbers = Bind(Text, ("x", [5, 3, 8]), ("w", [4, 7]));
        var formulas = SymbolicExtents.Of(Parser.Parse(Text));
        var sizes = new Dictionary<string, int> { ["t"] = 5, ["b"] = 3, ["c"] = 4, ["j"] = 7 };
        foreach (var tensor in new[] { "x", "w", "y" })
            Assert.Equal((int)numbers.Tensor(tensor).Count, formulas.Cells(tensor).Evaluate(sizes));
        Assert.Equal(-3, formulas.Dims("y")[0].From);
    }

    [Fact]
    public void Parts_of_an_empty_dimension_that_nothing_else_tells_are_empty() => Assert.Equal(0,
        Bind("f(x[(h,c)], w[h]) -> y[h]\n  y[h] += x[(h,c)] * w[h]", ("x", [0]), ("w", [0]))["c"]);
}
