using Xunit;

namespace Adjoint.Tests;

public sealed class ErrorTests
{
    const string Folder = "tests/Adjoint.Tests/Errors";

    public static TheoryData<string> Cases =>
        [.. Repository.Files(Folder, "*.txt").Select(f => f[(Folder.Length + 1)..])];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mistake_gives_the_whole_message(string file) =>
        Repository.AssertGolden(ErrorCase.Run(Repository.Read(Folder, file)), Folder, file);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_message_is_a_sentence_without_a_stack_trace(string file)
    {
        var text = Repository.Read(Folder, file);
        var message = text[text.IndexOf("--- $ adjoint", StringComparison.Ordinal)..].Split('\n')[1..];
        Assert.EndsWith(".", string.Join('\n', message).Split("\n  ")[0].Split("\nHint")[0].Split("\nexit")[0],
            StringComparison.Ordinal);
        Assert.DoesNotContain(message, line => line.StartsWith("   at ", StringComparison.Ordinal));
        Assert.DoesNotContain(message, line => line.Contains('!', StringComparison.Ordinal)
            && !line.StartsWith("  ", StringComparison.Ordinal));
        Assert.True(message.Count(line => line.StartsWith("Hint:", StringComparison.Ordinal)) <= 1);
        Assert.Contains(message, line => line is "exit 1" or "exit 2");
    }

    [Fact]
    public void There_are_at_least_forty_cases() => Assert.True(Cases.Count >= 40);
}
