namespace Adjoint;

// Cells beside the steps of a time loop: h[-1,j] before the first, h[#t,j] after the last. A gradient has the same cells.

partial class ReverseLines
{
    // The plain index first, then one for each declared cell beside a dimension.
    IEnumerable<EquatableArray<Expr>> Cells(EquatableArray<Dim> dims)
    {
        IEnumerable<EquatableArray<Expr>> cells = [[]];
        foreach (var (dim, index) in dims.Zip(Indices(dims)))
        {
            var indices = new List<Expr> { index };
            for (var before = -1; before >= dim.From; before--) indices.Add(new Number(before));
            for (var after = 0; after < dim.To; after++) indices.Add(Algebra.Add(new ExtentValue(dim.Axes[0]), new Number(after)));
            cells = indices.SelectMany(i => cells.Select(c => (EquatableArray<Expr>)[.. c, i])).ToList();
        }
        return cells;
    }

    // A cell beside the steps that no line reads and no output shows has no gradient, nor has its gradient a cell.
    bool IsUnread(Line line)
    {
        var tensor = line.Target.Tensor;
        for (var d = 0; d < line.Target.Indices.Count; d++)
        {
            if (ComputedDims.Beside(line.Target.Indices[d]) is not var (from, to) || !computed.IsTimed(tensor, d)) continue;
            if (program.Outputs.FirstOrDefault(o => o.Name == tensor) is { } output && output.Dims[d].From <= from && output.Dims[d].To >= to) continue;
            var reads = program.Lines.Where(l => HasGradient(l.Target.Tensor) && useful.Contains(l.Target.Tensor))
                .SelectMany(l => Partials.Of(l.Value, Expr.One, IsOrdered)).Where(p => p.Read.Tensor == tensor).Select(p => p.Read.Indices[d]);
            if (!reads.Any(r => CarriedCells.MayReach(r, from, to))) return true;
        }
        return false;
    }
}
