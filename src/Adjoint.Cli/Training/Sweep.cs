namespace Adjoint.Cli;

/// <summary>The same run with several values of one setting.</summary>
static class Sweep
{
    /// <summary>Writes <c>sweep.svg</c>: the validation of each run by epoch.</summary>
    public static void Draw(string path, string goal, IEnumerable<(string Name, RunFolder Folder)> runs)
    {
        var plot = new LinePlot { Title = "sweep", XLabel = "epoch", YLabel = $"validation {goal}" };
        foreach (var (name, folder) in runs)
        {
            var epochs = RunLog.Read(folder.Log).Where(l => l.Kind == "epoch" && double.IsFinite(l["validation " + goal])).ToList();
            if (epochs.Count > 0) plot.Add(name, [.. epochs.Select(e => e["epoch"] + 1)], [.. epochs.Select(e => e["validation " + goal])]);
        }
        plot.Write(path);
    }

    /// <summary>Runs side by side: the validation where it was best, the test.</summary>
    public static string Table(IReadOnlyList<(string Name, RunFolder Folder)> runs)
    {
        var rows = runs.Select(run =>
        {
            var lines = RunLog.Read(run.Folder.Log);
            var system = TrainingSystem.Find(RunConfig.Read(run.Folder.Config).System);
            var row = new OrderedDictionary<string, string> { ["run"] = run.Name };
            var epochs = lines.Where(l => l.Kind == "epoch").ToList();
            row["epochs"] = $"{epochs.Count}";
            if (epochs.Count > 0) row["loss"] = Metrics.Shown(epochs[^1]["loss"]);
            var goal = "validation " + system.Goal;
            var judged = epochs.Where(e => double.IsFinite(e[goal])).ToList();
            if ((system.IsHigherBetter ? judged.MaxBy(e => e[goal]) : judged.MinBy(e => e[goal])) is { } best)
                foreach (var (name, value) in best.Values)
                    if (name.StartsWith("validation ", StringComparison.Ordinal)) row[name] = Metrics.Shown(value);
            if (lines.LastOrDefault(l => l.Kind == "test") is { } test)
                foreach (var (name, value) in test.Values)
                    if (name != "step") row["test " + name] = Metrics.Shown(value);
            row["seconds"] = $"{epochs.Sum(e => e["seconds"]):F0}";
            return row;
        }).ToList();
        return TextTable.Of(rows);
    }
}
