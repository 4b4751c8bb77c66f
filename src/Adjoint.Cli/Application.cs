using System.CommandLine;
using System.CommandLine.Invocation;

namespace Adjoint.Cli;

/// <summary>From arguments to an exit code; every failure is told in one message on the error stream.</summary>
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
            ExplainCommand.Create(terminal),
            RunCommand.Create(terminal),
            CostCommand.Create(terminal),
            VerifyCommand.Create(terminal, cancellation),
            BenchCommand.Create(terminal, cancellation),
            DataCommand.Create(terminal, cancellation),
            TrainCommand.Create(terminal, cancellation),
            EvalCommand.Create(terminal, cancellation),
            GenerateCommand.Create(terminal, cancellation),
            LabCommand.Create(terminal, cancellation),
            CompareCommand.Create(terminal),
            DoctorCommand.Create(terminal),
        };
        root.HelpName = "adjoint";
        var parsed = root.Parse(args);
        var (code, message) = Invoke(parsed, terminal);
        terminal.Progress("");
        if (message is not null)
        {
            terminal.Error.WriteLine(message);
            if (args.Contains("--json")) terminal.Output.WriteLine(JsonText.Object(json =>
                json.WriteString("error", message)));
        }
        terminal.Output.Flush();
        terminal.Error.Flush();
        return code;
    }

    static (int Code, string? Message) Invoke(ParseResult parsed, Terminal terminal)
    {
        try
        {
            if (parsed.Action is ParseErrorAction) throw Usage.Error(parsed);
            var code = parsed.Invoke(new()
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Ctrl-C is Interruption.cs
            });
            return (code, null);
        }
        catch (UsageException e)
        {
            return (WrongUsage, e.Message);
        }
        catch (FailedException)
        {
            return (Failed, null);
        }
        catch (OperationCanceledException e)
        {
            return (Interrupted, e is TrainingStoppedException ? e.Message : "Interrupted.");
        }
        catch (Exception e)
        {
            return (Failed, Told(e));
        }
    }

    /// <summary>The message alone where the user can mend it, and a request to report it where only we can.</summary>
    public static string Told(Exception exception) => exception switch
    {
        _ when IsTraced => exception.ToString(),
        AdjointException or InternalException or IOException or UnauthorizedAccessException => exception.Message,
        AggregateException { InnerException: { } inner } => Told(inner),
        OutOfMemoryException => "The memory of this machine is not enough.",
        _ => $"Internal error: {exception.GetType().Name}: {exception.Message}\n"
            + "Please report this message and the command. ADJOINT_TRACE=1 shows where it happened.",
    };

    static bool IsTraced => Environment.GetEnvironmentVariable("ADJOINT_TRACE") == "1";
}
