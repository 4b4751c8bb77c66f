using Xunit;

namespace Adjoint.Tests;

public sealed class UnsetCellsTests
{
    [Theory]
    // Pieces side by side, a state with its margin, a state that only an operand begins.
    [InlineData("y[b,0,j] = x[b,j]\n  y[b,1,j] = exp(x[b,j])\n  z[b,j] += y[b,0,j] * y[b,1,j]", "")]
    [InlineData("h[-1,j] = x[0,j]\n  for b:\n    h[b,j] = tanh(h[b-1,j] + x[b,j])\n  z[b,j] = h[b,j] + h[b-1,j]", "")]
    [InlineData("h[#b,j] = x[0,j]\n  for b down:\n    h[b,j] = tanh(h[b+1,j] + x[b,j])\n  z[b,j] = h[b,j]", "")]
    // What a test leaves out is written with the rest.
    [InlineData("y[b,j] += x[b,j]  if 0 < x[b,j]\n  z[b,j] = y[b,j]", "")]
    [InlineData("y[b,j] = exp(x[b,j])  if 0 < x[b,j] and j < 7\n  z[b,j] += y[b,j] * y[b,j]", "y")]
    [InlineData("y[b,j] -= x[b,j]  if 0 < x[b,0]\n  z[b,j] += y[b,j] * x[b,j]", "")]
    // Of these the start value is read: a margin, a piece, what is added to.
    [InlineData("for b:\n    h[b,j] = tanh(h[b-1,j] + x[b,j])\n  z[b,j] = h[b,j] + h[b-1,j]", "h")]
    [InlineData("y[b,0,j] = x[b,j]\n  y[b,2,j] = exp(x[b,j])\n  z[b,j] += y[b,0,j] * y[b,2,j] + y[b,1,j]", "y")]
    [InlineData("g[b,j] = x[b,j]\n  for b down:\n    g[b-1,j] += g[b,j] * 0.5\n  z[b,j] = g[b,j] + g[b-1,j]", "g")]
    [InlineData("y[b,0,j] = x[b,j]  if j > 2\n  y[b,1,j] = x[b,j]\n  z[b,j] = y[b,0,j] + y[b,1,j]", "y")]
    public void Start_values_are_written_only_where_no_line_sets_a_cell_first(string lines, string filled)
    {
        var program = Parser.Parse($"set(x[b,j]) -> z\n  {lines}");
        var random = new SplitMix64(3);
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Generate([6, 20], _ => random.Uniform(-1, 1)) };
        foreach (var text in new[] { program, Reverse.Of(program)!.Combined })
        {
            var sizes = new Dictionary<string, int> { ["b"] = 6, ["j"] = 20 };
            var all = RandomInputs.Draw(text, random, new() { Sizes = sizes });
            all["x"] = inputs["x"];
            var compiled = CpuRun.Compile(text, all, DType.Float64);
            // Memory that is not 0, as after another program.
            using (var arena = Storage.Allocate(compiled.ArenaBytes)) arena.AsSpan<byte>().Fill(0xff);
            var actual = CpuRun.Run(compiled, text, all, DType.Float64);
            foreach (var (name, expected) in Reference.Run(text, all).Outputs)
                Assert.True(actual[name].IsNear(expected, Tolerance.CpuDouble), $"{name} of {Printer.Print(text)}");
            if (text == program)
                Assert.Equal(filled, string.Concat(compiled.Steps.Where(s => s is FillStep).Select(s => s.Text[^1])));
        }
    }

    [Fact]
    public void Only_the_margin_of_a_state_is_filled()
    {
        var program = Parser.Parse("""
            shown(x[t,j]) -> h[t from -1,j]
              for t:
                h[t,j] = h[t-1,j] + x[t,j]
            """);
        var inputs = new Dictionary<string, NdArray> { ["x"] = NdArray.Generate([4, 3], i => i) };
        var compiled = CpuRun.Compile(program, inputs, DType.Float64);
        var h = CpuRun.Run(compiled, program, inputs, DType.Float64)["h"];
        // An output begins as NaN in these tests.
        Assert.Equal(Reference.Run(program, inputs).Outputs["h"].Values, h.Values);
    }
}
