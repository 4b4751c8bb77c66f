using System.Globalization;

namespace Adjoint;

/// <summary>What <c>ADJOINT_DEBUG</c> asks for: 1 tells of plans.</summary>
static class Debugging
{
    public static int Level { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("ADJOINT_DEBUG"), CultureInfo.InvariantCulture,
            out var level) ? level : 0;

    /// <summary>A sentence on the error stream, from level 1 on.</summary>
    public static void Report(string message)
    {
        if (Level >= 1) Console.Error.WriteLine(message);
    }
}
