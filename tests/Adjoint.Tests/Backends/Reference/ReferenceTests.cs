using Xunit;

namespace Adjoint.Tests;

public sealed class ReferenceTests
{
    static readonly NdArray X23 = new([2, 3], [1, 2, 3, 4, 5, 6]);

    // Runs a program on arrays given in the order of its operands.
    static RunResult Run(string text, params NdArray[] operands) => Run(text, null, operands);

    static RunResult Run(string text, Dictionary<string, double>? attributes, params NdArray[] operands)
    {
        var program = Parser.Parse(text);
        return Reference.Run(program, program.Operands.Zip(operands)
            .ToDictionary(p => p.First.Name, p => p.Second), attributes);
    }

    static void Equal(double[] expected, NdArray array) => Assert.Equal(expected, array.Values);

    [Fact]
    public void The_parts_of_a_folded_cell_are_those_of_the_line_that_walks_the_dimension()
    {
        var y = Reference.Run(Parser.Parse("""
            f(x[k], z[l]) -> y
              a[(k,l)] = x[k] * z[l]
              y = a[(1,2)]
            """), new Dictionary<string, NdArray> { ["x"] = NdArray.Vector(1, 2), ["z"] = NdArray.Vector(3, 4, 5) })["y"];
        Assert.Equal(10, y.Values[0]);
    }

    [Fact]
    public void An_axis_missing_on_the_left_is_summed()
    {
        var result = Run("matmul(x[b,i], w[i,j]) -> y\n  y[b,j] += x[b,i] * w[i,j]", X23,
            new([3, 2], [1, 0, 0, 1, 1, 1]));
        Equal([4, 5, 10, 11], result["y"]);
        Assert.Equal([2, 2], result["y"].Shape);
    }

    [Fact]
    public void Leading_dimensions_are_one_axis_inside_and_expanded_outside()
    {
        var result = Run("f(x[..,j]) -> y, z\n  y[..] += x[..,j]\n  z[..,j] = x[..,j] / #..",
            NdArray.Generate([2, 1, 3], i => i));
        Assert.Equal([2, 1], result["y"].Shape);
        Equal([3, 12], result["y"]);
        Assert.Equal([2, 1, 3], result["z"].Shape);
        Equal([0, 0.5, 1, 1.5, 2, 2.5], result["z"]);
    }

    [Fact]
    public void No_leading_dimension_leaves_a_scalar()
    {
        var result = Run("f(x[..]) -> y\n  y[..] = 2 * x[..]", NdArray.Scalar(4));
        Assert.Empty(result["y"].Shape);
        Equal([8], result["y"]);
    }

    [Fact]
    public void A_composite_index_folds_its_axes()
    {
        var result = Run("f(x[(h,c)]; heads = 2) -> y, z\n  axis h < heads\n  y[c,h] = x[(h,c)]\n  z[(c,h)] = x[(h,c)]",
            NdArray.Generate([6], i => i));
        Equal([0, 3, 1, 4, 2, 5], result["y"]);
        Assert.Equal([6], result["z"].Shape);
        Equal([0, 3, 1, 4, 2, 5], result["z"]);
    }

    [Fact]
    public void An_integer_part_of_a_composite_has_the_extent_of_its_declaration()
    {
        var result = Run("f(x[(g,j)], w[(j,g)]) -> y, z\n  axis g < 3\n  y[j] = x[(2,j)]\n  z[j] = w[(j,2)]",
            NdArray.Generate([6], i => i), NdArray.Generate([6], i => i));
        Equal([4, 5], result["y"]);
        Equal([2, 5], result["z"]);
    }

    [Theory]
    [InlineData(1, 0, 1, new double[] { 3, 6, 9 })]
    [InlineData(2, 1, 1, new double[] { 1, 6, 7 })]
    [InlineData(1, 2, 2, new double[] { 2, 4, 6, 4, 6 })]
    public void A_relation_is_stride_padding_and_dilation(int stride, int pad, int dilation, double[] expected)
    {
        // x = 0 1 2 3 4, w = 1 1 1; with dilation 2 and padding 2: x[p-2] + x[p] + x[p+2]
        var result = Run("""
            conv(x[m], w[k]; stride = 1, pad = 0, dilation = 1) -> y
              axis p < (#m + 2*pad - dilation*(#k - 1) - 1) / stride + 1
              y[p] += x[m] * w[k]  if m == stride*p + dilation*k - pad
            """, new Dictionary<string, double> { ["stride"] = stride, ["pad"] = pad, ["dilation"] = dilation },
            NdArray.Generate([5], i => i), NdArray.Generate([3], _ => 1));
        Equal(expected, result["y"]);
    }

