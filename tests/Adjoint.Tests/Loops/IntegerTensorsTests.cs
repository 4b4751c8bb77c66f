using Xunit;

namespace Adjoint.Tests;

public sealed class IntegerTensorsTests
{
    const string Picked = """
        picked(x[n,c], int label[b,t], int shift) -> y
          at[(b,t)] = label[b,t] + 2 * shift
          y[n] = x[n,at[n]]
        """;

    [Fact]
    public void An_index_may_be_computed_from_integers_on_every_backend()
    {
        var program = Parser.Parse(Picked);
        Assert.Equal(["at", "label", "shift"], IntegerTensors.All(program).Order());
        var x = new NdArray([4, 5], [.. Enumerable.Range(0, 20).Select(n => (double)n)]);
        var operands = new Dictionary<string, NdArray> { ["x"] = x, ["label"] = new([2, 2], [0, 1, 2, 0]), ["shift"] = new([], [1]) };
        double[] expected = [2, 8, 14, 17];
        Assert.Equal(expected, Reference.Run(program, operands).Outputs["y"].Values);
        var given = operands.ToDictionary(o => o.Key, o => HostArray.FromDoubles(DType.Float64, o.Value.Shape.ToArray(), o.Value.Values));
        Assert.Equal(expected, Cpu.Run(program, given, DType.Float64)["y"].ToDoubles());
        var reverse = Reverse.Of(program)!;
        Assert.Equal(reverse.Combined, Parser.Parse(Printer.Print(reverse.Combined)));
        given["dy"] = HostArray.FromDoubles(DType.Float64, [4], [1, 2, 3, 4]);
        var dx = Cpu.Run(reverse.Combined, given, DType.Float64)["dx"].ToDoubles();
        Assert.Equal((10, 3), (dx.Sum(), dx[14]));
    }

    [Theory]
    [InlineData("at[n] = label[n] / 2")]
    [InlineData("at[n] = label[n] + 0.5")]
    [InlineData("at[n] = label[n] * x[n,0]")]
    [InlineData("at[n] = floor(x[n,0])")]
    [InlineData("at[n] max= x[n,c]")]
    public void What_may_be_no_integer_stands_in_no_index(string line)
    {
        var e = Assert.Throws<LoopException>(() => Parser.Parse($"picked(x[n,c], int label[n]) -> y\n  {line}\n  y[n] = x[n,at[n]]\n"));
        Assert.Contains("is computed and can't stand in an index", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operand_that_holds_integers_is_given_integers()
    {
        var program = Parser.Parse("look(x[c], at[n]) -> y\n  y[n] = x[at[n]]\n");
        var operands = new Dictionary<string, HostArray> { ["x"] = new(DType.Float32, 3), ["at"] = HostArray.FromDoubles(DType.Float32, [2], [1, 1.5]) };
        var e = Assert.Throws<LoopRunException>(() => Cpu.Run(program, operands, DType.Float32));
        Assert.Contains("at holds integers, and element [1] is 1.5", e.Message, StringComparison.Ordinal);
    }
}
