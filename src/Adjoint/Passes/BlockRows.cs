namespace Adjoint;

// Attention in linear memory, for whatever has its shape: the lines around large tensors run a block of rows at a time,
// and what a later group reads of an earlier one's large tensors is computed again there. Nothing here knows a softmax:
// a group is cut along the dimensions in which every line keeps to its row.

/// <summary>Cuts groups of lines around large tensors into blocks of rows.</summary>
sealed class BlockRows
{
    LoopProgram program;
    Extents extents;
    readonly BlockOptions options;
    readonly FreshNames names;
    readonly HashSet<string> again = []; // tensors that are computed a second time
    readonly Dictionary<string, string> sources = []; // of each tensor that is new: which one it stands for

    BlockRows(LoopProgram program, Extents extents, BlockOptions options)
    {
        (this.program, this.extents, this.options, names) = (program, extents, options, new(program));
        // What an earlier pass removed is still known by its name, to sizes and to types.
        foreach (var name in extents.Axes.Concat(extents.Tensors))
            if (!names.IsTaken(name)) names.Take(name);
    }

    /// <returns>The program; its extents, with those of new axes and tensors; and for each new tensor one of before, whose type it has.</returns>
    public static (LoopProgram Program, Extents Extents, IReadOnlyDictionary<string, string> Sources) Run(
        LoopProgram program, Extents extents, BlockOptions options)
    {
        var pass = new BlockRows(program, extents, options);
        var done = new HashSet<string>(); // tensors whose group stays as it is
        while (true)
        {
            var large = LargeTensors.Of(pass.program, pass.extents, options);
            var seed = pass.program.Body.ToList().FindIndex(s =>
                s is Line line && large.Contains(line.Target.Tensor) && !done.Contains(line.Target.Tensor));
            if (seed < 0) return (pass.program, pass.extents, pass.sources);
            if (!pass.Block(seed, large, mayRecompute: true)) done.Add(((Line)pass.program.Body[seed]).Target.Tensor);
        }
    }

    bool Block(int seed, HashSet<string> large, bool mayRecompute)
    {
        var group = RowGroup.At(seed, program.Body, new(program.Body), large);
        var lines = group.Lines.Select(n => WithNumbers((Line)program.Body[n])).ToList();
        var written = lines.Select(l => l.Target.Tensor).ToHashSet();
        var first = ((Line)program.Body[seed]).Target;
        if (first.Axes().Contains("..") || lines.Exists(HasPlaceInFold)) return false;
        var maps = Enumerable.Range(0, first.Indices.Count)
            .Select(d => RowMap.Of(lines, first.Tensor, d)).OfType<RowMap>().ToList();
        if (maps.Count == 0) return false;
        // Where every dimension is free, the last one stays whole.
        if (maps.Count == first.Indices.Count) maps.RemoveAt(maps.Count - 1);
        if (maps.Count == 0) return false;
        if (group.Left.Any(n => Reads(program.Body[n]).Any(r => large.Contains(r) && written.Contains(r))))
        {
            // What is computed a second time is not computed a third time.
            if (!mayRecompute || written.Overlaps(again)) return false;
            var (before, sizes) = (program, extents);
            Recompute([.. written.Where(large.Contains)], group);
            if (Block(seed, LargeTensors.Of(program, extents, options), mayRecompute: false)) return true;
            (program, extents) = (before, sizes);
            return false;
        }
        var outside = program.Body.Where((_, n) => !group.Lines.Contains(n)).SelectMany(s => Reads(s).Concat(Writes(s)))
            .Concat(program.Outputs.Select(o => o.Name)).ToHashSet();
        var inner = written.Where(t => !outside.Contains(t) && maps.TrueForAll(m => m.Dims.ContainsKey(t))
            && extents.Tensor(t).From.All(f => f == 0)).ToHashSet();
        // Blocks save room, and cost more where products are thin: a lookup before a product with as many results saves nothing, and
        // what all read as it was computed again is no longer wanted.
        var kept = written.Except(inner).Sum(t => extents.Tensor(t).Count);
        if (kept == 0 || kept >= inner.Where(large.Contains).Sum(t => extents.Tensor(t).Count)) return false;
        var perRow = Math.Max(1, inner.Where(large.Contains).Max(t => PerRow(t, maps)));
        var rows = new RowBlocks(maps, lines, first, inner, extents, names,
            (int)Math.Min(options.NumbersPerBlock / perRow, int.MaxValue), options.FewestRows);
        var graph = new StatementGraph(program.Body);
        var last = group.Lines[^1];
        var others = Enumerable.Range(0, program.Body.Count).Where(n => !group.Lines.Contains(n)).ToList();
        var after = others.Where(n => n > last || group.Lines.Any(l => graph.Needs(l, n))).ToHashSet();
        program = program with
        {
            Body = [.. others.Where(n => !after.Contains(n)).Select(n => program.Body[n]), .. rows.Loops,
                .. others.Where(after.Contains).Select(n => program.Body[n])],
        };
        extents = rows.Extents;
        foreach (var (tensor, source) in rows.Sources) AddSource(tensor, source);
        return true;
    }

