using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests;

public sealed class ParserFuzzTests
{
    // Bounds for one text, far above what was measured (100 ms cold, 60 KB and 3 KB a sign): they catch a hang and a
    // blow-up, not a slow machine.
    static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);
    const long AllocatedBytes = 1 << 20;
    const long AllocatedBytesPerSign = 1 << 14;

    sealed record Text(string Value)
    {
        public override string ToString() => HostileText.Shown(Value);
    }

    [Fact]
    public async Task Any_text_either_parses_and_prints_back_equal_or_is_refused_with_a_place()
    {
        var count = RandomRun.Count(20_000, 1_000_000);
        var (parsed, refused) = (0, 0);
        string? current = null;
        var clock = Stopwatch.StartNew();
        var work = Task.Factory.StartNew(() => RandomRun.Check(count, seed => new Text(HostileText.Of(seed)),
            text => HostileText.Shrink(text.Value).Select(t => new Text(t)), text =>
            {
                Volatile.Write(ref current, text.Value);
                if (Parses(text.Value)) parsed++;
                else refused++;
            }), TaskCreationOptions.LongRunning);
        for (string? last = null; await Task.WhenAny(work, Task.Delay(Hang)) != work;)
        {
            var text = Volatile.Read(ref current);
            Assert.False(ReferenceEquals(text, last), $"The parser hangs on:\n{HostileText.Shown(text ?? "")}");
            last = text;
        }
        await work;
        RandomRun.Print($"{count / clock.Elapsed.TotalSeconds:F0} texts a second; {parsed} parse, {refused} are refused");
        Assert.True(parsed > count / 20 && refused > count / 20, $"Neither side may be empty: {parsed} parse, {refused} are refused.");
    }

    [Theory]
    [InlineData("m(x[(j)],", "expected the name of an operand, found the end of the line")]
    [InlineData("m(x[i]) -> y\n    y[i] = x[i]\n  y[i] += 1", "indented less than the first line of the program")]
    public void What_the_fuzz_once_found_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<LoopException>(() => Parser.ParseAll(text)).Message, StringComparison.Ordinal);

    static bool Parses(string text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            foreach (var program in Parser.ParseAll(text))
            {
                var printed = Printer.Print(program);
                Assert.True(program == Parser.Parse(printed), $"Another program than the one printed comes back:\n{printed}");
            }
            return true;
        }
        catch (LoopException refusal)
        {
            Assert.NotEmpty(refusal.Message);
            return false;
        }
        finally
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(bytes <= AllocatedBytes + AllocatedBytesPerSign * text.Length, $"{bytes} bytes for {text.Length} signs");
        }
    }
}
