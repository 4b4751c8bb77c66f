namespace Adjoint;

// A tensor owns cells beside an axis because a time loop writes it, and its gradient needs the same cells. When the loop of
// a gradient has vanished, one of its lines stands in a loop again; where it never had one, a line that writes zeros does.

/// <summary>Gives the tensors of a reverse the cells that it reads and writes beside the steps.</summary>
static class CarriedCells
{
    /// <param name="sources">Computed tensor of the forward program to its gradient.</param>
    public static EquatableArray<Statement> Keep(LoopProgram forward, IEnumerable<(string Source, string Gradient)> sources,
        EquatableArray<Statement> body, FreshNames names)
    {
        var result = body.ToList();
        var computed = new ComputedDims(forward);
        foreach (var (source, gradient) in sources)
        {
            var written = body.AllLines().FirstOrDefault(l => l.Target.Tensor == gradient);
            if (written is null) continue;
            var timed = Enumerable.Range(0, written.Target.Indices.Count).Where(d => computed.IsTimed(source, d)).ToList();
            result.RemoveAll(s => s is Line line && line.Target.Tensor == gradient && timed.Any(d => IsUnread(line, d, result)));
            var open = timed.Where(d => IsHomeless(result.ToEquatable(), gradient, d)).ToList();
            if (open.Count == 0) continue;
            var at = result.FindIndex(s => s is Line line && line.Target.Tensor == gradient && open.All(d => line.Target.Indices[d].Axes().Count == 1));
            if (at < 0)
            {
                var cell = ComputedDims.Cell(computed.Of(source, names, isOwn: true), names);
                // what was set in cells of its own is now added to the zeros
                result = [.. result.ToEquatable().MapLines(l => l.Target.Tensor == gradient && l.Op is LineOp.Set ? l with { Op = LineOp.Add } : l)];
                result.Insert(at = 0, new Line(new(gradient, cell), LineOp.Set, Expr.Zero));
            }
            var axes = open.Select(d => ((Line)result[at]).Target.Indices[d].Axes()[0]).Distinct().ToList();
            foreach (var axis in axes) result[at] = new TimeLoop(axis, false, [result[at]]);
        }
        return result.ToEquatable();
    }

    /// <summary>Whether a tensor has accesses beside a dimension and no loop that lets it own such cells.</summary>
    public static bool IsHomeless(EquatableArray<Statement> body, string tensor, int dimension)
    {
        var reverse = new ComputedDims(new("", [], [], [], [], body));
        return reverse.ReachesOut(tensor, dimension) && !reverse.IsTimed(tensor, dimension);
    }

    /// <summary>Whether an index may name the cells at <paramref name="from"/> before 0 or <paramref name="to"/> beyond the last.</summary>
    // #t - 1 is before the first cell when there is no step.
    public static bool MayReach(Expr index, int from, int to) => index is not (AxisValue or Number or ExtentValue or Composite)
        && (index is not Binary { Left: AxisValue or ExtentValue, Right: Number } || from < 0 && index is Binary { Left: ExtentValue })
        || ComputedDims.Reach(index) is var (low, high) && (from < 0 && low < 0 || to > 0 && high > 0);

    // A cell beside the steps that starts at something and is never read.
    static bool IsUnread(Line line, int dimension, List<Statement> body)
    {
        if (ComputedDims.Beside(line.Target.Indices[dimension]) is not var (from, to)) return false;
        return !body.ToEquatable().AllLines().SelectMany(l => l.Reads())
            .Any(r => r.Tensor == line.Target.Tensor && MayReach(r.Indices[dimension], from, to));
    }
}
