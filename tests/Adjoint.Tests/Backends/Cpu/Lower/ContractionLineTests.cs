using Xunit;

namespace Adjoint.Tests;

public sealed class ContractionLineTests
{
    /// <summary>Lines with conditions, and how many of them the contraction engine computes.</summary>
    public static TheoryData<int, string, string> Conditions() => new()
    {
        { 1, "q 2 70 20, k 2 70 20", """
            scores(q[b,t,c], k[b,u,c]) -> s
              s[b,t,u] += q[b,t,c] * k[b,u,c] / sqrt(#c)  if u <= t
            """ },
        { 1, "q 2 70 20, k 2 70 20", """
            window(q[b,t,c], k[b,u,c]) -> e
              s[b,t,u] += q[b,t,c] * k[b,u,c]  if u <= t and t < u + 9
              e[b,t,u]  = exp(s[b,t,u])        if u <= t and t < u + 9
            """ },
        { 1, "p 2 3 40 70, v 2 3 70 24", """
            values(p[b,h,t,u], v[b,h,u,d]) -> y
              y[b,h,t,d] += p[b,h,t,u] * v[b,h,u,d]  if u <= t
            """ },
        { 1, "p 2 70 40, y 2 70 24", """
            transposed(p[b,t,u], y[b,t,d]) -> dv
              dv[b,u,d] += p[b,t,u] * y[b,t,d]  if u <= t
            """ },
        { 1, "x 40 30, w 30 40", """
            band(x[i,k], w[k,j]) -> y
              y[i,j] += x[i,k] * w[k,j]  if k < i + 3 and k + 3 > i
            """ },
        { 0, "x 40 30, w 30 40", """
            across(x[i,k], w[k,j]) -> y
              y[i,j] += x[i,k] * w[k,j]  if k < i + j
            """ },
        { 0, "x 40 30, w 30 40, z 40 40", """
            twice(x[i,k], w[k,j], z[i,j]) -> y
              y[i,j] += x[i,k] * w[k,j]  if j <= i
              y[i,j] += z[i,j]
            """ },
        { 0, "x 40 30, w 30 40", """
            inside(x[i,k], w[k,j]) -> y
              y[i,j] += x[i,j - i + k] * w[k,j]  if j - i + k >= 0 and j - i + k < #k
            """ },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Conditions_on_positions_cut_the_shape_of_a_contraction(int contractions, string shapes, string text)
    {
        var program = Parser.Parse(text);
        var random = new SplitMix64(11);
        var inputs = shapes.Split(", ").Select(s => s.Split(' ')).ToDictionary(s => s[0],
            s => NdArray.Generate([.. s[1..].Select(int.Parse)], _ => random.Uniform(-1, 1)));
        var expected = Reference.Run(program, inputs).Outputs;
        using var team = new Team(2);
        foreach (var width in KernelRun.Widths)
        {
            var compiled = CpuRun.Compile(program, inputs, DType.Float64, null,
                new() { Target = CodeTarget.Of(width), Team = team });
            Assert.Equal(contractions, compiled.Contractions);
            var actual = CpuRun.Run(compiled, program, inputs, DType.Float64);
            foreach (var (output, values) in expected)
                Assert.True(actual[output].IsNear(values, Tolerance.CpuDouble), output);
        }
    }
}
