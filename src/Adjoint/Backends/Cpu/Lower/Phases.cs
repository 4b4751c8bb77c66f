using System.Diagnostics;

namespace Adjoint;

/// <summary>How long the parts of making a plan took, one after the other.</summary>
sealed class Phases
{
    readonly List<(string Name, long Ticks)> all = [];
    long start = Stopwatch.GetTimestamp();

    public long Total => all.Sum(p => p.Ticks);

    /// <summary>What was done since the last one.</summary>
    public void End(string name)
    {
        var now = Stopwatch.GetTimestamp();
        all.Add((name, now - start));
        start = now;
    }

    public override string ToString() =>
        string.Join(", ", all.Select(p => $"{p.Name} {Debugging.Milliseconds(p.Ticks)}"));
}
