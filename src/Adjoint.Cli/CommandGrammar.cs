using System.CommandLine;
using System.Globalization;

namespace Adjoint.Cli;

/// <summary>Arguments and options that mean the same in every command.</summary>
static class CommandGrammar
{
    public static Argument<string> Subject() =>
        new("subject") { HelpName = "op or file.loops", Description = "an op of the catalogue, or a file of programs" };

    public static Option<string?> Program() =>
        new("--program") { HelpName = "name", Description = "the program of a file that holds several" };

    public static Option<string[]> Set() =>
        Several("--set", "name=value", "the value of an attribute");

    public static Option<string[]> Size() =>
        Several("--size", "axis=extent", "the extent of an axis: --size t=512");

    /// <summary>An option that may be given again and again.</summary>
    public static Option<string[]> Several(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, DefaultValueFactory = _ => [] };

    public static Option<int?> Threads() =>
        new("--threads") { HelpName = "n", Description = "threads at work; otherwise ADJOINT_THREADS, or all cores" };

    /// <summary>Before the first plan runs: the team of the process reads it then.</summary>
    /// <exception cref="UsageException">It is no number of threads.</exception>
    public static void UseThreads(int? count)
    {
        if (count is null) return;
        if (count is < 1 or > 1024)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--threads is a number from 1 to 1024, not {count}."));
        Environment.SetEnvironmentVariable("ADJOINT_THREADS", count.Value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The value of an option that takes a few words.</summary>
    /// <exception cref="UsageException">It is none of them.</exception>
    public static string? OneOf(string option, string kind, string? given, params string[] known) => given is null || known.Contains(given)
        ? given : throw new UsageException($"{option}: there is no {kind} '{given}'.", $"{option} {string.Join(" or ", known)}");

    public static Option<bool> Json() => new("--json") { Description = "print one JSON object" };
}
