using System.Globalization;

namespace Adjoint.Tests;

/// <summary>Whether a process started here can be ended by Ctrl-C.</summary>
static class Interrupts
{
    public const string AreIgnoredHere = "SIGINT is ignored here, as in a background job of a shell, and by whatever is started from here";

    /// <summary>Who starts a process in the background may let it ignore Ctrl-C, and it hands that on.</summary>
    public static bool AreIgnored => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (long.Parse(line.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1 << 1) != 0;
}
