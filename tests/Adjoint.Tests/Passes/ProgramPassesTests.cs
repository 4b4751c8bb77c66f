using Xunit;

namespace Adjoint.Tests;

public sealed class ProgramPassesTests
{
    public static TheoryData<string> Names => CatalogueTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void An_op_and_its_reverse_keep_their_results(string name)
    {
        var op = Catalogue.Find(name)!;
        var program = Reverse.Of(op.Program)?.Combined ?? op.Program;
        foreach (var size in new[] { 1, 2, 3 })
        {
            if (Draw(program, op.Inputs with { MinSize = size, MaxSize = size }) is { } inputs)
                SameResults(program, inputs);
        }
    }

    // Null for sizes that do not fit together in this op.
    static Dictionary<string, NdArray>? Draw(LoopProgram program, InputOptions options)
    {
        try
        {
            var inputs = RandomInputs.Draw(program, new SplitMix64((ulong)options.MinSize), options);
            Reference.Run(program, inputs);
            return inputs;
        }
        catch (AdjointException)
        {
            return null;
        }
    }

    [Fact]
    public void Random_programs_keep_their_results() => RandomRun.Check(RandomRun.Count(1_000, 10_000),
        made => SameResults(made.Program, made.Inputs), ProgramGenerator.Of);

    static void SameResults(LoopProgram program, IReadOnlyDictionary<string, NdArray> inputs)
    {
        var shapes = inputs.ToDictionary(i => i.Key, i => i.Value.ShapeToArray());
        var extents = Extents.Bind(program, OperandShapes.WithRandom(program, shapes));
        var integers = IntegerTensors.Operands(program);
        var expected = Reference.Run(program, inputs);
        // With and without blocks: as small as they can be, and with rows left over.
        foreach (var blocks in new BlockOptions[] { new(), new(1, 0, 1, 1), new(1, 0, 1, 2) })
        {
            var (passed, all, _) = ProgramPasses.Run(program, extents,
                (a, b) => !integers.Contains(a) && !integers.Contains(b), blocks);
            var actual = new ReferenceProgram(passed, shapes, null, null, all).Run(inputs);
            foreach (var output in program.Outputs)
                Assert.True(actual[output.Name].IsNear(expected[output.Name], Tolerance.Reordered),
                    $"{output.Name}\n{program}\n{passed}");
        }
    }

