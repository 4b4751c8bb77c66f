using Xunit;

namespace Adjoint.Tests;

public sealed class ReferenceErrorTests
{
    // The whole message of a run on arrays given in the order of the operands.
    static void Fails(string expected, string text, params NdArray[] operands)
    {
        var program = Parser.Parse(text);
        var inputs = program.Operands.Zip(operands).ToDictionary(p => p.First.Name, p => p.Second);
        var error = Assert.Throws<LoopRunException>(() => Reference.Run(program, inputs));
        Assert.Equal(expected.ReplaceLineEndings("\n"), error.Message);
    }

    [Fact]
    public void A_read_outside_names_index_cells_and_position() => Fails("""
        shift: x is read outside its cells: index 3 of dimension 1, which has 0 … 2.
          y[b,t] = x[b,t+1]
                   ^
          x : [2, 3], indices [0, 3]
          at b = 0, t = 2
        """, "shift(x[b,t]) -> y[b,t]\n  y[b,t] = x[b,t + 1]", NdArray.Zeros(2, 3));

    [Fact]
    public void A_gathered_read_outside_shows_the_index_it_met() => Fails("""
        embed: w is read outside its cells: index 5 of dimension 0, which has 0 … 3.
          y[t,d] = w[tok[t],d]
                   ^
          w : [4, 2], indices [5, 0]
          at t = 1, d = 0
        """, "embed(w[v,d], tok[t]) -> y\n  y[t,d] = w[tok[t],d]", NdArray.Zeros(4, 2), NdArray.Vector(0, 5, 1));

    [Fact]
    public void A_negative_index_is_outside() => Fails("""
        pick: x is read outside its cells: index -1 of dimension 0, which has 0 … 1.
          y = x[n]
              ^
          x : [2], indices [-1]
        """, "pick(x[i], int n) -> y\n  y = x[n]", NdArray.Zeros(2), NdArray.Scalar(-1));

    [Fact]
    public void A_dimension_without_cells_says_so() => Fails("""
        pick: x is read outside its cells: index 0 of dimension 0, which has none.
          y = x[n]
              ^
          x : [0], indices [0]
        """, "pick(x[i], int n) -> y\n  y = x[n]", NdArray.Zeros(0), NdArray.Scalar(0));

    [Fact]
    public void A_write_outside_is_an_error() => Fails("""
        scatter: y is written outside its cells: index 2 of dimension 0, which has 0 … 1.
          y[at[n]] += x[n]
          ^
          y : [2], indices [2]
          at n = 1
        """, "scatter(x[n], at[n]) -> y[s]\n  axis s < 2\n  y[at[n]] += x[n]", NdArray.Zeros(2), NdArray.Vector(0, 2));

    [Fact]
    public void A_cell_that_two_lines_set_is_an_error() => Fails("""
        join: '=' writes y[1], which '=' has written before.
          y[i+1] = x[i]
          ^
          at i = 0
        """, "join(x[i]) -> y[k]\n  axis k < #i + 1\n  y[0 + i] = x[i]\n  y[i + 1] = x[i]", NdArray.Zeros(2));

    [Fact]
    public void A_gathered_line_that_sets_a_cell_twice_is_an_error() => Fails("""
        rows: '=' writes y[0,0], which '=' has written before.
          y[at[n],c] = x[n,c]
          ^
          at n = 1, c = 0
        """, "rows(x[n,c], at[n]) -> y[s,c]\n  axis s < 2\n  y[at[n],c] = x[n,c]", NdArray.Zeros(2, 1),
            NdArray.Vector(0, 0));

    [Fact]
    public void A_gathered_update_that_sets_a_cell_twice_is_an_error() => Fails("""
        rows: '=' writes y'[1], which '=' has written before.
          y'[at[n]] = x[n]
          ^
          at n = 2
        """, "rows(x[n], at[n], y[s]) -> y'\n  y'[at[n]] = x[n]", NdArray.Zeros(3), NdArray.Vector(1, 0, 1),
            NdArray.Zeros(2));

    [Fact]
    public void Setting_a_cell_that_was_added_to_is_an_error() => Fails("""
        both: '=' writes y, to which a line has added before.
          y = 1
          ^
        """, "both(x[i]) -> y\n  y += x[i]\n  y = 1", NdArray.Zeros(2));

    [Fact]
    public void Adding_to_a_cell_that_was_set_is_none()
    {
        var program = Parser.Parse("both(x[i]) -> y\n  y = 1\n  y += x[i]");
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Vector(1, 2) };
        Assert.Equal([4], Reference.Run(program, inputs)["y"].Values);
    }

    [Fact]
    public void Later_lines_overwrite_an_updated_operand()
    {
        var program = Parser.Parse("f(x[i]) -> x'\n  x'[i] = 2 * x[i]\n  x'[0] = 7");
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Vector(1, 2) };
        Assert.Equal([7, 4], Reference.Run(program, inputs)["x'"].Values);
    }

    [Fact]
    public void A_fractional_integer_operand_is_an_error() => Fails("""
        embed: tok holds integers, and element [1, 0] is 0.5.
          embed(w[v], tok[t,b]) -> y[t,b]
        """, "embed(w[v], tok[t,b]) -> y\n  y[t,b] = w[tok[t,b]]", NdArray.Zeros(4), new([2, 1], [0, 0.5]));

    [Fact]
    public void A_missing_operand_is_an_error() => Fails("""
        add: operand z is not given.
          add(x[i], z[i]) -> y[i]
        """, "add(x[i], z[i]) -> y\n  y[i] = x[i] + z[i]", NdArray.Zeros(2));

    [Fact]
    public void An_unknown_operand_is_an_error()
    {
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(2), ["w"] = NdArray.Zeros(2) };
        var error = Assert.Throws<LoopRunException>(() =>
            Reference.Run(Parser.Parse("f(x[i]) -> y\n  y[i] = x[i]"), inputs));
        Assert.Equal("f: there is no operand w.\n  f(x[i]) -> y[i]", error.Message);
    }

    [Fact]
    public void A_random_operand_of_unknown_size_is_an_error() => Fails("""
        f: the size of the random operand u follows from no other operand.
          f(x[i], uniform u[j]) -> y[j]
        Hint: give u itself.
        """, "f(x[i], uniform u[j]) -> y\n  y[j] = u[j]", NdArray.Zeros(2));

    [Fact]
    public void A_tensor_beyond_any_array_is_an_error() => Fails("""
        f: y would have more cells than an array holds.
          y : [100000, 100000]
        """, "f(x; n = 100000) -> y\n  axis i < n\n  axis j < n\n  y[i,j] = x", NdArray.Scalar(1));

    [Fact]
    public void A_compiled_program_refuses_other_shapes()
    {
        var shapes = new Dictionary<string, int[]> { ["x"] = [2] };
        var program = Reference.Compile(Parser.Parse("f(x[i]) -> y\n  y[i] = x[i]"), shapes);
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(3) };
        var error = Assert.Throws<ShapeException>(() => program.Run(inputs));
        Assert.Equal("f: x is [3]; the program was compiled for [2].", error.Message);
    }

    [Fact]
    public void A_fractional_attribute_in_an_index_is_an_error()
    {
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Zeros(4) };
        var attributes = new Dictionary<string, double> { ["at"] = 1.5 };
        var error = Assert.ThrowsAny<AdjointException>(() =>
            Reference.Run(Parser.Parse("f(x[i]; at = 1) -> y\n  y = x[at]"), inputs, attributes));
        Assert.Contains("attribute at", error.Message, StringComparison.Ordinal);
        Assert.Contains("1.5", error.Message, StringComparison.Ordinal);
    }
}
