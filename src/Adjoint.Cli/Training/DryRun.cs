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
            $"memory     {ByteSize.Text(step.Bytes(loader.Next().Tensors))} for parameters, optimizer and the intermediate values of a step",
            CpuPlan.IsOn ? Time(step, loader.Next().Tensors, options.StepsOf(loader.BatchesPerEpoch)) : "", "");
    }

    // Told by what the plan of a step does and by what this machine can do: nothing is trained.
    static string Time(Step step, ReadOnlySpan<Tensor> batch, long steps)
    {
        using var prediction = new Prediction(MachineSpeed.Here);
        step.Run(batch);
        prediction.Restart();
        step.Run(batch);
        var all = TimeSpan.FromSeconds(Math.Ceiling(prediction.Seconds * steps));
        return string.Create(CultureInfo.InvariantCulture,
            $"time       {prediction.Seconds * 1e3:G3} ms a step with {MachineSpeed.Here.Threads} threads, {all:g} in all");
    }
}
