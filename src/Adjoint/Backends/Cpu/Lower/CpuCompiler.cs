namespace Adjoint;

// Statements to steps: consecutive lines become loops, each outermost loop a kernel; a time loop is a loop over the
// steps of its lines.

/// <summary>Compiles the body of a program.</summary>
sealed partial class CpuCompiler
{
    readonly BoundProgram program;
    readonly CpuOptions options;
    readonly Dictionary<Line, LinePlan> plans = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<LinePlan, Epilogue> epilogues = [];
    readonly List<string> loops = [];
    readonly List<KernelCode> kernels = [];
    readonly Dictionary<KernelCode, KernelEntry> entries = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<string, (NestKey Key, NestKernel Kernel)> nests = []; // those that are written
    readonly LineTensors tensors;
    readonly UnsetCellsFinder unset;
    readonly List<(PackStep Step, string Loop)> packs = []; // that have to run before a time loop

    public CpuCompiler(BoundProgram program, CpuOptions options, Phases phases)
    {
        (this.program, this.options, Team, Sites) = (program, options, options.Team ?? Team.Shared, new(program));
        Cells = new(program, Unstored, loops);
        AddPlans(program.Program.Body, []);
        phases.End("lines");
        tensors = new(plans.Values);
        unset = new(program, tensors);
        FirstWriters.Mark(program, tensors, Downward);
        phases.End("start values");
    }

    /// <summary>Makes the steps; before, it is only known how each line runs.</summary>
    public void Compile(Phases phases)
    {
        Steps = [.. Operands(), .. Compile(program.Program.Body)];
        phases.End("kernels");
    }

    public Sites Sites { get; }

    /// <summary>What lines touch.</summary>
    public TouchedCells Cells { get; }
    public CpuStep[] Steps { get; private set; } = [];

    public Team Team { get; }

    /// <summary>The arguments of all kernels.</summary>
    public KernelSlots Slots { get; } = new();

    public int Contractions { get; private set; }
    public int Loops => loops.Count;

    /// <summary>The loops of each kernel.</summary>
    public List<LoopItem> Items { get; } = [];

    /// <summary>In the order of the steps.</summary>
    public IReadOnlyList<KernelCode> Kernels => kernels;

    /// <summary>Lines without vectors, and why.</summary>
    public List<string> Fallbacks { get; } = [];

    /// <summary>Bytes of the buffers beside those of tensors, whose numbers follow those.</summary>
    public List<long> Panels { get; } = [];

    /// <summary>Tensors that no kernel keeps in memory.</summary>
    public HashSet<string> Unstored { get; } = [];

    /// <summary>Tensors whose cells need a start value before the first step.</summary>
    public bool NeedsStart(TensorPlace place) =>
        options.ChecksFinite || !tensors.Writers(place.Name).Any(p => p.IsFirst) && Unset(place) is not { Ranges.Count: 0 };

    /// <summary>The cells of a tensor that need one; null for all.</summary>
    public UnsetCells? Unset(TensorPlace place) => options.ChecksFinite ? null : unset.Of(place);

    HashSet<string> Downward { get; } = [];

    void AddPlans(EquatableArray<Statement> body, string[] around)
    {
        foreach (var statement in body)
            if (statement is TimeLoop loop)
            {
                if (!loops.Contains(loop.Axis)) loops.Add(loop.Axis);
                if (loop.Down) Downward.Add(loop.Axis);
                AddPlans(loop.Body, [.. around, loop.Axis]);
            }
            else
            {
                var line = new BoundLine(program, (Line)statement, around, plans.Count);
                if (line.IsEmpty) continue;
                var contraction = ContractionLine.Of(program, line.Source, around);
                if (contraction?.Shape.Operations < options.ContractsFrom) contraction = null;
                if (contraction is not null) line = new(program, line.Source, around, plans.Count, keepsTarget: true);
                plans[line.Source] = new(program, line, contraction);
            }
    }

    // Values that were there before the first line are no line's doing.
    IEnumerable<CpuStep> Operands() => !options.ChecksFinite ? []
        : program.Places.Where(p => p is { IsOperand: true, IsInteger: false, Count: > 0 })
            .Select(p => new FiniteStep(program, p, null));

    CpuStep[] Compile(EquatableArray<Statement> body)
    {
        var steps = new List<CpuStep>();
        var tree = new LoopTree(program);
        var taken = new HashSet<LinePlan>();
        for (var i = 0; i < body.Count; i++)
        {
            if (body[i] is TimeLoop loop)
            {
                Flush();
                if (program.Extents[loop.Axis] == 0) continue;
                var inside = Compile(loop.Body);
                steps.AddRange(packs.Where(p => p.Loop == loop.Axis).Select(p => p.Step));
                packs.RemoveAll(p => p.Loop == loop.Axis);
                steps.Add(new TimeLoopStep(loops.IndexOf(loop.Axis), program.Extents[loop.Axis], loop.Down, inside));
            }
            else if (plans.TryGetValue((Line)body[i], out var plan) && !taken.Contains(plan))
            {
                tree.Add(plan);
                if (options.ChecksFinite)
                {
                    Flush();
                    steps.Add(new FiniteStep(program, program[plan.Line.Target.Tensor], plan.Line.Source));
                    continue;
                }
                if (plan.Contraction is null) continue;
                var following = body.Skip(i + 1).TakeWhile(s => s is Line)
                    .Select(s => plans.GetValueOrDefault((Line)s)).OfType<LinePlan>();
                if (Epilogue.After(program, plan, following, IsLocal) is not { } epilogue) continue;
                epilogues[plan] = epilogue;
                taken.UnionWith(epilogue.Lines);
            }
        }
        Flush();
        return [.. steps];

        void Flush()
        {
            foreach (var item in tree.Items)
                if (item is not PointItem { Plan: { Contraction: not null } plan }) steps.Add(Compile(item));
                else steps.AddRange(Contract(plan, epilogues.GetValueOrDefault(plan)));
            tree = new(program);
        }
    }

