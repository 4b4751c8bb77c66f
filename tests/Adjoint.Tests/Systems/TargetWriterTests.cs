using System.Text.Json;
using Xunit;

namespace Adjoint.Tests;

public sealed class TargetWriterTests
{
    static readonly Alphabet Letters = new("\0abc d");

    static TargetWriter Writer(bool attention = true, ulong seed = 4)
    {
        var model = new Seq2Seq(Letters.Count, 5, 4, 6, attention);
        model.Initialize(seed);
        return new(model, Letters, 5, 4);
    }

    [Fact]
    public void A_beam_of_one_is_greedy_a_wider_one_no_worse_and_a_length_is_an_end()
    {
        var writer = Writer();
        Assert.Equal(writer.Beam("ab c", 1), writer.Sample("ab c", new(Temperature: 0), seed: 9));
        Assert.True(writer.Beam("ab c", 500).LogProbability >= writer.Beam("ab c", 1).LogProbability);
        Assert.Equal(writer.Sample("ab c", new(), 3), writer.Sample("ab c", new(), 3));
        // More than there are characters is all of them.
        Assert.Equal(writer.Sample("ab c", new(), 3), writer.Sample("ab c", new(TopK: 100), 3));
        Assert.Equal(new WrittenText("a", "", 0), writer.Beam("a", 2, length: 0));
        Assert.All(Enumerable.Range(0, 20), n => Assert.True(writer.Sample("a", new(), (ulong)n, length: 2).Text.Length <= 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Beam("a", 0));
    }

    [Fact]
    public void What_is_read_for_each_character_adds_up_to_one_and_is_what_attention_reads()
    {
        var writer = Writer();
        var map = writer.Alignment("ab c", "dab")!;
        for (var t = 0; t < 3; t++) Assert.Equal(1, Enumerable.Range(0, 4).Sum(s => map[t, s]), Tolerance.CpuSingle);
        // One character alone is all there is to read.
        Assert.Equal(1, writer.Alignment("a", "b")![0, 0], Tolerance.CpuSingle);
        Assert.Null(Writer(attention: false).Alignment("ab", "c"));
    }

    [Fact]
    public void A_map_is_drawn_darker_where_more_was_read()
    {
        var map = new AlignmentMap("a <", "xy", HostArray.Of<float>(DType.Float32, [0, 0.5f, 1, 1, 0, 0], 2, 3));
        var image = map.ToImage();
        Assert.Equal([16, 24], image.Shape.ToArray());
        Assert.Equal([255, 128, 0], new[] { 0, 8, 16 }.Select(x => (int)image.Bytes[x]));
        Assert.Equal([0, 255, 255], new[] { 0, 8, 16 }.Select(x => (int)image.Bytes[15 * 24 + x]));
        var svg = map.ToSvg();
        Assert.Equal(6, svg.Split("stroke=\"#eeeeee\"").Length - 1);
        Assert.Equal(2, svg.Split("fill=\"#000000\"").Length - 1);
        Assert.Contains(">␣<", svg, StringComparison.Ordinal);
        Assert.Contains(">&lt;<", svg, StringComparison.Ordinal);
        Assert.Equal("AlignmentMap: 3 characters were read and 1 written.\n  weights : float32[2, 3]",
            Assert.Throws<ShapeException>(() => new AlignmentMap("abc", "x", new(DType.Float32, 2, 3))).Message);
    }

    [Theory]
    [InlineData("", "TargetWriter: the source has 0 characters.\n  possible  1 to 5")]
    [InlineData("aabbcc", "TargetWriter: the source has 6 characters.\n  possible  1 to 5")]
    [InlineData("ab?", "TargetWriter: '?' (U+003F) at 2 of the source is not among the characters that are read.\n  possible  \"abc d\"")]
    [InlineData("a\0", "TargetWriter: '?' (U+0000) at 1 of the source is not among the characters that are read.\n  possible  \"abc d\"")]
    [InlineData("aB", "TargetWriter: 'B' (U+0042) at 1 of the source is not among the characters that are read.\n  possible  \"abc d\"\n"
        + "Hint: in small letters all of the source is known.")]
    public void A_source_that_is_not_read_is_told(string source, string message)
    {
        var writer = Writer();
        Assert.Equal(message, Assert.Throws<DataException>(() => writer.Beam(source, 1)).Message);
        Assert.Equal(message, Assert.Throws<DataException>(() => writer.Sample(source, new(), 1)).Message);
        Assert.Equal(message.Replace("source", "target", StringComparison.Ordinal),
            Assert.Throws<DataException>(() => writer.Alignment("a", source.Length > 5 ? "aabbcc" : source)).Message
                .Replace("1 to 4", "1 to 5", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_writes_targets_and_pictures_from_the_command_line()
    {
        using var scratch = new ScratchFolder();
        var run = Trained(scratch, "run", "attention=true");
        var greedy = CliRun.Of("generate", run, "--prompt", "abc", "--beam", "1");
        Assert.Equal((0, ""), (greedy.Code, greedy.Error));
        Assert.Equal(greedy.Output, CliRun.Of("generate", run, "--prompt", "abc", "--temperature", "0").Output);
        Assert.Equal(greedy, CliRun.Of("generate", run, "--prompt", "abc"));
        Assert.Equal(3, CliRun.Of("generate", run, "--prompt", "abc", "--length", "2", "--temperature", "9", "--top-k", "3", "--top-p", "0.9", "--seed", "3").Output.Length);
        using var told = JsonDocument.Parse(CliRun.Of("generate", run, "--prompt", "abc", "--beam", "3", "--json").Output);
        Assert.Equal(["source", "text", "score"], told.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("abc", told.RootElement.GetProperty("source").GetString());
        Assert.True(told.RootElement.GetProperty("score").GetDouble() < 0);
        foreach (var name in new[] { "map.svg", "map.PNG" })
            Assert.Equal((0, greedy.Output), CliRun.Of("generate", run, "--prompt", "abc", "--beam", "1", "--map", scratch.PathOf(name)) is var made ? (made.Code, made.Output) : default);
        Assert.Equal([(greedy.Output.Length - 1) * 8, 24], Png.Read(scratch.PathOf("map.PNG")).Shape.ToArray());
        Assert.StartsWith("<svg", File.ReadAllText(scratch.PathOf("map.svg")), StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of("eval", run, "--out", scratch.PathOf("pictures")).Code);
        Assert.Contains("</svg>", File.ReadAllText(scratch.PathOf("pictures/alignments.svg")), StringComparison.Ordinal);
    }

    [Fact]
    public void Command_lines_that_cannot_be_meant_are_told()
    {
        using var scratch = new ScratchFolder();
        var (run, text) = (Trained(scratch, "plain", "attention=false"), scratch.Write("text.txt", string.Concat(Enumerable.Repeat("abc ", 200))));
        var letters = scratch.PathOf("letters");
        Assert.Equal(0, CliRun.Of("train", "char-lm", "--data", text, "--out", letters, "--set", "model=gru", "--set", "steps=1", "--set", "width=8", "--set", "layers=1").Code);
        Told(2, "--beam is 1 or above; 1 takes the likeliest character always.", run, "--prompt", "abc", "--beam", "0");
        Told(2, "--beam is 1 or above; 1 takes the likeliest character always.", run, "--prompt", "abc", "--beam", "-3");
        Told(2, "--beam draws nothing: --temperature, --top-k and --top-p don't go with it.", run, "--prompt", "abc", "--beam", "2", "--top-k", "2");
        Told(2, "--map: 'map.pdf' ends neither in .svg nor in .png.", run, "--prompt", "abc", "--map", "map.pdf");
        Told(2, $"--prompt: '{run}' reads a source, and none is given.", run);
        Told(2, $"--beam: '{letters}' goes on with a text; only runs of seq2seq read a source.", letters, "--beam", "2");
        Told(2, $"--map: '{letters}' goes on with a text; only runs of seq2seq read a source.", letters, "--map", "map.svg");
        Told(1, "TargetWriter: the source has 11 characters.\n  possible  1 to 10", run, "--prompt", "abcdefghija");
        Told(1, $"--map: '{run}' was trained without attention; there is nothing to draw.\nHint: adjoint train seq2seq --set attention=true",
            run, "--prompt", "abc", "--map", "map.svg");
        Assert.Equal(0, CliRun.Of("eval", run, "--out", scratch.PathOf("none")).Code);
        Assert.Empty(Directory.GetFiles(scratch.PathOf("none")));

        static void Told(int code, string message, params string[] args)
        {
            var made = CliRun.Of(["generate", .. args]);
            Assert.Equal((code, message + "\n"), (made.Code, made.Error));
        }
    }

    static string Trained(ScratchFolder scratch, string name, string change)
    {
        var made = CliRun.Of("train", "seq2seq", "--out", scratch.PathOf(name), "--set", "task=reverse", "--set", change, "--set", "examples=400",
            "--set", "epochs=2", "--set", "lr=0.01", "--set", "width=8", "--set", "units=12");
        Assert.Equal((0, ""), (made.Code, made.Error));
        return scratch.PathOf(name);
    }
}
