using System.CommandLine;

namespace Adjoint.Cli;

/// <summary>Arguments and options that mean the same in every command.</summary>
static class CommonOptions
{
    public static Argument<string> Subject() =>
        new("subject") { HelpName = "op or file.loops", Description = "an op of the catalogue, or a file of programs" };

    public static Option<string?> Program() =>
        new("--program") { HelpName = "name", Description = "the program of a file that holds several" };

    public static Option<string[]> Set() =>
        new("--set") { HelpName = "name=value", Description = "the value of an attribute", DefaultValueFactory = _ => [] };

    public static Option<string[]> Size() =>
        new("--size") { HelpName = "axis=extent", Description = "the extent of an axis: --size t=512", DefaultValueFactory = _ => [] };

    public static Option<bool> Json() => new("--json") { Description = "print one JSON object" };
}
