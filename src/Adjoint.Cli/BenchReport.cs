using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Adjoint.Cli;

/// <summary>What was measured, as text or as JSON.</summary>
/// <param name="Speed">Null where no step was measured.</param>
sealed record BenchReport(MachineSpeed? Speed, IReadOnlyList<(DerivationBench Bench, Timing Timing)> Derivations,
    IReadOnlyList<WorkloadResult> Workloads)
{
    const double Milli = 1e3, Giga = 1e9;

    /// <summary>Whether a step came to an error instead of a time.</summary>
    public bool HasFailed { get; init; }

    public string Print()
    {
        var text = new StringBuilder();
        var width = Derivations.Select(d => d.Bench.Name).Concat(Workloads.Select(w => w.Name)).Append("benchmark")
            .Max(n => n.Length);
        if (Derivations.Count > 0)
            Row($"{"benchmark".PadRight(width)}  lines  median ms  fastest  slowest  processor ms");
        foreach (var (bench, timing) in Derivations)
            Row($"{bench.Name.PadRight(width)}  {bench.Lines,5}  {timing.Median * Milli,9:F2}  ",
                $"{timing.Least * Milli,7:F2}  {timing.Most * Milli,7:F2}  {timing.Processor * Milli,12:F2}");
        if (Speed is null || Workloads.Count == 0) return text.ToString();
        if (Derivations.Count > 0) text.Append('\n');
        Row($"threads {Workloads[0].Threads}: {Speed.Operations / Giga:F0} GFLOP/s, ",
            $"{Speed.Bytes / Giga:F1} GB/s copied");
        Row($"{"benchmark".PadRight(width)}  median ms   fastest  least ms  share  GFLOP/s ",
            $"  first ms  peak MiB  grown  planned  bytes a step");
        foreach (var w in Workloads)
            Row($"{w.Name.PadRight(width)}  {w.Timing.Median * Milli,9:F3} {w.Timing.Least * Milli,9:F3} ",
                $"{w.Least * Milli,9:F3}  {w.Share * 100,4:F0}%  {w.Operations / w.Timing.Median / Giga,7:F1}  ",
                $"{w.First * Milli,8:F0}  {w.Resident >> 20,8}  {(w.Resident - w.Empty) >> 20,5}  {w.Planned >> 20,7}  {w.Allocated,12}");
        return text.ToString();

        void Row(FormattableString first, FormattableString? second = null, FormattableString? third = null)
        {
            foreach (var part in (FormattableString?[])[first, second, third])
                text.Append(part?.ToString(CultureInfo.InvariantCulture));
            text.Append('\n');
        }
    }

    public string Json() => JsonText.Object(json =>
    {
        json.WriteStartArray("benchmarks");
        foreach (var (bench, timing) in Derivations)
        {
            Begin(json, bench.Name, timing);
            json.WriteNumber("lines", bench.Lines);
            json.WriteEndObject();
        }
        foreach (var workload in Workloads)
        {
            Begin(json, workload.Name, workload.Timing);
            json.WriteNumber("threads", workload.Threads);
            json.WriteNumber("firstMilliseconds", workload.First * Milli);
            json.WriteNumber("operations", workload.Operations);
            json.WriteNumber("bytes", workload.Bytes);
            json.WriteNumber("leastMilliseconds", workload.Least * Milli);
            json.WriteNumber("share", workload.Share);
            json.WriteNumber("plannedBytes", workload.Planned);
            json.WriteNumber("emptyResidentBytes", workload.Empty);
            json.WriteNumber("peakResidentBytes", workload.Resident);
            json.WriteNumber("allocatedBytes", workload.Allocated);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (Speed is null) return;
        json.WriteNumber("operationsPerSecond", Speed.Operations);
        json.WriteNumber("copiedBytesPerSecond", Speed.Bytes);
    }) + "\n";

    static void Begin(Utf8JsonWriter json, string name, Timing timing)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("medianMilliseconds", timing.Median * Milli);
        json.WriteNumber("fastestMilliseconds", timing.Least * Milli);
        json.WriteNumber("slowestMilliseconds", timing.Most * Milli);
        json.WriteNumber("processorMilliseconds", timing.Processor * Milli);
    }
}
