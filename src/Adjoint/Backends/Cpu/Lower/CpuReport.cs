using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Adjoint;

// What ADJOINT_DEBUG shows of a compiled program: when it is made, its size and the time that took, and from level 2 on
// its steps, its loops and kernels; at the end of the process where the time of its runs went.

/// <summary>Tells people about a compiled program.</summary>
sealed class CpuReport(CpuProgram compiled, LoopProgram program, string name)
{
    // At level 1 a table for the eye: the steps that take nearly all of the time, and of their lines what fits a row.
    const int MostLetters = 100;
    const double Listed = 0.98;

    static int plans;

    /// <summary>Reports what the level asks for, now and at the end of the process.</summary>
    public static void Write(CpuProgram compiled, LoopProgram program, Phases phases)
    {
        var report = new CpuReport(compiled, program, $"Plan {Interlocked.Increment(ref plans)}");
        var text = new StringBuilder(report.Summary(phases));
        if (Debugging.Level >= 2) text.Append('\n').Append(report.Steps(withTimes: false));
        if (Debugging.Level >= 3) text.Append('\n').Append(Printer.Print(program));
        if (Debugging.Level >= 4) text.Append('\n').AppendJoin('\n', compiled.Nests);
        if (Debugging.Level >= 5) text.Append('\n').Append(compiled.Print());
        Debugging.Report(text.ToString());
        Debugging.ReportAtExit(() => report.Steps(withTimes: true));
    }

    string Summary(Phases phases) => string.Create(CultureInfo.InvariantCulture,
        $"{name}: {program.Lines.Count()} lines, {compiled.Kernels} kernels ({KernelCache.Count} in all plans), {compiled.Contractions} products, ")
        + string.Create(CultureInfo.InvariantCulture, $"{compiled.ArenaBytes} bytes between steps; ")
        + $"made in {Debugging.Milliseconds(phases.Total)} ({phases})"
        + (compiled.Fallbacks.Count == 0 ? "" : Debugging.Level == 1
            ? $"\n  without vectors: {compiled.Fallbacks.Count} lines"
            : string.Concat(compiled.Fallbacks.Select(f => $"\n  without vectors: {f}")));

    /// <summary>A row for each step, or, where times are known, for all that do the same, the slowest first.</summary>
    public string Steps(bool withTimes)
    {
        var text = new StringBuilder(name);
        if (!withTimes)
        {
            AddCounts(text, compiled.Steps, 1);
            return text.ToString();
        }
        text.Append(CultureInfo.InvariantCulture,
            $": {compiled.Runs} runs of {Debugging.Milliseconds(compiled.Wall / Runs)}; the first {Debugging.Milliseconds(compiled.First)}");
        var prediction = compiled.Runs > 0 ? Predicted() : null;
        var listed = AddTimes(text, Alike(compiled.Steps), prediction, 1, 1);
        if (prediction is not null) text.Append(CultureInfo.InvariantCulture,
            $"\n  {Debugging.Milliseconds((long)(prediction.Seconds * Stopwatch.Frequency))} predicted; ")
            .Append(CultureInfo.InvariantCulture, $"listed are {Percent(listed, compiled.Wall):F1} % of the time of the runs");
        return text.ToString();
    }

    long Runs => Math.Max(1, compiled.Runs);

    void AddCounts(StringBuilder text, IEnumerable<CpuStep> steps, int depth)
    {
        foreach (var step in steps)
        {
            text.Append('\n').Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"{step.Operations / 1e6,10:F3} M  ")
                .Append(step.Text).Append(" | ").AppendJoin(", ", step.Touches.Select(compiled.Describe));
            if (step is TimeLoopStep loop) AddCounts(text, loop.Body, depth + 1);
        }
    }

    // Gives the ticks of what it lists. Time, its share of all, operations a second, the time predicted by that measured.
    long AddTimes(StringBuilder text, IEnumerable<CpuStep[]> kinds, Prediction? prediction, int depth, long times)
    {
        var rows = kinds.Select(k => (Steps: k, Ticks: k.Sum(s => s.Ticks))).OrderByDescending(r => r.Ticks).ToList();
        var (most, listed) = (Debugging.Level >= 2 ? rows.Count : Slowest([.. rows.Select(r => r.Ticks)]), 0L);
        foreach (var (steps, ticks) in rows.Take(most))
        {
            var (seconds, first) = (ticks / (double)Stopwatch.Frequency / Runs, steps[0]);
            text.Append('\n').Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture,
                $"{Debugging.Milliseconds(ticks / Runs),12} {Percent(ticks, compiled.Wall),5:F1} % ")
                .Append(CultureInfo.InvariantCulture, $"{steps.Sum(s => s.Operations) * times / Math.Max(1e-9, seconds) / 1e9,6:F1} G/s  ");
            if (prediction is not null) text.Append(CultureInfo.InvariantCulture,
                $"{100 * steps.Sum(prediction.SecondsOf) / Math.Max(1e-9, seconds),4:F0} %  ");
            if (steps.Length > 1) text.Append(CultureInfo.InvariantCulture, $"{steps.Length} x ");
            text.Append(first.Text.Length <= MostLetters || Debugging.Level >= 2 ? first.Text : first.Text[..MostLetters] + " …");
            if (first is not TimeLoopStep loop) listed += ticks;
            else listed += AddTimes(text, loop.Body.Select((_, i) => Array.ConvertAll(steps, s => ((TimeLoopStep)s).Body[i])), prediction, depth + 1,
                times * loop.Extent);
        }
        if (rows.Count > most)
            text.Append('\n').Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture,
                $"{Debugging.Milliseconds(rows.Skip(most).Sum(r => r.Ticks) / Runs),12} in {rows.Count - most} more");
        return listed;
    }

    // So many, in falling order, take the share of their sum that is listed.
    static int Slowest(long[] ticks)
    {
        var (count, left) = (0, ticks.Sum() * Listed);
        while (count < ticks.Length && left > 0) left -= ticks[count++];
        return count;
    }

    // Equal layers have equal steps.
    static IEnumerable<CpuStep[]> Alike(IEnumerable<CpuStep> steps) => steps.GroupBy(s => s.Kind).Select(g => g.ToArray());

    static double Percent(long ticks, long all) => ticks * 100.0 / Math.Max(1, all);

    // A second run: the first has left in the caches what any run finds there.
    Prediction Predicted()
    {
        using var prediction = new Prediction(MachineSpeed.Here);
        compiled.Predict(prediction, 1);
        prediction.Restart();
        compiled.Predict(prediction, 1);
        return prediction;
    }
}
