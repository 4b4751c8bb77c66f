using System.Diagnostics;
using System.Globalization;

namespace Adjoint.Cli;

/// <summary>The memory of this process that lies in chips.</summary>
static class ResidentMemory
{
    /// <summary>The most since the process began, or since <see cref="ForgetPeak"/>.</summary>
    public static long Peak
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                using var process = Process.GetCurrentProcess();
                return process.PeakWorkingSet64;
            }
            foreach (var line in File.ReadLines("/proc/self/status"))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line.AsSpan(6).TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) << 10;
            return 0;
        }
    }

    /// <summary>From here on the peak is what is resident now; only Linux can forget.</summary>
    public static void ForgetPeak()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A container may forbid it: then the peak is that of the whole process, which is an upper bound.
        }
    }
}
