using System.Diagnostics;
using System.Globalization;

namespace Adjoint.Cli;

/// <summary>How long somebody waits who starts the program for one step.</summary>
static class FirstStep
{
    /// <summary>Runs a step twice, and tells the time since the process began.</summary>
    public static string Of(Workload workload)
    {
        using var process = Process.GetCurrentProcess();
        var begun = DateTime.Now - process.StartTime;
        var step = WorkloadBench.StepOf(workload.Prepare());
        step.Run();
        var first = DateTime.Now - process.StartTime;
        step.Run();
        var second = DateTime.Now - process.StartTime - first;
        return string.Create(CultureInfo.InvariantCulture, $"{workload.Name,-22} from the start of the process to its first step {first.TotalMilliseconds:F0} ms "
            + $"(program {begun.TotalMilliseconds:F0} ms, second step {second.TotalMilliseconds:F1} ms), peak {ByteSize.Text(ResidentMemory.Peak)}");
    }
}
