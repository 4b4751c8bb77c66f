using System.Text.RegularExpressions;
using Xunit;

namespace Adjoint.Tests;

// Whatever a document shows has run: programs parse, commands print what stands below them, C# is taken from a test.

public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. All()];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Programs_parse(string document) =>
        Assert.All(Blocks(document, "loops"), b => Assert.NotEmpty(Parser.ParseAll(string.Join('\n', b.Lines))));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Commands_print_what_stands_below_them(string document)
    {
        var lines = Repository.Read(document).Split('\n').ToList();
        foreach (var block in Blocks(document, "console").Reverse())
        {
            lines.RemoveRange(block.Line + 1, block.Lines.Length);
            lines.InsertRange(block.Line + 1, ConsoleBlock.Actual(block.Lines));
        }
        Repository.AssertGolden(string.Join('\n', lines), document);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void CSharp_is_taken_from_a_test(string document)
    {
        var tests = Repository.Files("tests/Adjoint.Tests/Documents", "*.cs").Select(f => Flat(Repository.Read(f)))
            .ToList();
        Assert.All(Blocks(document, "csharp"), b =>
            Assert.Contains(tests, t => t.Contains(Flat(string.Join('\n', b.Lines)), StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_block_says_what_it_is(string document) => Assert.All(MarkdownBlock.Of(Repository.Read(document)),
        b => Assert.Contains(b.Language, new[] { "loops", "console", "csharp", "text" }));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        foreach (Match link in Link().Matches(Repository.Read(document)))
            Assert.True(Path.Exists(Path.Combine(folder, link.Groups[1].Value)),
                $"{document}: {link.Value} leads nowhere");
    }

    [Fact]
    public void Every_example_says_what_it_shows_and_runs()
    {
        var examples = Repository.Files("examples", "*.loops");
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            Assert.StartsWith("# ", Repository.Read(example), StringComparison.Ordinal);
            var run = CliRun.Of("verify", Repository.PathOf(example));
            Assert.True(run.Code == 0, $"{example}:\n{run.Output}{run.Error}");
        }
    }

    [Fact]
    public void Every_environment_variable_is_documented()
    {
        var document = Repository.Read("docs/env.md");
        string[] files = [.. Repository.Files("src", "*.cs"), .. Repository.Files("tests", "*.cs"), "check.sh",
            "adjoint"];
        var used = files.SelectMany(f => Variable().Matches(Repository.Read(f)).Select(m => m.Value)).ToHashSet();
        Assert.All(used, name => Assert.Contains($"`{name}", document, StringComparison.Ordinal));
        Assert.All(Variable().Matches(document), m => Assert.Contains(m.Value, used));
    }

    static IEnumerable<string> All() => Repository.Files("docs", "*.md").Prepend("README.md");

    static IEnumerable<MarkdownBlock> Blocks(string document, string language) =>
        MarkdownBlock.Of(Repository.Read(document)).Where(b => b.Language == language);

    // Indentation differs between a document and the body of a test.
    static string Flat(string code) => string.Join('\n', code.Split('\n').Select(l => l.Trim()));

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\b(ADJOINT_[A-Z]+|UPDATE_GOLDEN)\b")]
    private static partial Regex Variable();
}
