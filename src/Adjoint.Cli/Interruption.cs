using System.Runtime.InteropServices;

namespace Adjoint.Cli;

/// <summary>Ctrl-C: asks the command to stop, and ends the process if it does not do so at once.</summary>
sealed class Interruption : IDisposable
{
    // Long enough to remove a half-written file, short enough not to be noticed.
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration registration;

    public Interruption(TextWriter error) =>
        registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        source.Cancel();
        Thread.Sleep(Grace);
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
