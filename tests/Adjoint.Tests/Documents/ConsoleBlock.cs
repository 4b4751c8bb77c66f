using System.Text.RegularExpressions;

namespace Adjoint.Tests;

/// <summary>Commands of a document and what they print; a line "…" stands for any lines.</summary>
static partial class ConsoleBlock
{
    const string Prompt = "$ ./adjoint ", Gap = "…";

    /// <summary>The lines as they should be: outputs with a gap that fits stay as they are.</summary>
    public static List<string> Actual(string[] lines)
    {
        var result = new List<string>();
        for (var i = 0; i < lines.Length;)
        {
            if (!lines[i].StartsWith(Prompt, StringComparison.Ordinal))
                throw new FormatException($"no command: {lines[i]}");
            result.Add(lines[i]);
            var end = i + 1;
            while (end < lines.Length && !lines[end].StartsWith(Prompt, StringComparison.Ordinal)) end++;
            var expected = lines[(i + 1)..end];
            var printed = Run(lines[i][Prompt.Length..]);
            result.AddRange(expected.Contains(Gap) && Fits(expected, printed) ? expected : printed);
            i = end;
        }
        return result;
    }

    static string[] Run(string command)
    {
        var run = CliRun.Of([.. Word().Matches(command).Select(m => InRepository(m.Value.Trim('"')))]);
        return (run.Output + run.Error)
            .Replace(Repository.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .TrimEnd('\n').Split('\n');
    }

    // Tests run elsewhere: a file of the repository is named in full, alone or after "x=".
    static string InRepository(string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal) + 1;
        return File.Exists(Repository.PathOf(argument[at..])) ? argument[..at] + Repository.PathOf(argument[at..])
            : argument;
    }

    static bool Fits(string[] expected, string[] printed)
    {
        var pattern = string.Join('\n', expected.Select(line => line == Gap ? "(.|\n)*?" : Regex.Escape(line)));
        return Regex.IsMatch(string.Join('\n', printed), $@"\A{pattern}\z");
    }

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Word();
}
