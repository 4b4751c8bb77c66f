using System.Runtime.InteropServices;

namespace Adjoint.Cli;

/// <summary>Ctrl-C: asks the command to stop, and ends the process if it does not do so at once.</summary>
sealed class Interruption : IDisposable
{
    /// <summary>How long a command may take to stop: long enough to remove a half-written file, short enough not to be noticed,
    /// unless it says otherwise.</summary>
    public static TimeSpan Grace { get; set; } = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration registration;

    public Interruption(TextWriter error) =>
        registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        var isFirst = !source.IsCancellationRequested;
        source.Cancel();
        if (isFirst) Thread.Sleep(Grace); // who presses twice does not want to wait
        error.Flush();
        Environment.Exit(Application.Interrupted);
    });

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
