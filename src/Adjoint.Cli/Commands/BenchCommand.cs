using System.CommandLine;

namespace Adjoint.Cli;

/// <summary><c>adjoint bench</c>: how long deriving and whole steps take, warm, on this machine.</summary>
static class BenchCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var filter = new Argument<string?>("filter")
        {
            HelpName = "filter",
            Description = "only benchmarks whose name contains it; a name alone means that one",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var threads = CommandGrammar.Threads();
        var list = new Option<bool>("--list") { Description = "print the names and measure nothing" };
        var once = new Option<bool>("--once") { Description = "run each step once, the first in this process, and print what that took from its start" };
        var predict = new Option<bool>("--predict") { Description = "print what the cost of each step says it takes, beside what it takes" };
        var json = CommandGrammar.Json();
        var command = new Command("bench", "Measures whole steps against what this machine can do at most, and parse, "
            + "reverse and cost of programs: median and spread of repeated runs.")
        {
            filter, threads, list, once, predict, json,
        };
        command.SetAction(parsed =>
        {
            CommandGrammar.UseThreads(parsed.GetValue(threads));
            var wanted = parsed.GetValue(filter) ?? "";
            var names = DerivationBench.All.Select(b => b.Name).Concat(Workload.All.Select(w => w.Name)).ToList();
            var chosen = names.Contains(wanted) ? [wanted]
                : names.Where(n => n.Contains(wanted, StringComparison.Ordinal)).ToHashSet();
            if (chosen.Count == 0)
                throw new UsageException($"bench: there is no benchmark '{wanted}'.",
                    NearNames.Hint(NearNames.Of(wanted, names)) ?? "adjoint bench --list");
            if (parsed.GetValue(list))
            {
                var listed = names.Where(chosen.Contains).ToList();
                if (!parsed.GetValue(json)) foreach (var name in listed) terminal.Output.WriteLine(name);
                else terminal.Output.WriteLine(JsonText.Object(w => w.Strings("benchmarks", listed)));
                return;
            }
            if (parsed.GetValue(once))
            {
                var starts = Workload.All.Where(w => chosen.Contains(w.Name)).Select(FirstStep.Of);
                if (!parsed.GetValue(json)) foreach (var start in starts) terminal.Output.WriteLine(start.Print());
                else terminal.Output.WriteLine(JsonText.Object(w => w.Objects("starts", starts, s => s.Write(w))));
                return;
            }
            if (parsed.GetValue(predict))
            {
                Predict([.. Workload.All.Where(w => chosen.Contains(w.Name))], parsed.GetValue(json), terminal, cancellation);
                return;
            }
            var report = Measure(chosen, terminal, cancellation);
            terminal.Progress("");
            terminal.Output.Write(parsed.GetValue(json) ? report.Json() : report.Print());
            if (report.HasFailed) throw new FailedException();
        });
        return command;
    }

    static void Predict(List<Workload> workloads, bool isJson, Terminal terminal, CancellationToken cancellation)
    {
        terminal.Progress("measuring the machine");
        var bench = new PredictionBench(MachineSpeed.Here, workloads.Select(w => w.Name.Length).Append("benchmark".Length).Max());
        if (!isJson) terminal.Output.WriteLine(bench.Head);
        foreach (var workload in workloads)
        {
            terminal.Progress(workload.Name);
            var step = bench.Measure(workload, cancellation);
            terminal.Progress("");
            if (!isJson) terminal.Output.WriteLine(bench.Row(step));
        }
        if (isJson) terminal.Output.Write(bench.Json());
        else terminal.Output.WriteLine(bench.Foot);
    }

    static BenchReport Measure(HashSet<string> chosen, Terminal terminal, CancellationToken cancellation)
    {
        var derivations = new List<(DerivationBench, Timing)>();
        foreach (var bench in DerivationBench.All.Where(b => chosen.Contains(b.Name)))
        {
            terminal.Progress(bench.Name);
            derivations.Add((bench, bench.Measure(cancellation)));
        }
        var workloads = Workload.All.Where(w => chosen.Contains(w.Name)).ToList();
        if (workloads.Count == 0) return new(null, derivations, []);
        if (!CpuPlan.IsOn)
            throw new UsageException("bench: steps are measured as kernels, and none are made here.", "adjoint doctor");
        terminal.Progress("the speed of this machine");
        var speed = MachineSpeed.Measure(Team.Shared);
        var results = new List<WorkloadResult>();
        foreach (var workload in workloads)
        {
            terminal.Progress(workload.Name);
            try
            {
                results.Add(WorkloadBench.Measure(workload, speed, cancellation));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // What the others took is worth having.
                terminal.Progress("");
                terminal.Error.WriteLine($"{workload.Name}: {Application.Told(e)}");
            }
        }
        return new(speed, derivations, results) { HasFailed = results.Count < workloads.Count };
    }
}
