using System.CommandLine;

namespace Adjoint.Cli;

/// <summary>From arguments to an exit code, with every failure told in one message.</summary>
static class Application
{
    public const int Success = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Interrupted = 130;

    public static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootCommand("Deep learning in which every operation is a loop you can read.")
        {
        };
        var parsed = root.Parse(args);
        try
        {
            return parsed.Invoke(new() { Output = terminal.Output, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        finally
        {
            terminal.Output.Flush();
        }
    }
}
