using Adjoint.Cli;

namespace Adjoint.Tests;

/// <summary>What one command line printed and returned.</summary>
sealed record CliRun(int Code, string Output, string Error)
{
    /// <summary>In this process, through the door that the program itself uses.</summary>
    public static CliRun Of(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = Application.Run(args, new(output, error, isInteractive: false), CancellationToken.None);
        return new(code, output.ToString(), error.ToString());
    }
}
