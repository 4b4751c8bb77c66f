using Xunit;

namespace Adjoint.Tests;

public sealed class SourceTests
{
    const int LongFile = 500;
    const int MaxCalculus = 3200; // about 3,000: more would be hard to hold in one head

    static readonly string[] Folders = ["src", "tests"];

    [Fact]
    public void A_long_file_begins_with_its_reason() => Assert.Empty(
        from file in CSharp()
        let lines = Repository.Read(file).Split('\n')
        where lines.Length > LongFile && !lines.Take(12).Any(l => l.StartsWith("//", StringComparison.Ordinal))
        select $"{file} has {lines.Length} lines");

    [Fact]
    public void Loops_and_what_follows_from_them_stay_small()
    {
        var lines = new[] { "Loops", "Derive" }.Where(f => Directory.Exists(Repository.PathOf("src", "Adjoint", f)))
            .SelectMany(f => Repository.Files($"src/Adjoint/{f}", "*.cs"))
            .Sum(f => Repository.Read(f).Split('\n').Count(IsCode));
        Assert.InRange(lines, 1, MaxCalculus);

        // Comments, blank lines and lone braces make a file longer and no harder.
        static bool IsCode(string line) => line.Trim() is { Length: > 1 } text
            && !text.StartsWith("//", StringComparison.Ordinal)
            && text is not ("};" or ");") && !text.StartsWith("using ", StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_hold_no_regions_and_no_leftover_notes()
    {
        // Spelled apart, so that this file passes its own test.
        string[] notes = ["#reg" + "ion", "TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];
        Assert.Empty(
            from file in CSharp()
            from line in Repository.Read(file).Split('\n').Index()
            from note in notes
            where line.Item.Contains(note, StringComparison.Ordinal)
            select $"{file}:{line.Index + 1} says {note}");
    }

    static IEnumerable<string> CSharp() => Folders.SelectMany(f => Repository.Files(f, "*.cs"));
}
