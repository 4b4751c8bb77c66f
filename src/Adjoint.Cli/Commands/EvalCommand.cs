using System.CommandLine;

namespace Adjoint.Cli;

/// <summary><c>adjoint eval</c>: the best model of a run on its test data, or on others.</summary>
static class EvalCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var run = new Argument<string>("run") { HelpName = "run", Description = "the folder of a run" };
        var data = new Option<string?>("--data") { HelpName = "folder or file", Description = "other data to judge on: IDX files, an .npz of MedMNIST, a text" };
        var output = new Option<string?>("--out") { HelpName = "folder", Description = "where to write pictures: of mistakes, or of what was read while a target was written" };
        var json = CommandGrammar.Json();
        var command = new Command("eval", "Judges a trained run; the test metrics are the last lines.") { run, data, output, json };
        command.SetAction(parsed =>
        {
            var folder = RunFolder.Open(parsed.GetValue(run)!);
            var config = RunConfig.Read(folder.Config);
            var system = TrainingSystem.Find(config.System);
            var judged = system.Evaluation(TrainRun.SettingsOf(system, config.Settings), config.Data, parsed.GetValue(data), config.Seed);
            var file = TrainedModel.Read(folder, judged.Model);
            if (!parsed.GetValue(json)) terminal.Output.WriteLine($"{system.Name}  {Path.GetFileName(file)} on {judged.Data}");
            var metrics = judged.Judge(cancellation);
            if (parsed.GetValue(output) is { } pictures)
            {
                Directory.CreateDirectory(pictures);
                judged.Draw?.Invoke(pictures);
            }
            if (!parsed.GetValue(json) && judged.Classes is { } classes) terminal.Output.Write(ClassTable.Of(classes()));
            terminal.Output.Write(parsed.GetValue(json) ? MetricText.Json(folder.Path, metrics) + "\n" : MetricText.Lines("test", metrics));
        });
        return command;
    }
}
