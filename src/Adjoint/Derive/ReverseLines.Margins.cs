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
}