    [Fact]
    public void A_relation_gives_the_points_that_a_test_of_each_point_gives()
    {
        // Under `or` the same conditions are tested, not solved.
        const string Text = """
            f(x[m,k], w[p,q]) -> y, z
              y[p] += x[m,k] * w[p,q]  if 2*m + 3*q == 3*p - 2*k + 1 and m + k < 4 and q >= p - 1
              z[p] += x[m,k] * w[p,q]  if (2*m + 3*q == 3*p - 2*k + 1 and m + k < 4 and q >= p - 1) or 1 < 0
            """;
        var result = Run(Text, NdArray.Generate([5, 4], i => i + 1), NdArray.Generate([6, 5], i => 1 + i % 7));
        Assert.Contains(result["y"].Values, v => v != 0);
        Equal(result["z"].Values, result["y"]);
    }

    [Fact]
    public void Bounds_hold_inside_a_time_loop_too()
    {
        var result = Run("f(x[t]) -> y\n  for t:\n    y[t] += x[u]  if u <= t and u > t - 2",
            NdArray.Generate([4], i => i + 1));
        Equal([1, 3, 5, 7], result["y"]);
    }

    [Fact]
    public void Scalar_int_operands_bound_loops()
    {
        var result = Run("f(x[u], int n) -> y\n  y += x[u]  if u <= n", NdArray.Generate([5], i => i + 1),
            NdArray.Scalar(2));
        Equal([6], result["y"]);
    }

    [Fact]
    public void Cells_that_no_line_writes_keep_their_start_value()
    {
        const string Text = """
            f(x[i]) -> a, b, c, d, e
              a[i] = x[i]     if i > 0
              b[i] += x[i]    if i > 0
              c[i] *= x[i]    if i > 0
              d[i] max= x[i]  if i > 0
              e[i] min= x[i]  if i > 0
            """;
        var result = Run(Text, NdArray.Vector(5, 7));
        Equal([0, 7], result["a"]);
        Equal([0, 7], result["b"]);
        Equal([1, 7], result["c"]);
        Equal([double.NegativeInfinity, 7], result["d"]);
        Equal([double.PositiveInfinity, 7], result["e"]);
    }

