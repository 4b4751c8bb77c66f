using System.Diagnostics;
using System.Globalization;

namespace Adjoint;

/// <summary>What <c>ADJOINT_DEBUG</c> asks for: 1 plans and times, 2 shapes and cost, 3 loops, 4 the loops as they run,
/// 5 kernels.</summary>
static class Debugging
{
    public static readonly int Level =
        int.TryParse(Environment.GetEnvironmentVariable("ADJOINT_DEBUG"), CultureInfo.InvariantCulture,
            out var level) ? level : 0;

    /// <summary>Whether steps of plans take their times.</summary>
    public static readonly bool IsTiming = Level >= 1;

    static readonly AsyncLocal<bool> Checking = new();

    static readonly bool IsCheckSet = Environment.GetEnvironmentVariable("ADJOINT_CHECK") == "finite";

    /// <summary>Whether the first line that makes a NaN or an infinity ends a run: <c>ADJOINT_CHECK=finite</c>, or
    /// <see cref="CheckFinite"/>.</summary>
    public static bool ChecksFinite => Checking.Value || IsCheckSet;

    /// <summary>Until it is disposed, plans are made so that the first line that makes a NaN or an infinity ends a
    /// run.</summary>
    public static IDisposable CheckFinite()
    {
        var scope = new CheckScope(Checking.Value);
        Checking.Value = true;
        return scope;
    }

    sealed class CheckScope(bool before) : IDisposable
    {
        public void Dispose() => Checking.Value = before;
    }

    /// <summary>A sentence on the error stream, from level 1 on.</summary>
    public static void Report(string message)
    {
        if (Level >= 1) Console.Error.WriteLine(message);
    }

    /// <summary>At the end of the process: times are known then.</summary>
    public static void ReportAtExit(Func<string> message) =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.Error.WriteLine(message());

    /// <summary>As <c>12.3 ms</c>.</summary>
    public static string Milliseconds(long ticks) =>
        string.Create(CultureInfo.InvariantCulture, $"{ticks * 1000.0 / Stopwatch.Frequency:0.###} ms");
}
