namespace Adjoint;

/// <summary>Which lines of a program read or write a tensor.</summary>
sealed class LineTensors
{
    readonly Dictionary<string, List<LinePlan>> lines = [];

    public LineTensors(IEnumerable<LinePlan> plans)
    {
        foreach (var plan in plans)
        {
            foreach (var read in plan.Line.Reads) Add(read.Tensor, plan);
            Add(plan.Line.Target.Tensor, plan);
        }
    }

    /// <summary>In text order, each once.</summary>
    public IReadOnlyList<LinePlan> Of(string tensor) => lines.TryGetValue(tensor, out var found) ? found : [];

    public IEnumerable<LinePlan> Writers(string tensor) => Of(tensor).Where(p => p.Line.Target.Tensor == tensor);

    void Add(string tensor, LinePlan plan)
    {
        if (!lines.TryGetValue(tensor, out var found)) lines[tensor] = found = [];
        if (found.Count == 0 || found[^1] != plan) found.Add(plan);
    }
}
