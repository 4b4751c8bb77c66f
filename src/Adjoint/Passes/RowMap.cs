namespace Adjoint;

/// <summary>A direction along which a group of lines can be cut into independent rows: for each tensor the dimension
/// that walks along it, for each line the axis. Tensors without the dimension are sums over the rows.</summary>
sealed record RowMap(IReadOnlyDictionary<string, int> Dims, IReadOnlyList<string> Axes)
{
    /// <summary>The direction that starts as one dimension of one tensor, or null where the lines do not keep to
    /// it.</summary>
    public static RowMap? Of(IReadOnlyList<Line> lines, string tensor, int dim)
    {
        var written = lines.Select(l => l.Target.Tensor).ToHashSet();
        var dims = new Dictionary<string, int> { [tensor] = dim };
        var axes = new string?[lines.Count];
        for (var grew = true; grew;)
        {
            grew = false;
            for (var n = 0; n < lines.Count; n++)
            {
                var accesses = lines[n].Reads().Prepend(lines[n].Target).Where(a => written.Contains(a.Tensor)).ToList();
                foreach (var access in accesses)
                    if (axes[n] is null && dims.TryGetValue(access.Tensor, out var known))
                    {
                        if (access.Indices[known] is not AxisValue axis) return null;
                        (axes[n], grew) = (axis.Axis, true);
                    }
                if (axes[n] is not { } row) continue;
                foreach (var access in accesses)
                    if (!dims.ContainsKey(access.Tensor) && PlaceOf(access, row) is >= 0 and var place)
                    {
                        dims[access.Tensor] = place;
                        grew = true;
                    }
            }
        }
        for (var n = 0; n < lines.Count; n++) if (axes[n] is null || !Keeps(lines[n], axes[n]!)) return null;
        return new(dims, axes!);

        // Reads the same row of everything, and writes that row or adds to a sum that nobody here reads.
        bool Keeps(Line line, string row)
        {
            foreach (var read in line.Reads())
                if (written.Contains(read.Tensor)
                    && !(dims.TryGetValue(read.Tensor, out var at) && IsRow(read, at, row))) return false;
            return dims.TryGetValue(line.Target.Tensor, out var own) ? IsRow(line.Target, own, row)
                : IsPart(line.Target, row) || !line.Target.Axes().Contains(row) && line.Op is LineOp.Add or LineOp.Subtract;
        }
    }

    // A row of its own in a folded dimension; a tensor that is read has the dimension alone.
    static bool IsPart(Access access, string row) => access.Indices.Count(i => i.Axes().Contains(row)) == 1
        && access.Indices.Any(i => i is Composite parts && parts.Parts.Contains(new AxisValue(row)));

    // That dimension walks along the axis and no other does.
    static bool IsRow(Access access, int dim, string row) =>
        access.Indices[dim] is AxisValue axis && axis.Axis == row && access.Indices.Count(i => i.Axes().Contains(row)) == 1;

    static int PlaceOf(Access access, string row)
    {
        for (var d = 0; d < access.Indices.Count; d++)
            if (access.Indices[d] is AxisValue axis && axis.Axis == row) return d;
        return -1;
    }
}
