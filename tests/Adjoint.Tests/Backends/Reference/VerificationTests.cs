using Xunit;

namespace Adjoint.Tests;

public sealed class VerificationTests
{
    const string LayerNorm = """
        layer_norm(x[..,j], gain[j], bias[j]; eps = 1e-5) -> y
          mean[..] += x[..,j] / #j
          var[..] += square(x[..,j] - mean[..]) / #j
          n[..,j] = (x[..,j] - mean[..]) / sqrt(var[..] + eps)
          y[..,j] = gain[j] * n[..,j] + bias[j]
        """;

    [Theory]
    [InlineData(LayerNorm)]
    [InlineData("relu(x[..]) -> y\n  y[..] = max(0, x[..])")]
    [InlineData("dropout(x[..], uniform u[..]; p = 0.5) -> y\n  y[..] = where(u[..] < p, 0, x[..] / (1 - p))")]
    [InlineData("stopped(x[i]) -> y\n  y[i] = x[i] * stop(square(x[i])) + x[i] % 0.25")]
    [InlineData("""
        pool(x[m]; size = 2) -> y
          axis k < size
          axis p < #m / size
          y[p] max= x[m]  if m == size*p + k
        """)]
    [InlineData("""
        scan(x[t,b], int length[b]) -> h, last
          for t:
            h[t,b] = where(t < length[b], h[t-1,b] * x[t,b] + 1, h[t-1,b])
          last[b] = h[#t - 1,b]
        """)]
    public void Correct_programs_pass(string text)
    {
        var result = Verification.Of(Parser.Parse(text));
        Assert.True(result.Passed, result.ToString());
        Assert.Contains(result.Checks, c => c.Name == "second order gradient");
    }

    [Fact]
    public void A_program_without_floating_operands_has_no_gradient_to_check()
    {
        var program = Parser.Parse("one_hot(int tok[b]; classes = 4) -> y\n  axis v < classes\n  y[b,v] = tok[b] == v");
        var result = Verification.Of(program);
        Assert.True(result.Passed, result.ToString());
    }

    // A reverse with one sign, index, factor or line wrong.
    [Theory]
    [InlineData("dx[..,j] +=", "dx[..,j] -=")]
    [InlineData("dbias[j] += dy[..,j]", "dbias[j] += 2 * dy[..,j]")]
    [InlineData("2 * dvar[..]", "dvar[..]")]
    public void A_wrong_reverse_fails(string right, string wrong)
    {
        var reverse = Reverse.Of(Parser.Parse(LayerNorm))!;
        var text = Printer.Print(reverse.Program);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var checks = Check(reverse.Forward,
            With(reverse, Parser.Parse(text.Replace(right, wrong, StringComparison.Ordinal))));
        Assert.Contains(checks, c => c.Name == "gradient" && !c.Passed);
        Assert.Contains(checks, c => c.Name == "simplified" && !c.Passed);
        Assert.Contains(checks, c => c.Name == "forward and reverse" && !c.Passed);
    }

    [Fact]
    public void A_missing_gradient_fails()
    {
        var reverse = Reverse.Of(Parser.Parse("f(x[i], z[i]) -> y\n  y[i] = x[i] * z[i]"))!;
        var checks = Check(reverse.Forward,
            With(reverse, reverse.Program, reverse.Gradients.Where(g => g.Key == "x").ToDictionary()));
        Assert.Contains(checks, c => c.Name == "gradient" && !c.Passed);
    }

    [Fact]
    public void A_result_prints_a_line_a_check()
    {
        var result = new VerificationResult("f", 3, "x[2]",
            [new("Parse(Print(f))", 0, 0), new("gradient", 0.5, 1e-6, "dx, element 1")]);
        Assert.False(result.Passed);
        Assert.Equal("""
            f  seed 3  x[2]
              ok      Parse(Print(f))             
              FAILED  gradient                      error 5.0e-1 of 1e-6  dx, element 1

            """.ReplaceLineEndings("\n"), result.ToString());
    }

    static List<Check> Check(LoopProgram program, Reverse reverse)
    {
        var random = new SplitMix64(1);
        var options = new InputOptions { Sizes = new Dictionary<string, int> { ["j"] = 3, [".."] = 2, ["i"] = 2 } };
        var checks = new List<Check>();
        new GradientCheck(program, reverse, RandomInputs.Draw(program, random, options), null, random, 1)
            .Add(checks, "", Tolerance.FirstOrder);
        return checks;
    }

    static Reverse With(Reverse reverse, LoopProgram program, IReadOnlyDictionary<string, string>? gradients = null) =>
        new()
        {
            Forward = reverse.Forward,
            Program = program,
            Combined = reverse.Combined,
            Gradients = gradients ?? reverse.Gradients,
            Given = reverse.Given,
            Kept = reverse.Kept,
        };
}