    CpuStep Compile(LoopItem item)
    {
        item = MergedLoops.Of(program, item);
        var own = item.Plans.ToList();
        foreach (var plan in own)
            if (plan.Fallback is { } reason) Fallbacks.Add($"{plan.Line}: {reason}");
        var isParallel = item is LoopNode root && LoopTree.IsParallel(program, root);
        var operations = Operations(own);
        var (extent, chunk) = Chunks(item, isParallel, operations);
        PartialSum[] partials = [];
        if (!isParallel && item is LoopNode { Extent: > 1 } summed)
        {
            var least = Math.Ceiling((double)extent / PartialSums.MostParts);
            var turns = Whole(summed, Math.Max(Chunks(item, true, operations).Chunk, least));
            if (turns < extent && PartialSums.Of(program, summed, turns) is { } found)
                (partials, isParallel, chunk) = ([.. found.Values], true, turns);
        }
        var kernel = Write(new HashSet<string>(), new Dictionary<string, RowBuffer>());
        var inside = own.Select(p => p.Line.Target.Tensor).Distinct()
            .Where(t => IsLocal(t, own) && !Array.Exists(partials, s => s.Place.Name == t)).ToList();
        var local = inside.Where(t => !kernel.Loaded.Contains(t)).ToHashSet();
        var rows = RowBuffers.Of(program, item, inside.Where(kernel.Loaded.Contains));
        if (local.Count > 0 || rows.Count > 0) kernel = Write(local, rows);
        Unstored.UnionWith(local);
        Unstored.UnionWith(rows.Keys);
        Items.Add(item);
        var scratch = new long[partials.Length + 1];
        for (var i = 0; i < partials.Length; i++) scratch[i + 1] = scratch[i] + partials[i].Bytes;
        var step = new FusedStep(Entry(kernel.Code), [.. kernel.Buffers.Select(b => b?.Buffer ?? FusedStep.Status)],
            [.. kernel.Integers.Select(a => loops.IndexOf(a))], [.. kernel.Numbers], Slots, extent, chunk, Team,
            scratch)
        { Item = item, Code = kernel.Code, Cells = Cells, Counted = operations };
        if (partials.Length == 0) return step;
        var combine = PartialSums.Combine(partials, program.Program.Name + "_of_chunks", options.Target);
        int[] buffers = [.. partials.SelectMany((s, i) => (int[])[s.Place.Buffer, FusedStep.Scratch - i])];
        return new PartialStep(step, new(Entry(combine), buffers, [], [], Slots, 1, 1, Team, scratch) { Code = combine }, scratch[^1]);

        NestKernel Write(HashSet<string> unstored, Dictionary<string, RowBuffer> rows)
        {
            var key = NestKey.Of(program, item, isParallel, unstored, rows, partials);
            if (key is not null && nests.TryGetValue(key.ToString(), out var known)) return key.Taken(known.Kernel, known.Key);
            var written = NestWriter.Write(program, item, isParallel, program.Program.Name, options.Target, Sites, unstored,
                rows, partials);
            if (key is not null) nests[key.ToString()] = (key, written);
            return written;
        }
    }

    KernelEntry Entry(KernelCode kernel)
    {
        kernels.Add(kernel);
        if (entries.TryGetValue(kernel, out var known)) return known;
        return entries[kernel] = options.FromText?.Invoke(CSharpWriter.Print(kernel)) ?? KernelCache.Compile(kernel);
    }

    // Written first and read only in this kernel, and nobody outside asks for it.
    bool IsLocal(string tensor, IReadOnlyList<LinePlan> own) => !options.ChecksFinite && !program[tensor].IsOutput
        && !program[tensor].IsInteger && own.Any(p => p.IsFirst && p.Line.Target.Tensor == tensor)
        && tensors.Of(tensor).All(own.Contains);

    (long Extent, long Chunk) Chunks(LoopItem item, bool isParallel, double operations)
    {
        if (item is not LoopNode node) return (1, 1);
        var extent = node.Extent;
        if (!isParallel) return (extent, extent);
        var turns = Whole(node, Math.Ceiling(extent * (options.OperationsPerChunk / Math.Max(1, operations))));
        return (extent, Math.Clamp(turns, 1, extent));
    }

    // Weighed for the time they take: a function is about ten additions.
    double Operations(List<LinePlan> own)
    {
        var operations = 0.0;
        foreach (var plan in own)
        {
            var points = plan.Line.Axes.Aggregate(1.0, (count, axis) => count * program.Extents[axis]);
            var cost = 0;
            foreach (var expression in plan.Line.Tests.Prepend(plan.Line.Value))
                expression.Visit(e => cost += e is Call ? 10 : 1);
            operations += points * cost;
        }
        return operations;
    }

    // Whole turns of the vector loop, and cache lines that no two threads write.
    static long Whole(LoopNode node, double turns)
    {
        var unit = node.IsVector ? 64 : node.Items is [LoopNode { IsVector: true }] ? 16 : 1;
        return ((long)turns + unit - 1) / unit * unit;
    }
}
