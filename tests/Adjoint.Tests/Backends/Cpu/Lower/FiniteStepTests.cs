using Xunit;

namespace Adjoint.Tests;

public sealed class FiniteStepTests
{
    static string Message(string text, params (string Name, double[] Values)[] inputs)
    {
        var program = Parser.Parse(text);
        var arrays = inputs.ToDictionary(i => i.Name, i => NdArray.Vector(i.Values));
        var compiled = CpuRun.Compile(program, arrays, DType.Float64, null, new() { ChecksFinite = true });
        return Assert.Throws<LoopRunException>(() => CpuRun.Run(compiled, program, arrays, DType.Float64)).Message;
    }

    [Fact]
    public void The_first_line_that_makes_a_nan_is_named_with_what_it_read() => Assert.Equal("""
        f: the first value that is not finite is y[2] = NaN.
          y[i] = log(x[i]) * w[i]
          x[2] = -1
          w[2] = 3
        """, Message("""
        f(x[i], w[i]) -> z
          y[i] = log(x[i]) * w[i]
          z += y[i]
        """, ("x", [1, 2, -1]), ("w", [1, 2, 3])));

    [Fact]
    public void A_step_of_a_time_loop_is_found_when_it_happens() => Assert.Equal("""
        f: the first value that is not finite is h[2] = Infinity.
          h[t] = h[t-1] * x[t]
          x[2] = 1E+300
        """, Message("""
        f(x[t]) -> h[t]
          h[-1] = 1
          for t:
            h[t] = h[t-1] * x[t]
        """, ("x", [1, 1e300, 1e300, 1])));

    [Fact]
    public void A_value_given_by_the_caller_is_no_line_s_doing() => Assert.Equal("""
        f: an operand holds a value that is not finite: x[1] = NaN.
        Hint: look at where it comes from; no loop has run yet.
        """, Message("f(x[i]) -> y[i]\n  y[i] = x[i]", ("x", [1, double.NaN])));

    [Fact]
    public void Finite_runs_give_what_they_give_without_the_check()
    {
        var program = Catalogue.Find("softmax")!.Program;
        var arrays = new Dictionary<string, NdArray> { ["x"] = Numbers.Normal(1, 3, 17) };
        var (plain, watched) = (Run(false), Run(true));
        Assert.True(watched.IsNear(plain, Tolerance.CpuDouble));

        NdArray Run(bool checks)
        {
            var compiled = CpuRun.Compile(program, arrays, DType.Float64, null, new() { ChecksFinite = checks });
            return CpuRun.Run(compiled, program, arrays, DType.Float64).Values.Single();
        }
    }
}
