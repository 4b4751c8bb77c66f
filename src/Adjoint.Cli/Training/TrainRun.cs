namespace Adjoint.Cli;

/// <summary>Ctrl-C: the run is saved, and the message says how it goes on.</summary>
sealed class TrainingStoppedException(string message, Exception inner) : OperationCanceledException(message, inner);

/// <summary>One run from its folder to its last line.</summary>
sealed class TrainRun(RunFolder folder, TrainingSystem system, RunConfig config)
{
    /// <summary>The settings of the system with those of the configuration.</summary>
    public static Settings SettingsOf(TrainingSystem system, IReadOnlyDictionary<string, string> given)
    {
        var settings = system.Settings();
        foreach (var (name, value) in given) settings.Set(name, value);
        return settings;
    }

    /// <summary>Trains, or goes on, to the end.</summary>
    /// <returns>What the test data say; null where there are none.</returns>
    public Metrics? Train(TrainView view, TextWriter lines, CancellationToken cancellation)
    {
        var settings = SettingsOf(system, config.Settings);
        var prepared = system.Prepare(settings, config.Data, config.Seed);
        using var loader = prepared.Job.Loader;
        lines.WriteLine($"{system.Name}  {prepared.Data}, {prepared.Model.ParameterCount} parameters, seed {config.Seed}");
        lines.Flush();
        var trainer = new Trainer(prepared.Job, folder, TrainingSystem.Options(settings))
        {
            OnProgress = view.Progress,
            OnEpoch = view.Epoch,
        };
        trainer.Resume();
        if (trainer.At.Step > 0) lines.WriteLine($"goes on at step {trainer.At.Step}, epoch {trainer.At.Epoch + 1}");
        try
        {
            view.Show(() => trainer.Run(cancellation));
        }
        catch (OperationCanceledException e)
        {
            throw new TrainingStoppedException(
                $"Stopped and saved at step {trainer.At.Step}.\nHint: adjoint train --resume {folder.Path}", e);
        }
        var test = trainer.Test(cancellation);
        prepared.Job.Draw?.Invoke(folder.Path);
        Curves.Write(folder);
        return test;
    }
}
