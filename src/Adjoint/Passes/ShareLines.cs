namespace Adjoint;

/// <summary>What two lines compute alike is computed once.</summary>
sealed class ShareLines
{
    readonly LoopProgram program;
    readonly Extents extents;
    readonly Dictionary<string, int> writers;
    readonly Dictionary<string, string> shared = [];

    ShareLines(LoopProgram program, Extents extents)
    {
        (this.program, this.extents) = (program, extents);
        writers = program.Lines.CountBy(l => l.Target.Tensor).ToDictionary();
        Find(program.Body);
    }

    public static LoopProgram Run(LoopProgram program, Extents extents)
    {
        var pass = new ShareLines(program, extents);
        return pass.shared.Count == 0 ? program : program with { Body = program.Body.MapLines(pass.Renamed) };
    }

    // Lines of one body: those of different loops are complete at different times.
    void Find(EquatableArray<Statement> body)
    {
        var first = new Dictionary<Line, string>();
        foreach (var statement in body)
        {
            if (statement is TimeLoop loop) Find(loop.Body);
            else if (statement is Line line && writers[line.Target.Tensor] == 1
                && program.Updated(line.Target.Tensor) is null && !line.Reads().Exists(IsOverwritten))
            {
                var key = Named(Renamed(line));
                if (!first.TryAdd(key, line.Target.Tensor) && !program.Outputs.Any(o => o.Name == line.Target.Tensor))
                    shared[line.Target.Tensor] = first[key];
            }
        }

        bool IsOverwritten(Access read) => program.Updated(read.Tensor) is not null;
    }

    Line Renamed(Line line) => line.Map(e =>
        e is Access read && shared.TryGetValue(read.Tensor, out var name) ? read with { Tensor = name } : e)
        with
    { Target = line.Target };

    // The same line whatever its tensor and its axes are called; as long as it was they must be.
    Line Named(Line line)
    {
        var axes = line.Axes();
        var named = line.Map(e => e is AxisValue axis
            ? new AxisValue($"{axes.IndexOf(axis.Axis)} < {extents[axis.Axis]}") : e);
        return named with { Target = named.Target with { Tensor = "" } };
    }
}
