using System.CommandLine;

namespace Adjoint.Cli;

/// <summary><c>adjoint compare</c>: runs side by side, with what others have published.</summary>
static class CompareCommand
{
    public static Command Create(Terminal terminal)
    {
        var runs = new Argument<string[]>("runs") { HelpName = "run run …", Description = "folders of runs", Arity = ArgumentArity.OneOrMore };
        var command = new Command("compare", "Prints runs side by side, and the published figures of their systems.") { runs };
        command.SetAction(parsed =>
        {
            var folders = parsed.GetValue(runs)!.Select(RunFolder.Open).ToList();
            terminal.Output.Write(Sweep.Table([.. folders.Select(f => (f.Path, f))]));
            foreach (var system in folders.Select(f => TrainingSystem.Find(RunConfig.Read(f.Config).System)).Distinct())
                foreach (var figure in system.Published)
                    terminal.Output.WriteLine($"published  {system.Name}  {figure.Metric} {Metrics.Shown(figure.Value)}  {figure.Source}");
        });
        return command;
    }
}
