using Xunit;

namespace Adjoint.Tests;

public sealed class EpilogueTests
{
    const string Linear = """
        linear(x[b,i], w[i,j], bias[j]) -> z
          y[b,j] += x[b,i] * w[i,j]
          z[b,j]  = max(y[b,j] + bias[j], 0)
        """;

    /// <summary>Programs whose pointwise lines run on the tiles of their contraction.</summary>
    public static TheoryData<string, string> Taken() => new()
    {
        { "x 37 41, w 41 70, bias 70", Linear },
        { "x 3 50 20, w 20 33, r 3 50 33", """
            residual(x[b,t,i], w[i,j], r[b,t,j]) -> z
              y[b,t,j] += x[b,t,i] * w[i,j]
              g[b,t,j]  = tanh(y[b,t,j])
              z[b,t,j]  = g[b,t,j] * y[b,t,j] + r[b,t,j]
            """ },
        { "q 2 3 19 24, k 2 3 41 24", """
            scores(q[b,h,t,c], k[b,h,u,c]) -> p
              s[b,h,t,u] += q[b,h,t,c] * k[b,h,u,c] / sqrt(#c)
              p[b,h,t,u]  = where(u <= t, exp(s[b,h,t,u]), 0)
            """ },
        { "x 2 5 9 33, w 20 5 3 3, bias 20", """
            conv(x[n,c,h,v], w[o,c,i,j], bias[o]) -> z
              axis p < #h
              axis q < #v
              y[n,o,p,q] += x[n,c,h,v] * w[o,c,i,j]  if h == p + i - 1 and v == q + j - 1
              z[n,o,p,q]  = y[n,o,p,q] + bias[o]
            """ },
        { "x 12 26, wx 26 40, h0 12 40, wh 40 40", """
            step(x[b,i], wx[i,j], h0[b,k], wh[k,j]) -> h
              a[b,j] += x[b,i] * wx[i,j]
              c[b,j] += h0[b,k] * wh[k,j]
              h[b,j]  = tanh(a[b,j] + c[b,j])
            """ },
    };

    [Theory]
    [MemberData(nameof(Taken))]
    public void Pointwise_lines_run_on_the_tiles_of_the_product_before_them(string shapes, string text)
    {
        var program = Parser.Parse(text);
        foreach (var width in KernelRun.Widths)
        {
            var compiled = Compiled(program, shapes, new() { Target = CodeTarget.Of(width) }, out var inputs);
            Assert.Equal(1, compiled.Kernels);
            Assert.Contains("row_from", compiled.Print(), StringComparison.Ordinal);
            Same(Reference.Run(program, inputs).Outputs, CpuRun.Run(compiled, program, inputs, DType.Float64));
        }
    }

    [Theory]
    [InlineData("z[b,j] = y[b,j] + y[b,#j - 1 - j]")] // cells beside
    [InlineData("x'[b,j] = y[b,j]")] // what the product still reads
    [InlineData("z[j] += y[b,j]")] // a sum
    [InlineData("z[b,j] = u[b,j]")] // nothing of the product
    [InlineData("u'[b,j] = u[b,j] + y[b,j]")] // what is still needed where the product would lie
    [InlineData("z[b,j] = y[b,j]", "y, ")] // a product that is kept
    public void Other_lines_do_not(string line, string kept = "")
    {
        var program = Parser.Parse($"""
            other(x[b,i], w[i,j], u[b,j]) -> {kept}{line[..line.IndexOf('[', StringComparison.Ordinal)]}
              y[b,j] += x[b,i] * w[i,j]
              {line}
            """);
        var compiled = Compiled(program, "x 20 30, w 30 30, u 20 30", new(), out var inputs);
        Assert.DoesNotContain("row_from", compiled.Print(), StringComparison.Ordinal);
        Same(Reference.Run(program, inputs).Outputs, CpuRun.Run(compiled, program, inputs, DType.Float64));
    }

    [Fact]
    public void One_and_two_threads_give_the_same_bits()
    {
        var program = Parser.Parse(Linear);
        using Team one = new(1), two = new(2);
        var results = new[] { one, two }.Select(team =>
            CpuRun.Run(Compiled(program, "x 200 90, w 90 333, bias 333", new() { Team = team }, out var inputs), program,
                inputs, DType.Float64)).ToList();
        foreach (var (output, values) in results[0]) Assert.True(results[1][output].IsNear(values, 0));
    }

    [Fact]
    public void In_a_time_loop_the_lines_of_a_step_see_its_position()
    {
        var program = Parser.Parse("""
            rnn(x[t,b,j], w[k,j], h0[b,j]) -> h
              h[-1,b,j] = h0[b,j]
              for t:
                a[t,b,j] += h[t - 1,b,k] * w[k,j]
                h[t,b,j]  = tanh(a[t,b,j] + x[t,b,j])
            """);
        var compiled = Compiled(program, "x 5 12 40, w 40 40, h0 12 40", new(), out var inputs);
        Assert.Contains("row_from", compiled.Print(), StringComparison.Ordinal);
        Same(Reference.Run(program, inputs).Outputs, CpuRun.Run(compiled, program, inputs, DType.Float64));
    }

    static CpuProgram Compiled(LoopProgram program, string shapes, CpuOptions options,
        out Dictionary<string, NdArray> inputs)
    {
        var random = new SplitMix64(3);
        inputs = shapes.Split(", ").Select(s => s.Split(' ')).ToDictionary(s => s[0],
            s => NdArray.Generate([.. s[1..].Select(int.Parse)], _ => random.Uniform(-1, 1)));
        return CpuRun.Compile(program, inputs, DType.Float64, null, options);
    }

    static void Same(IReadOnlyDictionary<string, NdArray> expected, Dictionary<string, NdArray> actual)
    {
        foreach (var (output, values) in expected)
            Assert.True(actual[output].IsNear(values, Tolerance.CpuDouble), output);
    }
}
