namespace Adjoint.Cli;

/// <summary>Where a command writes: results to output, everything else to error.</summary>
/// <param name="isInteractive">Someone watches the error stream: progress may be drawn there.</param>
sealed class Terminal(TextWriter output, TextWriter error, bool isInteractive)
{
    public TextWriter Output { get; } = output;
    public TextWriter Error { get; } = error;

    public bool IsInteractive => isInteractive;

    /// <summary>Replaces the progress line; an empty text removes it.</summary>
    public void Progress(string text)
    {
        if (!isInteractive) return;
        Error.Write($"\r\x1b[K{text}");
        Error.Flush();
    }
}
