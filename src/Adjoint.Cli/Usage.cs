using System.CommandLine;
using System.CommandLine.Parsing;

namespace Adjoint.Cli;

/// <summary>Words for a command line that does not parse.</summary>
static class Usage
{
    public static UsageException Error(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed.CommandResult);
        var help = $"{path} --help";
        if (parsed.UnmatchedTokens is [var token, ..])
        {
            var isOption = token.StartsWith('-');
            var known = isOption ? command.Options.Select(o => o.Name) : command.Subcommands.Select(c => c.Name);
            var near = NearNames.Of(token, known);
            var what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "further argument";
            return new($"{path}: there is no {what} '{token}'.", NearNames.Hint(near) ?? help);
        }
        if (command.Subcommands.Count > 0)
        {
            var commands = string.Join(", ", command.Subcommands.Select(c => c.Name));
            return new($"{path}: a command is missing.", $"commands: {commands}. {help}");
        }
        return new($"{path}: {Told(parsed.Errors[0])}.", help);
    }

    // As it was typed: adjoint data get.
    static string PathOf(CommandResult command) => command.Command is RootCommand ? "adjoint"
        : $"{PathOf((CommandResult)command.Parent!)} {command.Command.Name}";

    static string Told(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } option =>
            $"{option.Option.Name} needs a value: {option.Option.Name} <{option.Option.HelpName}>",
        OptionResult { IdentifierTokenCount: > 1 } option => $"{option.Option.Name} is given more than once",
        OptionResult option => $"{option.Option.Name} does not take '{string.Join(' ', option.Tokens)}'",
        ArgumentResult { Parent: OptionResult option } =>
            $"{option.Option.Name} does not take '{string.Join(' ', option.Tokens)}'",
        ArgumentResult { Tokens.Count: 0 } argument =>
            $"<{argument.Argument.HelpName ?? argument.Argument.Name}> is missing",
        CommandResult => "<" + string.Join("> <", Missing(error.SymbolResult)) + "> is missing",
        _ => error.Message.TrimEnd('.'),
    };

    static IEnumerable<string> Missing(SymbolResult command) => ((CommandResult)command).Command.Arguments
        .Where(a => command.GetResult(a) is null or { Tokens.Count: 0 }).Select(a => a.HelpName ?? a.Name);
}
