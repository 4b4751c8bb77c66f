namespace Adjoint;

// The catalogue works along the last axis: x[..,j]. For another axis the same lines run with the indices in another
// order, so nothing is transposed. Several axes together are one: j becomes j0 * #j1 + j1 where its value counts.

/// <summary>Programs over <c>[..,j]</c> to programs over arrays of a rank, along axes of the caller's choice.</summary>
static class AlongAxes
{
    /// <param name="axes">In ascending order, at least one.</param>
    /// <param name="keepDims">Reduced axes stay in the outputs with size 1.</param>
    public static LoopProgram Place(LoopProgram program, int rank, IReadOnlyList<int> axes, bool keepDims)
    {
        var names = new FreshNames(program);
        var others = new string?[rank];
        for (var d = 0; d < rank; d++) if (!axes.Contains(d)) others[d] = names.Take($"d{d}");
        var trailing = program.Operands.SelectMany(o => o.Dims).FirstOrDefault(d => d.Axes[0] != "..")?.Axes[0];
        var split = new Dictionary<string, string[]>();
        if (axes.Count > 1 && trailing is not null)
            split[trailing] = [.. axes.Select(d => names.Take($"{trailing}{d}"))];
        var ones = axes.Select(_ => names.Take("one")).ToArray();
        var reduced = keepDims
            ? program.Outputs.Where(o => o.Dims is [{ Axes: [".."] }]).Select(o => o.Name).ToHashSet() : [];
        return program with
        {
            Operands = program.Operands.Map(o => o with { Dims = Dims(o.Dims, isReduced: false) }),
            Outputs = program.Outputs.Map(o => o with { Dims = Dims(o.Dims, reduced.Contains(o.Name)) }),
            Axes = program.Axes.Select(a => a with { Bound = Renamed(a.Bound) })
                .Concat(ones.Where(_ => reduced.Count > 0).Select(a => new AxisLine(a, Expr.One))).ToEquatable(),
            Body = program.Body.MapLines(l => new((Access)Renamed(l.Target), l.Op, Renamed(l.Value),
                l.Condition is null ? null : Renamed(l.Condition))),
        };

        EquatableArray<Dim> Dims(EquatableArray<Dim> dims, bool isReduced)
        {
            if (dims.Count == 0 || dims[0].Axes[0] != "..")
                return dims.SelectMany(d => !d.IsComposite && split.TryGetValue(d.Axes[0], out var parts)
                    ? parts.Select(a => new Dim(a)) : [d]).ToEquatable();
            Dim[] own = dims.Count == 1 ? isReduced ? [.. ones.Select(a => new Dim(a))] : []
                : split.TryGetValue(dims[1].Axes[0], out var several)
                    ? [.. several.Select(a => new Dim(a))] : [dims[1]];
            return Spread(own, d => new Dim(others[d]!));
        }

        Expr Renamed(Expr expr) => expr switch
        {
            Access access => Indices(access),
            AxisValue { Axis: ".." } => Folded([.. others.OfType<string>()]),
            AxisValue axis when split.TryGetValue(axis.Axis, out var parts) => Folded(parts),
            ExtentValue extent when split.TryGetValue(extent.Axis, out var parts) =>
                parts.Select(a => (Expr)new ExtentValue(a)).Aggregate(Algebra.Multiply),
            ExtentValue { Axis: ".." } => others.OfType<string>().Select(a => (Expr)new ExtentValue(a))
                .DefaultIfEmpty(Expr.One).Aggregate(Algebra.Multiply),
            _ => expr.WithParts(expr.Parts().Map(Renamed)),
        };

        Access Indices(Access access)
        {
            var indices = access.Indices;
            if (indices.Count == 0 || indices[0] is not AxisValue { Axis: ".." })
                return access with { Indices = indices.SelectMany(Own).ToEquatable() };
            Expr[] own = indices.Count > 1 ? [.. Own(indices[1])]
                : reduced.Contains(access.Tensor) ? [.. ones.Select(a => (Expr)new AxisValue(a))] : [];
            return access with { Indices = Spread(own, d => (Expr)new AxisValue(others[d]!)) };
        }

        IEnumerable<Expr> Own(Expr index) => index is AxisValue axis && split.TryGetValue(axis.Axis, out var parts)
            ? parts.Select(a => (Expr)new AxisValue(a)) : [Renamed(index)];

        // Leading dimensions in their order, the others in the places that were asked for; none if they are gone.
        EquatableArray<T> Spread<T>(T[] own, Func<int, T> other)
        {
            var next = 0;
            return Enumerable.Range(0, rank).Where(d => others[d] is not null || own.Length > 0)
                .Select(d => others[d] is null ? own[next++] : other(d)).ToEquatable();
        }

        static Expr Folded(string[] parts) => parts.Aggregate((Expr)Expr.Zero, (position, a) =>
            Algebra.Add(Algebra.Multiply(position, new ExtentValue(a)), new AxisValue(a)));
    }
}
