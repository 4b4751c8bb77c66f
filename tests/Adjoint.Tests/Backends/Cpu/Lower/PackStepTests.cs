using Xunit;

namespace Adjoint.Tests;

public sealed class PackStepTests
{
    const string Recurrence = """
        recurrence(h0[b,j], u[j,k]) -> h
          axis t < 5
          h[-1,b,j] = h0[b,j]
          for t:
            a[t,b,j] += h[t-1,b,k] * u[j,k]
            h[t,b,j] = tanh(a[t,b,j])
        """;

    [Theory]
    [InlineData(20, 96)]
    [InlineData(3, 200)]
    [InlineData(5, 72)]
    public void Weights_in_a_loop_over_time_are_packed_once_before_it(int batch, int size)
    {
        var program = Reverse.Of(Parser.Parse(Recurrence))!.Combined;
        var random = new SplitMix64(3);
        var inputs = RandomInputs.Draw(program, random,
            new() { Sizes = new Dictionary<string, int> { ["b"] = batch, ["j"] = size, ["k"] = size } });
        using var one = new Team(1);
        using var two = new Team(2);
        var results = new[] { one, two }.Select(team =>
        {
            var compiled = CpuRun.Compile(program, inputs, DType.Float64, null, new() { Team = team });
            var steps = compiled.Steps.Select(s => s.Text).ToList();
            // u as it lies and transposed; the gradient of u is one product of all steps.
            Assert.Equal(2, steps.Count(s => s == "panels of u"));
            Assert.All(compiled.Steps.OfType<TimeLoopStep>(), loop =>
                Assert.DoesNotContain(loop.Body, s => s is PackStep));
            return CpuRun.Run(compiled, program, inputs, DType.Float64);
        }).ToList();
        foreach (var (name, expected) in Reference.Run(program, inputs).Outputs)
        {
            Assert.Equal(results[0][name].Values, results[1][name].Values);
            Assert.True(results[0][name].IsNear(expected, Tolerance.CpuDouble), name);
        }
    }

    [Fact]
    public void What_a_step_of_the_loop_computes_is_packed_where_it_is_used()
    {
        var program = Parser.Parse("""
            powers(x[i,k]) -> y
              axis t < 4
              y[-1,i,k] = x[i,k]
              for t:
                a[t,i,k] += y[t-1,i,j] * y[t-1,j,k]
                y[t,i,k] = a[t,i,k] / #j
            """);
        var inputs = RandomInputs.Draw(program, new(3),
            new() { Sizes = new Dictionary<string, int> { ["i"] = 40, ["k"] = 40 } });
        var compiled = CpuRun.Compile(program, inputs, DType.Float64);
        Assert.Equal(1, compiled.Contractions);
        Assert.DoesNotContain(compiled.Steps, s => s is PackStep);
    }
}