    [Fact]
    public void Lines_multiply_subtract_and_take_extremes()
    {
        var result = Run("""
            f(x[b,i]) -> p, s, m, n
              p[b] *= x[b,i]
              s[b] -= x[b,i]
              m[b] max= x[b,i]
              n[b] min= x[b,i]
            """, X23);
        Equal([6, 120], result["p"]);
        Equal([-6, -15], result["s"]);
        Equal([3, 6], result["m"]);
        Equal([1, 4], result["n"]);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.NaN)]
    public void Extremes_keep_a_NaN(double first, double second)
    {
        var result = Run("f(x[i]) -> m, n\n  m max= x[i]\n  n min= x[i]", NdArray.Vector(first, second));
        Equal([double.NaN], result["m"]);
        Equal([double.NaN], result["n"]);
    }

    [Fact]
    public void The_order_of_a_sum_is_the_order_of_the_text()
    {
        // 1e16 + 1 - 1e16 loses the 1, 1e16 - 1e16 + 1 does not: i outside j, then j outside i
        var x = new NdArray([2, 2], [1e16, 1, -1e16, 1]);
        var result = Run("f(x[i,j], a[i], b[j]) -> y, z\n  y += a[i] * b[j] * x[i,j]\n  z += b[j] * a[i] * x[i,j]", x,
            NdArray.Vector(1, 1), NdArray.Vector(1, 1));
        Equal([1e16 + 1 - 1e16 + 1], result["y"]);
        Equal([1e16 - 1e16 + 1 + 1], result["z"]);
        Assert.NotEqual(result["y"].Values[0], result["z"].Values[0]);
    }

    [Fact]
    public void A_time_loop_owns_the_cells_its_indices_reach()
    {
        const string Text = """
            f(x[t], h0) -> h, g
              h[-1] = h0
              for t:
                h[t] = h[t-1] + x[t]
              for t down:
                g[t] = g[t+1] + x[t]
            """;
        var result = Run(Text, NdArray.Vector(1, 2, 3), NdArray.Scalar(10));
        Equal([11, 13, 16], result["h"]);
        Equal([6, 5, 3], result["g"]);
    }

    [Fact]
    public void Lines_of_a_time_loop_run_step_by_step()
    {
        var result = Run("""
            f(x[t], w[i,j], h0[j]) -> h
              h[-1,j] = h0[j]
              for t:
                a[t,i] += w[i,j] * h[t-1,j]
                h[t,i] = a[t,i] + x[t]
            """,
            NdArray.Vector(1, 0), new([2, 2], [0, 1, 1, 1]), NdArray.Vector(1, 2));
        Equal([3, 4, 4, 7], result["h"]);
    }

    [Fact]
    public void A_time_loop_of_no_steps_leaves_the_margin()
    {
        var program = Parser.Parse("f(x[t], h0) -> h\n  h[-1] = h0\n  for t:\n    h[t] = h[t-1] + x[t]");
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(0), ["h0"] = NdArray.Scalar(3) };
        var result = Reference.Run(program, inputs, options: new() { Keep = [new("h", [new Dim("t", -1)])] });
        Equal([], result["h"]);
        Equal([3], result.Kept["h"]);
    }

    [Fact]
    public void Kept_tensors_have_the_margins_asked_for()
    {
        var program = Parser.Parse("f(x[..,t]) -> y\n  for t:\n    h[..,t] = h[..,t-1] + x[..,t]\n  y[..,t] = h[..,t]");
        var result = Reference.Run(program, new Dictionary<string, NdArray> { ["x"] = new([2, 1, 2], [1, 2, 3, 4]) },
            options: new() { Keep = [new("h", [new Dim(".."), new Dim("t", -2, 1)])] });
        Assert.Equal([2, 1, 5], result.Kept["h"].Shape);
        Equal([0, 0, 1, 3, 0, 0, 0, 3, 7, 0], result.Kept["h"]);
    }

    [Fact]
    public void An_updated_operand_starts_at_the_operand_and_leaves_it_as_it_was()
    {
        var w = NdArray.Vector(1, 2);
        var result = Run("sgd(w[..], g[..]; rate = 0.5) -> w'\n  w'[..] -= rate * g[..]", w, NdArray.Vector(4, 8));
        Equal([-1, -2], result["w'"]);
        Equal([1, 2], w);
    }

    [Fact]
    public void A_gathered_sum_adds_duplicates_and_a_gathered_read_repeats()
    {
        var result = Run("""
            f(x[n], int at[n]; size = 3) -> y[v], z
              axis v < size
              y[at[n]] += x[n]
              z[n] = x[at[n]]
            """,
            NdArray.Vector(1, 2, 4), NdArray.Vector(2, 0, 2));
        Equal([2, 0, 5], result["y"]);
        Equal([4, 1, 4], result["z"]);
    }

    [Fact]
    public void Where_reads_only_the_chosen_branch()
    {
        var result = Run("f(x[t]) -> y\n  y[t] = where(t > 0, x[t - 1], -1)", NdArray.Vector(1, 2, 3));
        Equal([-1, 1, 2], result["y"]);
    }

    [Fact]
    public void Conditions_stop_early_and_guard_the_reads_of_the_value()
    {
        var result = Run("f(x[t], m[t]) -> y\n  y[t] += x[t - 1]  if not (t == 0 or x[t - 1] > 1) and m[t] != 0",
            NdArray.Vector(1, 2, 3),
            NdArray.Vector(1, 1, 1));
        Equal([0, 1, 0], result["y"]);
    }

    [Fact]
    public void Division_is_real_in_values_and_rounds_down_in_indices()
    {
        var result = Run("""
            f(x[i]) -> y, z
              axis k < #i / 2
              y[k] = x[k + #i / 2] + #i / 2
              z[i] = -i % 3 + i / 2
            """,
            NdArray.Vector(1, 2, 3));
        Equal([4.5 - 1], result["y"]);
        Equal([0, 2.5, 2], result["z"]);
    }

    [Fact]
    public void Comparisons_are_one_or_zero_and_functions_come_from_the_table()
    {
        var result = Run("f(x[i]) -> y\n  y[i] = (x[i] >= 2) + 10 * max(x[i], 2) + square(i) * 100",
            NdArray.Vector(1, 2, 3));
        Equal([20, 121, 431], result["y"]);
    }

    [Fact]
    public void Random_operands_follow_from_seed_step_name_and_position()
    {
        var program = Parser.Parse("""
            f(x[..,j], uniform u[..,j], normal z[j]) -> y, n
              y[..,j] = x[..,j] + u[..,j]
              n[j] = z[j]
            """);
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(2, 2, 3) };
        var result = Reference.Run(program, inputs, options: new() { Seed = 5, Step = 6 });
        Equal([.. Enumerable.Range(0, 12).Select(i => new Philox(5, Philox.StreamOf("u"), 6).Uniform(i))], result["y"]);
        Equal([.. Enumerable.Range(0, 3).Select(i => new Philox(5, Philox.StreamOf("z"), 6).Normal(i))], result["n"]);
    }

    [Fact]
    public void Random_operands_can_be_given()
    {
        var result = Run("f(x[j], uniform u[j]) -> y\n  y[j] = where(u[j] < 0.5, 0, x[j])", NdArray.Vector(1, 2),
            NdArray.Vector(0.7, 0.2));
        Equal([1, 0], result["y"]);
    }

    [Fact]
    public void A_shape_operand_gives_sizes_only()
    {
        var result = Run("f(dy, shape x[i]) -> dx\n  dx[i] = dy / #i", NdArray.Scalar(6),
            NdArray.Vector(double.NaN, double.NaN));
        Equal([3, 3], result["dx"]);
    }

    [Fact]
    public void A_compiled_program_runs_again_from_fresh_cells()
    {
        var program = Reference.Compile(Parser.Parse("f(x[i]) -> y, x'\n  y += x[i]\n  x'[i] += 1"),
            new Dictionary<string, int[]> { ["x"] = [2] });
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Vector(1, 2) };
        program.Run(inputs);
        var result = program.Run(inputs);
        Equal([3], result["y"]);
        Equal([2, 3], result["x'"]);
    }

    [Fact]
    public void Operations_are_counted_by_kind_at_the_points_that_are_computed()
    {
        var program = Parser.Parse("""
            f(x[i,j], n[i]) -> y, z
              y[i] += x[i,j] * exp(-x[i,j]) / #j  if j <= i and n[i] > 0
              z[i] = -(x[i,0] + 1)
            """);
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(3, 3), ["n"] = NdArray.Vector(1, 0, 1) };
        var result = Reference.Run(program, inputs, options: new() { CountOperations = true });
        // 1 + 3 points of the first line, 3 of the second
        Assert.Equal([4, 3], result.Points);
        var expected = new SortedDictionary<string, long>
        {
            ["add"] = 4 + 3, ["multiply"] = 4, ["exp"] = 4, ["negate"] = 4, ["divide"] = 4,
        };
        Assert.Equal(expected, result.Operations);
        Assert.Empty(Reference.Run(program, inputs).Operations);
    }

    [Fact]
    public void Extents_of_zero_run_no_point()
    {
        var result = Run("f(x[b,i]) -> y, m\n  y[b] += x[b,i] / #i\n  m[b] max= x[b,i]", NdArray.Zeros(2, 0));
        Equal([0, 0], result["y"]);
        Equal([double.NegativeInfinity, double.NegativeInfinity], result["m"]);
        Assert.Equal([0], Run("f(x[b,i]) -> y\n  y[b] += x[b,i]", NdArray.Zeros(0, 2))["y"].Shape);
    }
}
