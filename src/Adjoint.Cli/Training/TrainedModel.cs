namespace Adjoint.Cli;

/// <summary>What a run has learned so far.</summary>
static class TrainedModel
{
    /// <summary>Gives a model the weights of the best checkpoint, or of the last one where none was chosen yet.</summary>
    /// <returns>The file they are from.</returns>
    /// <exception cref="SettingException">The run has no checkpoint.</exception>
    public static string Read(RunFolder folder, Layer model)
    {
        var file = File.Exists(folder.Best) ? folder.Best : folder.Last;
        if (!File.Exists(file)) throw new SettingException($"'{folder.Path}' has no checkpoint yet.\nHint: adjoint train --resume {folder.Path}");
        Checkpoint.ReadModel(file, model);
        return file;
    }
}
