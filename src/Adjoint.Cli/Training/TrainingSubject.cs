using System.Globalization;

namespace Adjoint.Cli;

/// <summary>A run where it stands, or a system as it would begin.</summary>
sealed record TrainingSubject(string Name, TrainingJob Job, TrainingPosition At)
{
    /// <param name="name">The folder of a run, or the name of a system.</param>
    /// <param name="given">Settings of a system.</param>
    /// <returns>Null if it is neither, or an op of that name.</returns>
    public static TrainingSubject? Find(string name, IReadOnlyDictionary<string, string> given)
    {
        if (Directory.Exists(name))
        {
            var folder = RunFolder.Open(name);
            if (given.Count > 0) throw new UsageException($"--set: '{name}' is a run and has its settings.", "adjoint train begins another one");
            var job = Prepared(RunConfig.Read(folder.Config)).Job;
            return new(name, job, File.Exists(folder.Last) ? Checkpoint.Read(folder.Last, job) : new());
        }
        if (Catalogue.Find(name.Replace('-', '_')) is not null || TrainingSystem.All.All(s => s.Name != name)) return null;
        return new(name, Prepared(new(name, 0, null, given)).Job, new());
    }

    static PreparedRun Prepared(RunConfig config)
    {
        var system = TrainingSystem.Find(config.System);
        return system.Prepare(TrainRun.SettingsOf(system, config.Settings), config.Data, config.Seed);
    }

    /// <summary>Its loss, or its whole step, as a program that <c>adjoint run</c> takes, and the cost.</summary>
    public string Print(StepText text, string what)
    {
        var lines = CostText.Lines(Cost.Of(text.Program), new([], []));
        return string.Create(CultureInfo.InvariantCulture, $"# {what} of {Name}, step {At.Step + 1}\n{Printer.Print(text.Program)}\n# Cost\n")
            + string.Concat(lines.Select(l => "#   " + l));
    }

    public string Json(StepText text) => JsonText.Object(json =>
    {
        json.WriteString("name", Name);
        json.WriteNumber("step", At.Step);
        json.WriteString("program", Printer.Print(text.Program));
        CostText.Write(json, "cost", Cost.Of(text.Program), new([], []));
    });
}
