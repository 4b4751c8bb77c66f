using System.CommandLine;

namespace Adjoint.Cli;

/// <summary><c>adjoint lab</c>: an experiment, its tables, figures and verdict.</summary>
static class LabCommand
{
    const string ListName = "list", AllName = "all";

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var name = new Argument<string>("lab") { HelpName = "lab", Description = "which experiment; list shows them, all runs them all" };
        var output = new Option<string>("--out") { HelpName = "folder", Description = "where tables and figures go", DefaultValueFactory = _ => "labs" };
        var isShort = new Option<bool>("--short") { Description = "shorter lengths and trainings: seconds instead of minutes" };
        var seed = new Option<string?>("--seed") { HelpName = "integer", Description = "of all that is drawn" };
        var threads = CommandGrammar.Threads();
        var json = CommandGrammar.Json();
        var command = new Command("lab", "Runs an experiment whose outcome theory tells.") { name, output, isShort, seed, threads, json };
        command.SetAction(parsed =>
        {
            CommandGrammar.UseThreads(parsed.GetValue(threads));
            var wanted = parsed.GetValue(name)!;
            if (wanted == ListName)
            {
                terminal.Output.Write(parsed.GetValue(json) ? LabText.ListJson() + "\n" : LabText.List());
                return;
            }
            var options = new LabOptions
            {
                IsShort = parsed.GetValue(isShort),
                Seed = parsed.GetValue(seed) is { } given ? Assignments.Seed("--seed", given) : 1,
                Progress = line =>
                {
                    terminal.Error.WriteLine(line);
                    terminal.Error.Flush();
                },
            };
            var found = new List<(Lab, LabReport, IReadOnlyList<string>)>();
            foreach (var lab in wanted == AllName ? Lab.All : [Lab.Find(wanted)])
            {
                var report = lab.Run(options, cancellation);
                var files = LabText.Write(Path.Combine(parsed.GetValue(output)!, lab.Name), lab, report);
                found.Add((lab, report, files));
                if (parsed.GetValue(json)) continue;
                terminal.Output.Write(LabText.Print(lab, report, files));
                terminal.Output.Flush();
            }
            if (parsed.GetValue(json)) terminal.Output.WriteLine(LabText.Json(found));
        });
        return command;
    }
}
