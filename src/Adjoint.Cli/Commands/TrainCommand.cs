using System.CommandLine;

namespace Adjoint.Cli;

/// <summary><c>adjoint train</c>: a complete system, from its data to a tested model in a folder.</summary>
static class TrainCommand
{
    const string Usual = "digits";

    // Ctrl-C saves the run before it ends.
    static readonly TimeSpan TimeToSave = TimeSpan.FromSeconds(60);

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var name = new Argument<string?>("system") { HelpName = "system", Description = "what to train; digits if it is left out", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string?>("--data") { HelpName = "folder or file", Description = "data in place of the usual ones" };
        var output = new Option<string?>("--out") { HelpName = "folder", Description = "the run; runs/<system> if it is left out" };
        var seed = new Option<string?>("--seed") { HelpName = "integer", Description = "of weights, order and all that is drawn" };
        var threads = CommandGrammar.Threads();
        var set = CommandGrammar.Several("--set", "name=value", "a setting of the system: --list shows them");
        var sweep = new Option<string?>("--sweep") { HelpName = "name=a,b,c", Description = "one run for each value; a table and a figure at the end" };
        var resume = new Option<string?>("--resume") { HelpName = "run", Description = "goes on with a run where it stopped" };
        var force = new Option<bool>("--force") { Description = "replaces a run of the same name" };
        var dry = new Option<bool>("--dry-run") { Description = "prints configuration, model, cost and memory, and trains nothing" };
        var list = new Option<bool>("--list") { Description = "prints the systems and their settings" };
        var check = new Option<string?>("--check") { HelpName = "finite", Description = "finite: the first loop that makes a NaN or an infinity ends the run; slow" };
        var json = CommandGrammar.Json();
        var command = new Command("train", "Trains a complete system; the test metrics are the last lines.")
        {
            name, data, output, seed, threads, set, sweep, resume, force, dry, list, check, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(list))
            {
                terminal.Output.Write(parsed.GetValue(json) ? SystemList.Json() : SystemList.Print());
                return;
            }
            CommandGrammar.UseThreads(parsed.GetValue(threads));
            using var checking = CommandGrammar.OneOf("--check", "check", parsed.GetValue(check), "finite") is null ? null : Debugging.CheckFinite();
            Interruption.Grace = TimeToSave;
            var lines = parsed.GetValue(json) ? terminal.Error : terminal.Output;
            var view = new TrainView(terminal, lines);
            if (parsed.GetValue(resume) is { } old)
            {
                var folder = RunFolder.Open(old);
                var config = RunConfig.Read(folder.Config);
                Report(folder, new TrainRun(folder, TrainingSystem.Find(config.System), config).Train(view, lines, cancellation));
                return;
            }
            var system = TrainingSystem.Find(parsed.GetValue(name) ?? Usual);
            var given = Assignments.Split("--set", parsed.GetValue(set)!);
            var start = new RunConfig(system.Name, Assignments.Seed("--seed", parsed.GetValue(seed)), parsed.GetValue(data), given);
            TrainRun.SettingsOf(system, given);
            if (parsed.GetValue(dry))
            {
                terminal.Output.Write(DryRun.Print(system, start));
                return;
            }
            var path = parsed.GetValue(output) ?? Path.Combine("runs", system.Name);
            if (parsed.GetValue(sweep) is { } values) RunSweep(values, path, start);
            else
            {
                var folder = RunFolder.Create(path, start, parsed.GetValue(force));
                Report(folder, new TrainRun(folder, system, start).Train(view, lines, cancellation));
            }

            void RunSweep(string text, string path, RunConfig start)
            {
                var (setting, all) = Assignments.Split("--sweep", [text]).Single();
                var runs = new List<(string, RunFolder)>();
                var configs = all.Split(',').Select(value =>
                    (Name: $"{setting}={value}", Config: start with { Settings = new Dictionary<string, string>(start.Settings) { [setting] = value } })).ToList();
                foreach (var (_, config) in configs) TrainRun.SettingsOf(system, config.Settings); // all are looked at before the first is run
                foreach (var (run, config) in configs)
                {
                    var folder = RunFolder.Create(Path.Combine(path, run), config, parsed.GetValue(force));
                    lines.WriteLine($"\n{run}");
                    new TrainRun(folder, system, config).Train(view, lines, cancellation);
                    runs.Add((run, folder));
                }
                Sweep.Draw(Path.Combine(path, "sweep.svg"), system.Goal, runs);
                terminal.Output.WriteLine();
                terminal.Output.Write(Sweep.Table(runs));
            }

            void Report(RunFolder folder, Metrics? test)
            {
                if (parsed.GetValue(json)) terminal.Output.WriteLine(MetricText.Json(folder.Path, test));
                else
                {
                    terminal.Output.WriteLine($"run {folder.Path}");
                    if (test is not null) terminal.Output.Write(MetricText.Lines("test", test));
                }
            }
        });
        return command;
    }
}