    // Lines that make the tensors once more, before the first statement that could not join the group.
    void Recompute(HashSet<string> tensors, RowGroup group)
    {
        var wanted = group.Left.SelectMany(n => Reads(program.Body[n])).Where(tensors.Contains).ToHashSet();
        var lines = group.Lines.Select(n => (Line)program.Body[n]).ToList();
        foreach (var line in lines.AsEnumerable().Reverse())
            if (wanted.Contains(line.Target.Tensor)) wanted.UnionWith(line.Reads().Select(r => r.Tensor).Where(tensors.Contains));
        var clones = wanted.ToDictionary(t => t, names.Take);
        again.UnionWith(clones.Values);
        foreach (var (source, clone) in clones) AddSource(clone, source);
        var copies = lines.Where(l => wanted.Contains(l.Target.Tensor)).Select(Renamed);
        var statements = program.Body.Select((s, n) => group.Left.Contains(n)
            ? new EquatableArray<Statement>([s]).MapLines(Renamed)[0] : s).ToList();
        statements.InsertRange(group.Left[0], copies);
        extents = extents.With([], clones.Select(c => KeyValuePair.Create(c.Value, extents.Tensor(c.Key))));
        program = program with { Body = statements.ToEquatable() };

        Line Renamed(Line line) => line.Map(e =>
            e is Access access && clones.TryGetValue(access.Tensor, out var name) ? access with { Tensor = name } : e);
    }

    void AddSource(string tensor, string source) => sources[tensor] = sources.GetValueOrDefault(source, source);

    // A distance between two axes is a number of the code (AttributeUses), a window for instance.
    Line WithNumbers(Line line) => line.Condition is null ? line : line with
    {
        Condition = line.Condition.Map(e => e is Compare compare && compare.Axes().Count > 1
            ? compare.Map(part => part is AttributeValue a ? new Number(extents.Attribute(a.Name)) : part) : e),
    };

    // (h,1): how many positions the part 1 has is told by a dimension only.
    static bool HasPlaceInFold(Line line) => line.Expressions().Any(e =>
        e.Any(n => n is Composite parts && parts.Parts.Skip(1).Any(p => p is not AxisValue)));

    long PerRow(string tensor, List<RowMap> maps) =>
        maps.Aggregate(extents.Tensor(tensor).Count, (count, map) => count / extents.Tensor(tensor).Sizes[map.Dims[tensor]]);

    static IEnumerable<string> Writes(Statement statement) =>
        new EquatableArray<Statement>([statement]).AllLines().Select(l => l.Target.Tensor);

    static IEnumerable<string> Reads(Statement statement) =>
        new EquatableArray<Statement>([statement]).AllLines().SelectMany(l => l.Reads()).Select(r => r.Tensor);
}
