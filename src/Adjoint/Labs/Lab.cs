namespace Adjoint;

/// <summary>An experiment whose outcome theory tells: what is predicted stands beside what is measured.</summary>
public abstract class Lab
{
    /// <summary>As in <c>adjoint lab &lt;name&gt;</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it asks, in one line.</summary>
    public abstract string Title { get; }

    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind.</exception>
    public abstract LabReport Run(LabOptions options, CancellationToken cancellation = default);

    public static IReadOnlyList<Lab> All { get; } = [new SequenceCostLab(), new MaclaurinLab(), new GatingLab(), new Seq2SeqCostLab(), new GrowthLab()];

    /// <exception cref="SettingException">There is none of this name.</exception>
    public static Lab Find(string name) => All.FirstOrDefault(l => l.Name == name)
        ?? throw new SettingException($"There is no lab '{name}'.\n  labs  {string.Join(", ", All.Select(l => l.Name))}");
}

/// <summary>How an experiment is run.</summary>
public sealed record LabOptions
{
    /// <summary>Shorter lengths and trainings: the same tables in a few seconds, less to be learned from them.</summary>
    public bool IsShort { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Gets a line now and then.</summary>
    public Action<string>? Progress { get; init; }
}

/// <summary>What an experiment found.</summary>
public sealed record LabReport(IReadOnlyList<LabTable> Tables, IReadOnlyList<LabFigure> Figures, IReadOnlyList<LabClaim> Claims);

/// <param name="Rows">As many cells as there are columns.</param>
public sealed record LabTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <param name="Name">Of the file, without its ending.</param>
public sealed record LabFigure(string Name, LinePlot Plot);

/// <summary>What theory or a text says, and whether it was found.</summary>
public sealed record LabClaim(string Claim, bool Holds, string Evidence);
