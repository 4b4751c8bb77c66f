using System.Globalization;
using System.Text;

namespace Adjoint;

// What ADJOINT_DEBUG shows of a compiled program: when it is made, its size and the time that took, and from level 2 on
// its steps, its loops and kernels; at the end of the process where the time of its runs went.

/// <summary>Tells people about a compiled program.</summary>
sealed class CpuReport(CpuProgram compiled, LoopProgram program, string name)
{
    // At level 1 a table for the eye: the steps that matter, and of their lines what fits a row.
    const int MostLetters = 100, MostRows = 30;

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

    /// <summary>A row for each step, the slowest first where times are known.</summary>
    public string Steps(bool withTimes)
    {
        var text = new StringBuilder();
        var runs = Math.Max(1, compiled.Runs);
        var all = compiled.Steps.Sum(s => s.Ticks);
        text.Append(name);
        if (withTimes) text.Append(CultureInfo.InvariantCulture,
            $": {compiled.Runs} runs of {Debugging.Milliseconds(all / runs)}; the first {Debugging.Milliseconds(compiled.First)}");
        AddRows(compiled.Steps, 1, 1);
        return text.ToString();

        void AddRows(IEnumerable<CpuStep> steps, int depth, long times)
        {
            var rows = withTimes ? [.. steps.OrderByDescending(s => s.Ticks)] : steps.ToList();
            var most = Debugging.Level >= 2 ? rows.Count : MostRows;
            foreach (var step in rows.Take(most))
            {
                text.Append('\n').Append(' ', 2 * depth);
                if (withTimes)
                {
                    var time = Debugging.Milliseconds(step.Ticks / runs);
                    var rate = step.Operations * times * runs * System.Diagnostics.Stopwatch.Frequency
                        / Math.Max(1, step.Ticks) / 1e9;
                    text.Append(CultureInfo.InvariantCulture,
                        $"{time,12} {step.Ticks * 100.0 / Math.Max(1, all),5:F1} % {rate,6:F1} G/s  ");
                }
                else text.Append(CultureInfo.InvariantCulture, $"{step.Operations / 1e6,10:F3} M  ");
                text.Append(step.Text.Length <= MostLetters || Debugging.Level >= 2 ? step.Text
                    : step.Text[..MostLetters] + " …");
                if (!withTimes) text.Append(" | ").AppendJoin(", ", step.Touches.Select(compiled.Describe));
                if (step is TimeLoopStep loop) AddRows(loop.Body, depth + 1, times * loop.Extent);
            }
            if (rows.Count > most)
                text.Append('\n').Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture,
                    $"{Debugging.Milliseconds(rows.Skip(most).Sum(s => s.Ticks) / runs),12} in {rows.Count - most} more");
        }
    }
}
