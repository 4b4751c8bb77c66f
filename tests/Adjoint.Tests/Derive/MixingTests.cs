using Xunit;

namespace Adjoint.Tests;

public sealed class MixingTests
{
    static Mix Between(string text, string axis, string operand, string? operandAxis = null)
    {
        var program = Parser.Parse(text);
        return Mixing.Of(program).Between(program.Outputs[0].Name, axis, operand, operandAxis)!;
    }

    [Theory]
    [InlineData("y[t,j] = exp(x[t,j])", "per position")]
    [InlineData("m += x[t,j]\n  y[t,j] = x[t,j] - m", "all")]
    [InlineData("m[j] += x[t,j]\n  y[t,j] = x[t,j] - m[j]", "all")]
    [InlineData("y[t,j] += x[t,k]", "per position")]
    [InlineData("y[t,j] += x[u,j]  if u <= t", "all before")]
    [InlineData("y[t,j] += x[u,j]  if u < t", "all before -1")]
    [InlineData("y[t,j] += x[u,j]  if u <= t + 7 % 4", "all before +3")]
    [InlineData("y[t,j] += x[u,j]  if u <= t and t < u + 3", "window [-2, 0]")]
    [InlineData("y[t,j] += x[u,j]  if 2*u <= 2*t + 5 and 2*t <= 2*u + 3", "window [-1, +2]")]
    [InlineData("y[t,j] += x[u,j]  if u == t + k - 1", "window [-1, +1]")]
    [InlineData("y[t,j] += x[u,j]  if u == 2*t + k - 1", "window [-1, +1] of 2 t")]
    [InlineData("a[t,j] += x[u,j]  if u == t + k - 1\n  y[t,j] += a[u,j]  if u == t + k - 1", "window [-2, +2]")]
    [InlineData("a[t,j] += x[u,j]  if u == 2*t + k - 1\n  y[t,j] += a[u,j]  if u == 2*t + k - 1",
        "window [-3, +3] of 4 t")]
    [InlineData("y[t,j] += x[u,j]  if t == u + k - 1", "window [-1, +1]")]
    [InlineData("for t:\n    y[t,j] = y[t-1,j] + x[t,j]", "all before, step by step")]
    [InlineData("for t down:\n    y[t,j] = y[t+1,j] + x[t,j]", "all after, step by step")]
    public void A_line_mixes_the_positions_it_reads(string lines, string expected) =>
        Assert.Equal(expected, Between($"f(x[t,j]) -> y[t,j]\n  axis u < #t\n  axis k < 3\n  {lines}", "t", "x")
            .ToString());

    [Fact]
    public void Heads_folded_into_one_dimension_stay_apart()
    {
        Assert.True(Between("f(x[t,(h,c)]; heads = 2) -> y[t,(h,c)]\n  axis h < heads\n  y[t,(h,c)] = x[t,(h,c)]",
            "(h,c)", "x").IsPerPosition);
        Assert.Equal("all",
            Between("f(x[t,(h,c)]; heads = 2) -> y[t,(h,c)]\n  axis h < heads\n  axis e < #c\n  y[t,(h,c)] += x[t,(h,e)]",
            "(h,c)", "x").ToString());
    }

    [Fact]
    public void What_a_loss_depends_on_it_mixes()
    {
        var mixing = Mixing.Of(Parser.Parse("f(x[b,j], label[b]) -> loss\n  loss -= x[b,label[b]]"));
        Assert.Equal("  loss mixes all of x (b), x (j), label (b)\n", mixing.Print());
    }

    [Fact]
    public void The_path_is_as_long_as_the_windows_that_have_to_be_crossed()
    {
        Polynomial t = Polynomial.Symbol("t");
        const string Band = "f(x[t]; window = 65) -> y[t]\n  axis u < #t\n  y[t] += x[u]  if u <= t and t < u + window";
        Assert.Equal(16, Between(Band, "t", "x").PathLength(1024));
        Assert.Equal("floor((t + 63) / 64)", Between(Band, "t", "x").PathLength(t)!.ToString());
        Assert.Equal(t, Between("f(x[t]) -> y\n  for t:\n    y[t] = y[t-1] + x[t]", "t", "x").PathLength(t));
        Assert.Equal(1, Between("f(x[t]) -> y[t]\n  axis u < #t\n  y[t] += x[u]", "t", "x").PathLength(t));
        Assert.Equal(1, Between("f(x[t]) -> y[t]\n  axis u < #t\n  y[t] += x[u]  if u <= t", "t", "x").PathLength(t));
        Assert.Null(Between("f(x[t]) -> y\n  y[t] = x[t]", "t", "x").PathLength(t));
    }

    [Theory]
    [InlineData("y[t] += x[u]  if u <= t and t < u + 3", "3")]
    [InlineData("y[t] += x[u]  if u == 2*t + k - 1", "3")]
    [InlineData("y[t] += x[u]  if u <= t", null)]
    [InlineData("y[t] += x[t] + 0*u", "1")]
    public void A_position_sees_a_window_of_others(string line, string? width) => Assert.Equal(width,
        Between($"f(x[t]) -> y[t]\n  axis u < #t\n  axis k < 3\n  {line}", "t", "x").ReceptiveField?.ToString());

