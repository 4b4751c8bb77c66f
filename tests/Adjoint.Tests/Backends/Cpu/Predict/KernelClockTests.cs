using Xunit;

namespace Adjoint.Tests;

// A core of round numbers: an instruction each second, ten until a product is there.

public sealed class KernelClockTests
{
    static readonly CodeTarget Target = CodeTarget.Of("scalar");

    static CoreSpeed Core(double window) => new(Instruction: 1, Product: 1, Step: 10, Division: 50, window);

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void Turns_that_hand_on_a_sum_take_a_step_each(int turns)
    {
        var kernel = Kernel((code, cells) =>
        {
            var sum = code.Variable("sum", Code.Constant(CodeType.Float, 0));
            code.For("cell", 0, code.End, cell => code.Assign(sum, Code.Fma(cells[cell], cells[cell], sum)));
            code.Store(cells, 0, sum);
        });
        Assert.Equal(10, KernelClock.Seconds(kernel, Core(64), 0, turns, [], []) / turns, 0.2);
    }

    [Fact]
    public void Turns_that_hand_on_nothing_wait_only_for_those_in_flight()
    {
        var kernel = Kernel((code, cells) => code.For("cell", 0, code.End, cell =>
        {
            CodeExpr value = code.Let("value", cells[cell]);
            for (var i = 0; i < 8; i++) value = code.Let("value", value * value);
            code.Store(cells, cell, value);
        }));
        // A chain of 95 seconds and 12 instructions: with few in flight it is waited for, with many not. An instruction enters as the
        // one twelve before leaves, so a turn begins while the one before it ends: two share the wait.
        double few = KernelClock.Seconds(kernel, Core(12), 0, 1000, [], []) / 1000, many = KernelClock.Seconds(kernel, Core(500), 0, 1000, [], []) / 1000;
        Assert.InRange(few, 95 / 2.0, 95 / 2.0 + 5);
        Assert.Equal(12, many, 0.5);
    }

    [Fact]
    public void Quotients_share_one_unit()
    {
        var kernel = Kernel((code, cells) => code.For("cell", 0, code.End, cell => code.Store(cells, cell, 1 / cells[cell])));
        Assert.Equal(50, KernelClock.Seconds(kernel, Core(1000), 0, 1000, [], []) / 1000, 0.1);
    }

    [Fact]
    public void A_loop_that_another_bounds_counts_half()
    {
        CodeExpr Body(CodeBuilder code, CodeExpr cells, Func<CodeExpr, CodeExpr> end)
        {
            code.For("row", 0, code.End, row => code.For("cell", 0, end(row), cell => code.Store(cells, cell, 1.0)));
            return cells;
        }
        var square = Kernel((code, cells) => Body(code, cells, _ => code.End));
        var triangle = Kernel((code, cells) => Body(code, cells, row => row + 1));
        var ratio = KernelClock.Seconds(triangle, Core(64), 0, 200, [], []) / KernelClock.Seconds(square, Core(64), 0, 200, [], []);
        Assert.InRange(ratio, 0.49, 0.53);
    }

    static KernelCode Kernel(Action<CodeBuilder, CodeExpr> write)
    {
        var code = new CodeBuilder("kernel", Target);
        write(code, code.Buffer("cells", Element.Float));
        return code.Build();
    }
}
