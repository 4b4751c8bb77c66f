using System.Globalization;

namespace Adjoint.Cli;

/// <summary>What a run would be.</summary>
static class DryRun
{
    public static string Print(TrainingSystem system, RunConfig config)
    {
        var settings = TrainRun.SettingsOf(system, config.Settings);
        var prepared = system.Prepare(settings, config.Data, config.Seed);
        using var loader = prepared.Job.Loader;
        var summary = prepared.Model.Summary(prepared.InputType, prepared.InputShape);
        var options = TrainingSystem.Options(settings);
        var step = Trainer.Capture(prepared.Job);
        var batch = prepared.InputShape[0];
        return string.Join('\n',
            $"system     {system.Name}: {system.Title}", $"data       {prepared.Data}", $"seed       {config.Seed}",
            "settings   " + string.Join(", ", settings.All.Select(s => $"{s.Name}={s.Value}")),
            "", summary.ToString().TrimEnd('\n'), "",
            string.Create(CultureInfo.InvariantCulture, $"steps      {loader.BatchesPerEpoch} an epoch, {options.StepsOf(loader.BatchesPerEpoch)} in all"),
            string.Create(CultureInfo.InvariantCulture, $"operations {(double)summary.Operations / batch:G4} an example forward"),
            $"memory     {ByteSize.Text(step.Bytes(loader.Next().Tensors))} for parameters, optimizer and the intermediate values of a step", "");
    }
}