    [Fact]
    public void Layer_norm_mixes_features_and_not_tokens() =>
        Assert.Equal("""
              y along ..: per position of x
              y along j: per position of gain, bias; all of x

            """, Mixing.Of(Catalogue.Find("layer_norm")!.Program).Print());

    // dy/dx is 0 wherever the report says that a position is out of sight: changing it leaves the output as it was.
    [Theory]
    [InlineData("conv1d")]
    [InlineData("max_pool1d")]
    [InlineData("attention_causal")]
    [InlineData("attention_windowed")]
    [InlineData("layer_norm")]
    [InlineData("rnn")]
    [InlineData("rnn_reversed")]
    [InlineData("cumulative_sum_exclusive")]
    [InlineData("flip")]
    [InlineData("local_response_norm")]
    public void No_output_changes_with_a_position_out_of_its_sight(string name)
    {
        var program = Catalogue.Find(name)!.Program;
        var sizes = SymbolicExtents.Of(program);
        var mixes = Mixing.Of(program).Mixes.ToLookup(m => (m.Output, m.Operand));
        var operands = program.Operands.ToDictionary(o => o.Name, o => NdArray.Generate(
            [.. o.Dims.Select((d, n) => d.Axes[0] == ".." ? 2 : Size(sizes.Dims(o.Name)[n].Size))],
            i => Math.Sin(1 + i * i)));
        var before = Reference.Run(program, operands);
        var (hidden, changed) = (0, 0);
        foreach (var operand in program.Operands)
            for (var at = 0; at < operands[operand.Name].Count; at++)
            {
                var values = operands[operand.Name].Values.ToArray();
                values[at] += 0.25;
                var after = Reference.Run(program, new Dictionary<string, NdArray>(operands)
                { [operand.Name] = new(operands[operand.Name].ShapeToArray(), values) });
                var source = Position(operands[operand.Name].ShapeToArray(), at);
                foreach (var output in program.Outputs)
                    for (var to = 0; to < before[output.Name].Count; to++)
                    {
                        var isChanged = before[output.Name].Values[to] != after[output.Name].Values[to];
                        var isSeen = IsSeen(output, Position(before[output.Name].ShapeToArray(), to), operand, source);
                        Assert.True(isSeen || !isChanged,
                            $"{name}: {output.Name}[{to}] depends on {operand.Name}[{at}]");
                        hidden += isSeen ? 0 : 1;
                        changed += isChanged ? 1 : 0;
                    }
            }
        Assert.True(hidden > 0 && changed > 0, $"{name}: {hidden} pairs out of sight, {changed} that matter");

        static int Size(Polynomial size) => (int)size.Substitute(s => s is "k" or "c" or "d" ? 3 : 4).Value.Numerator;

        static int[] Position(int[] shape, int flat)
        {
            var position = new int[shape.Length];
            for (var d = shape.Length - 1; d >= 0; d--) (flat, position[d]) = Math.DivRem(flat, shape[d]);
            return position;
        }

        bool IsSeen(Output output, int[] to, Operand operand, int[] from) => mixes[(output.Name, operand.Name)].All(m =>
            {
                var axis = output.Dims.ToList().FindIndex(d => d.Index.ToString() == m.Axis);
                var distance = from[operand.Dims.ToList().FindIndex(d => d.Index.ToString() == m.OperandAxis)]
                    - Size(m.Scale) * to[axis];
                return (m.From is null || Size(m.From) <= distance) && (m.To is null || distance <= Size(m.To));
            });
    }

    [Fact]
    public void Looked_up_and_turned_cells_of_a_time_loop_come_to_an_end()
    {
        var mixing = Mixing.Of(Parser.Parse("""
            f(w[k], x[j,i,j], int tok[j,i], int at, z[j]) -> y[j,i], f[j,i], g[i,k,j]
              f[j,#i] = z[j]  if j > #j / 2
              for i down:
                y[j,i] = y[tok[j,i],i+1] + min(z[#j-1-j], z[#j-1-j] * (i <= at))  if f[j,i+1] < 0.3
                f[j,i] += where(y[j,i] > 0.3 and j % 2 <= 1, x[j,#i-3,j], f[j,i+1]) * y[j,i]
              g[i,k,j] += sin(w[k] - f[j,#i-1-i] + f[j,i])  if j > 0
            """));
        Assert.Contains(mixing.Mixes, m => m.Output == "f" && m.IsRecurrent);
    }

    [Fact]
    public void A_position_left_out_bounds_nothing()
    {
        var mix = Mixing.Of(Parser.Parse("f(x[u], z[t]) -> y[t]\n  y[t] += z[t] * x[u]  if u != t"))
            .Between("y", "t", "x", "u")!;
        Assert.Equal((null, null), (mix.From, mix.To));
    }
}
