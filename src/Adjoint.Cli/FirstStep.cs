using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Adjoint.Cli;

/// <summary>How long somebody waits who starts the program for one step, in seconds.</summary>
/// <param name="Program">From the start of the process to where a step is prepared.</param>
/// <param name="First">From the start of the process to the first result.</param>
/// <param name="Steady">One of the steps after it.</param>
/// <param name="Resident">The most bytes of the process up to the first result.</param>
sealed record FirstStep(string Name, int Threads, double Program, double First, double Steady, long Resident)
{
    const double Milli = 1e3;

    /// <summary>What the first step takes longer, the start of the program included.</summary>
    public double Overhead => First - Steady;

    /// <summary>Runs a step, and then a few more.</summary>
    public static FirstStep Of(Workload workload)
    {
        using var process = Process.GetCurrentProcess();
        var begun = process.StartTime;
        var program = (DateTime.Now - begun).TotalSeconds;
        var step = WorkloadBench.StepOf(workload.Prepare());
        step.Run();
        var (first, resident) = ((DateTime.Now - begun).TotalSeconds, ResidentMemory.Peak);
        var later = new double[5];
        for (var i = 0; i < later.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            step.Run();
            later[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(later);
        return new(workload.Name, Team.Shared.Threads, program, first, later[later.Length / 2], resident);
    }

    public string Print() => string.Create(CultureInfo.InvariantCulture,
        $"{Name,-22} from the start of the process to its first step {First * Milli:F0} ms, {Overhead * Milli:F0} more than a later one "
        + $"({Steady * Milli:F0} ms); program {Program * Milli:F0} ms, peak {ByteSize.Text(Resident)}");

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("name", Name);
        json.WriteNumber("threads", Threads);
        json.WriteNumber("programMilliseconds", Program * Milli);
        json.WriteNumber("startToFirstMilliseconds", First * Milli);
        json.WriteNumber("steadyMilliseconds", Steady * Milli);
        json.WriteNumber("overheadMilliseconds", Overhead * Milli);
        json.WriteNumber("peakResidentBytes", Resident);
    }
}
