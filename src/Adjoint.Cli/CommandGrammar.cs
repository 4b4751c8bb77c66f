using System.CommandLine;

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

    public static Option<bool> Json() => new("--json") { Description = "print one JSON object" };
}
