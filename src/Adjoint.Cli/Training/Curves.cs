namespace Adjoint.Cli;

/// <summary>The course of a run as a figure and for TensorBoard.</summary>
static class Curves
{
    /// <summary>Writes <c>curves.svg</c> and an event file from the log.</summary>
    public static void Write(RunFolder folder)
    {
        var lines = RunLog.Read(folder.Log);
        var (steps, epochs) = (lines.Where(l => l.Kind == "step").ToList(), lines.Where(l => l.Kind == "epoch").ToList());
        var plot = new LinePlot { Title = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path))), XLabel = "step", YLabel = "loss, accuracy" };
        Add("loss of a step", steps, "loss");
        Add("loss, mean of an epoch", epochs, "loss");
        Add("validation loss", epochs, "validation loss");
        Add("validation accuracy", epochs, "validation accuracy");
        if (steps.Count + epochs.Count > 0) plot.Write(folder.Curves);
        foreach (var old in Directory.GetFiles(folder.Path, "events.out.*")) File.Delete(old);
        using var events = new TensorBoardLog(folder.Path);
        foreach (var line in lines.Where(l => l.Kind is "step" or "epoch"))
            foreach (var (name, value) in line.Values)
                if (name is not ("step" or "epoch" or "seconds")) events.Scalar($"{line.Kind}/{name}", (long)line["step"], value);

        void Add(string name, List<RunLogLine> from, string value)
        {
            var known = from.Where(l => double.IsFinite(l[value])).ToList();
            if (known.Count > 0) plot.Add(name, [.. known.Select(l => l["step"])], [.. known.Select(l => l[value])]);
        }
    }
}