    static string Body(string text, BlockOptions? blocks = null)
    {
        var program = Parser.Parse(text);
        var shapes = program.Operands.ToDictionary(o => o.Name, o => o.Dims.Select(_ => 8).ToArray());
        var passed = ProgramPasses.Run(program, Extents.Bind(program, shapes), (_, _) => true, blocks ?? new());
        var print = Printer.Print(passed.Program);
        return string.Join('\n', print.TrimEnd().Split('\n').Skip(1).Where(l => !l.StartsWith("  axis", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_feeds_a_time_loop_or_follows_it_leaves_it() => Assert.Equal("""
          h[-1,b,j] = h0[b,j]
          a[t,b,j] += x[t,b,i] * w[i,j]
          for t:
            r[t,b,j] += h[t-1,b,k] * u[k,j]
            h[t,b,j] = tanh(a[t,b,j] + r[t,b,j])
          y[t,b,o] += h[t,b,j] * v[j,o]
        """, Body("""
        rnn(x[t,b,i], w[i,j], u[k,j], v[j,o], h0[b,j]) -> y[t,b,o]
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,j] += x[t,b,i] * w[i,j]
            r[t,b,j] += h[t-1,b,k] * u[k,j]
            h[t,b,j] = tanh(a[t,b,j] + r[t,b,j])
            y[t,b,o] += h[t,b,j] * v[j,o]
        """));

    [Fact]
    public void Slices_and_permutations_are_read_where_they_lie() => Assert.Equal("""
          y[i,j] = exp(x[0+j,2+i])
        """, Body("""
        f(x[a,b]) -> y[i,j]
          axis p < #b - 2
          axis q < #a
          s[q,p] = x[0+q,2+p]
          t[p,q] = s[q,p]
          y[i,j] = exp(t[i,j])
        """));

    [Fact]
    public void A_cell_that_may_not_exist_is_read_where_the_text_says() => Assert.Equal("""
          s[p] = x[0+p]
          y[i] = s[k[i]]
        """, Body("""
        f(x[a], int k[i]) -> y[i]
          axis p < #a - 2
          s[p] = x[0+p]
          y[i] = s[k[i]]
        """));

    [Fact]
    public void Equal_lines_are_computed_once_whatever_their_axes_are_called() => Assert.Equal("""
          e[i] = exp(x[i])
          y[i] = e[i] * e[i]
        """, Body("""
        f(x[i]) -> y[i]
          e[i] = exp(x[i])
          g[j] = exp(x[j])
          y[i] = e[i] * g[i]
        """));

    [Fact]
    public void Lines_over_axes_of_different_extents_are_different() => Assert.Equal("""
          e[i] = 0 + i
          g[j] = 0 + j
          y += x[i] * e[i]
          z += x[0+j] * g[j]
        """, Body("""
        f(x[i]) -> y, z
          axis j < 3
          e[i] = 0 + i
          g[j] = 0 + j
          y += x[i] * e[i]
          z += x[0+j] * g[j]
        """));

    [Fact]
    public void A_sum_over_what_was_spread_out_keeps_its_axis() => Assert.Equal("""
          s[i] = z
          y += s[i]
          u[i] = z * x[i]
        """, Body("""
        f(z, x[i]) -> y, u[i]
          s[i] = z
          y += s[i]
          u[i] = s[i] * x[i]
        """));

    [Fact]
    public void Attention_runs_a_block_of_rows_at_a_time_and_computes_again_what_its_reverse_reads() =>
        Repository.AssertGolden(Body(Printer.Print(Reverse.Of(Parser.Parse("""
        attention(q[b,t,(h,c)], k[b,u,(h,c)], v[b,u,(h,d)]; heads = 2) -> y[b,t,(h,d)]
          axis h < heads
          s[b,h,t,u] += q[b,t,(h,c)] * k[b,u,(h,c)] / sqrt(#c)  if u <= t
          m[b,h,t] max= s[b,h,t,u]  if u <= t
          e[b,h,t,u] = exp(s[b,h,t,u] - m[b,h,t])  if u <= t
          z[b,h,t] += e[b,h,t,u]
          p[b,h,t,u] = e[b,h,t,u] / z[b,h,t]
          y[b,t,(h,d)] += p[b,h,t,u] * v[b,u,(h,d)]
        """))!.Combined), new(64, 1, 32, 4)) + "\n", "tests", "golden", "passes", "attention.txt");

    [Theory]
    [InlineData("""
          x[t,b,i] = table[id[t,b],i]
          y[t,b,j] += x[t,b,i] * w[i,j]
        """)]
    [InlineData("""
          x[t,b,i] = table[id[t,b],i]
          a[t,b,j] += x[t,b,i] * w[i,j]
          y[-1,b,j] = 0
          for t:
            y[t,b,j] = tanh(a[t,b,j] + y[t-1,b,j])
        """)]
    public void What_blocks_would_save_no_room_for_stays_whole(string body)
    {
        var program = Parser.Parse($"embed(table[v,i], id[t,b], w[i,j]) -> y[t,b,j]\n{body}");
        foreach (var text in new[] { program, Reverse.Of(program)!.Combined }.Select(Printer.Print))
            Assert.DoesNotContain("block", Body(text, new(64, 1, 32, 4)), StringComparison.Ordinal);
    }

    const string Windowed = """
        windowed(q[h,t,c], k[h,u,c], v[h,u,d]) -> y[h,t,d]
          s[h,t,u] += q[h,t,c] * k[h,u,c]  if u <= t and t - 9 < u
          m[h,t] max= s[h,t,u]  if u <= t and t - 9 < u
          e[h,t,u] = exp(s[h,t,u] - m[h,t])  if u <= t and t - 9 < u
          z[h,t] += e[h,t,u]  if u <= t and t - 9 < u
          p[h,t,u] = e[h,t,u] / z[h,t]  if u <= t and t - 9 < u
          y[h,t,d] += p[h,t,u] * v[h,u,d]  if u <= t and t - 9 < u
        """;

    [Fact]
    public void A_window_slides_along_so_that_time_and_memory_are_linear_in_the_length()
    {
        var blocks = new CpuOptions { Blocks = new(1, 1, 64, 4) };
        foreach (var program in new[] { Parser.Parse(Windowed), Reverse.Of(Parser.Parse(Windowed))!.Combined })
        {
            var (short1, long1) = (Compile(program, 256), Compile(program, 512));
            Assert.InRange(Operations(long1) / Operations(short1), 1.8, 2.1);
            // Beside blocks there are results and numbers of a row: linear at most.
            Assert.InRange(long1.ArenaBytes, short1.ArenaBytes, 2.1 * short1.ArenaBytes);
            Assert.InRange(Operations(short1), 1, Operations(CpuRun.Compile(program, Inputs(program, 256), DType.Float64)) / 4);
        }
        foreach (var length in new[] { 5, 16, 40, 61 })
            foreach (var program in new[] { Parser.Parse(Windowed), Reverse.Of(Parser.Parse(Windowed))!.Combined })
            {
                var inputs = Inputs(program, length);
                var actual = CpuRun.Run(CpuRun.Compile(program, inputs, DType.Float64, null, blocks), program, inputs, DType.Float64);
                foreach (var (name, expected) in Reference.Run(program, inputs).Outputs)
                    Assert.True(actual[name].IsNear(expected, Tolerance.CpuDouble), $"{name} of {length}");
            }

        CpuProgram Compile(LoopProgram program, int length) =>
            CpuRun.Compile(program, Inputs(program, length), DType.Float64, null, blocks);

        static double Operations(CpuProgram compiled) => compiled.Steps.Sum(s => s.Operations);
    }

    [Fact]
    public void A_new_tensor_never_takes_the_name_of_one_that_a_pass_removed()
    {
        // Types are known by name: a part of a float tensor that is called as a lost integer was would be cut to integers.
        var program = Reverse.Of(Parser.Parse(Windowed))!.Combined;
        var before = Run(program);
        Assert.Contains("p", before.Values);
        var (taken, _) = before.First(s => s.Value == "p");
        var nobodyReads = new Line(new(taken, [new AxisValue("t")]), LineOp.Set, new AxisValue("t"));
        var after = Run(program with { Body = [.. program.Body, nobodyReads] });
        Assert.DoesNotContain(taken, after.Keys);
        Assert.Equal(before.Count, after.Count);

        static IReadOnlyDictionary<string, string> Run(LoopProgram program)
        {
            var shapes = Inputs(program, 64).ToDictionary(i => i.Key, i => i.Value.ShapeToArray());
            return ProgramPasses.Run(program, Extents.Bind(program, shapes), (_, _) => true, new(1, 1, 64, 4)).Sources;
        }
    }

    static Dictionary<string, NdArray> Inputs(LoopProgram program, int length)
    {
        var sizes = new Dictionary<string, int> { ["h"] = 2, ["t"] = length, ["u"] = length, ["c"] = 3, ["d"] = 4 };
        return RandomInputs.Draw(program, new(3), new() { MinSize = 2, MaxSize = 2, Sizes = sizes });
    }

    [Theory]
    [InlineData("u <= t + 3 and t - 4 < u")]
    [InlineData("t - 4 <= u")]
    [InlineData("u < t + 5")]
    [InlineData("t + 2 <= u and u <= t + 6")]
    [InlineData("u < t and t < u")]
    public void Bounds_at_either_end_keep_their_results(string condition)
    {
        var program = Parser.Parse($$"""
            windowed(q[t,c], k[u,c], v[u,d]) -> y[t,d]
              s[t,u] += q[t,c] * k[u,c]  if {{condition}}
              e[t,u] = exp(s[t,u])  if {{condition}}
              y[t,d] += e[t,u] * v[u,d]  if {{condition}}
            """);
        foreach (var length in new[] { 1, 6, 23 }) SameResults(program, Inputs(program, length));
    }
}
