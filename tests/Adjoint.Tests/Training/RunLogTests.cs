using System.Text;
using Xunit;

namespace Adjoint.Tests;

public sealed class RunLogTests
{
    [Fact]
    public void A_log_cut_at_any_byte_keeps_its_whole_lines_and_goes_on()
    {
        using var scratch = new ScratchFolder();
        var path = scratch.PathOf("log.jsonl");
        using (var log = new RunLog(path))
            for (var n = 0; n < 3; n++) log.Add("step", [new("step", n), new("loss", 1.5 / (n + 1))]);
        var bytes = File.ReadAllBytes(path);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            File.WriteAllBytes(path, bytes[..cut]);
            var text = Encoding.UTF8.GetString(bytes, 0, cut);
            // A line whose newline alone is missing is whole.
            var whole = text.Count(c => c == '}');
            Assert.Equal(whole, RunLog.Read(path).Count);
            using (var log = new RunLog(path)) log.Add("epoch", [new("step", 9)]);
            var lines = RunLog.Read(path);
            Assert.Equal(whole + 1, lines.Count);
            Assert.Equal(("epoch", 9.0), (lines[^1].Kind, lines[^1]["step"]));
        }
    }

    [Fact]
    public void What_a_resumed_run_makes_again_counts_once()
    {
        using var scratch = new ScratchFolder();
        using (var log = new RunLog(scratch.PathOf("log.jsonl")))
        {
            for (var n = 1; n <= 5; n++) log.Add("step", [new("step", n), new("loss", n)]);
            log.Add("resumed", [new("step", 3)]);
            log.Add("step", [new("step", 4), new("loss", 40)]);
        }
        Assert.Equal([1.0, 2, 3, 40], RunLog.Read(scratch.PathOf("log.jsonl")).Where(l => l.Kind == "step").Select(l => l["loss"]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e-300)]
    public void Every_number_comes_back(double value)
    {
        using var scratch = new ScratchFolder();
        using (var log = new RunLog(scratch.PathOf("log.jsonl"))) log.Add("step", [new("loss", value)]);
        Assert.Equal(value, RunLog.Read(scratch.PathOf("log.jsonl")).Single()["loss"]);
    }
}
