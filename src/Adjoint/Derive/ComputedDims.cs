namespace Adjoint;

/// <summary>Dimensions of a computed tensor as a signature would declare them: axis names and the cells beside a time axis.</summary>
sealed class ComputedDims
{
    readonly LoopProgram program;
    readonly Dictionary<string, List<(Access Access, bool IsTarget, string[] Loops)>> accesses = [];

    public ComputedDims(LoopProgram program)
    {
        this.program = program;
        Collect(program.Body, []);
        // what a line writes names the dimensions best
        foreach (var tensor in accesses.Keys) accesses[tensor] = [.. accesses[tensor].OrderByDescending(a => a.IsTarget)];
    }

    /// <summary>Dims of any tensor of the program. Dimensions that no access walks with an axis get a fresh name.</summary>
    /// <param name="isOwn">The tensor may have more cells than accesses reach, so that an axis whose shift is read names a
    /// dimension too.</param>
    public EquatableArray<Dim> Of(string tensor, FreshNames names, bool isOwn = false)
    {
        if (program.FindOperand(tensor) is { } operand) return operand.Dims;
        if (program.Updated(tensor) is { } updated) return updated.Dims;
        var declared = program.Outputs.FirstOrDefault(o => o.Name == tensor)?.Dims;
        var own = accesses[tensor];
        var dims = new List<Dim>();
        for (var i = 0; i < own[0].Access.Indices.Count; i++)
        {
            var dim = declared?[i] ?? own.Select(a => Plain(a.Access.Indices[i])).FirstOrDefault(d => d is not null && IsNew(d))
                ?? own.Select(a => isOwn ? Shifted(a.Access.Indices[i]) : null).FirstOrDefault(d => d is not null && IsNew(d))
                ?? new Dim(names.Take("n"));
            var (from, to) = Margins(tensor, i);
            dims.Add(dim with { From = Math.Min(dim.From, from), To = Math.Max(dim.To, to) });
        }
        return dims.ToEquatable();

        bool IsNew(Dim dim) => !dims.Any(d => d.Axes.Any(dim.Axes.Contains)) || !dim.IsComposite;
    }

    /// <summary>The index that walks over all cells: an axis that two dimensions share gets a name of its own in the second.</summary>
    /// <param name="onNew">Told of such a name within a folded dimension, and of the axis it is as long as.</param>
    public static EquatableArray<Expr> Cell(EquatableArray<Dim> dims, FreshNames names, Action<string, string>? onNew = null)
    {
        var axes = new HashSet<string>();
        return dims.Select(dim =>
        {
            var own = dim.Axes.Select(axis => axes.Add(axis) ? axis : Fresh(axis, dim.IsComposite)).ToEquatable();
            return own == dim.Axes ? dim.Index : new Dim(own).Index;
        }).ToEquatable();

        string Fresh(string axis, bool isFolded)
        {
            var name = names.Take(axis);
            if (isFolded) onNew?.Invoke(name, axis);
            return name;
        }
    }

    /// <summary>Whether a tensor owns cells along a time axis: its line in a <c>for t</c> writes it at an index with t.</summary>
    public bool IsTimed(string tensor, int dimension) => accesses.TryGetValue(tensor, out var own)
        && own.Any(a => a.IsTarget && a.Loops.Intersect(a.Access.Indices[dimension].Axes()).Any());

    /// <summary>The cells before 0 and after the last that constant shifts of any index reach.</summary>
    (int From, int To) Margins(string tensor, int dimension)
    {
        if (!IsTimed(tensor, dimension)) return (0, 0);
        int from = 0, to = 0;
        foreach (var (access, _, _) in accesses[tensor])
        {
            var (low, high) = Reach(WithDefaults(program, access.Indices[dimension]));
            (from, to) = (Math.Min(from, low), Math.Max(to, high));
        }
        return (from, to);
    }

    // A signature declares cells with numbers: a shift by an attribute owns those of its default.
    static Expr WithDefaults(LoopProgram program, Expr index) => index.Map(e =>
        e is AttributeValue attribute && program.Attributes.FirstOrDefault(a => a.Name == attribute.Name) is { } known ? new Number(known.Default) : e);

    /// <summary>How far a constant shift goes before the first cell (negative) and beyond the last.</summary>
    public static (int From, int To) Reach(Expr index) => index switch
    {
        Number n => ((int)n.Value, 0),
        ExtentValue => (0, 1),
        Binary { Operator: Arithmetic.Add, Left: AxisValue, Right: Number n } => ((int)n.Value, (int)n.Value),
        Binary { Operator: Arithmetic.Subtract, Left: AxisValue, Right: Number n } => (-(int)n.Value, -(int)n.Value),
        Binary { Operator: Arithmetic.Add, Left: ExtentValue, Right: Number n } => (0, (int)n.Value + 1),
        Binary { Operator: Arithmetic.Subtract, Left: ExtentValue, Right: Number n } => (1 - (int)n.Value, 0),
        _ => (0, 0),
    };

    /// <summary>Whether a tensor has accesses beside the cells of a dimension.</summary>
    public bool ReachesOut(string tensor, int dimension) => accesses.TryGetValue(tensor, out var own)
        && own.Any(a => Reach(WithDefaults(program, a.Access.Indices[dimension])) is var (from, to) && (from < 0 || to > 0));

    /// <summary>A constant index that is never inside: how far it lies before the first cell, or beyond the last.</summary>
    public static (int From, int To)? Beside(Expr index) =>
        index is Number { Value: < 0 } or ExtentValue or Binary { Operator: Arithmetic.Add, Left: ExtentValue, Right: Number } ? Reach(index) : null;

    void Collect(EquatableArray<Statement> body, string[] loops)
    {
        foreach (var statement in body)
        {
            if (statement is TimeLoop loop) Collect(loop.Body, [.. loops, loop.Axis]);
            if (statement is not Line line) continue;
            Add(line.Target, true);
            foreach (var read in line.Reads()) Add(read, false);
        }

        void Add(Access access, bool isTarget)
        {
            if (!accesses.TryGetValue(access.Tensor, out var own)) accesses[access.Tensor] = own = [];
            own.Add((access, isTarget, loops));
        }
    }

    static Dim? Shifted(Expr index) =>
        index is Binary { Operator: Arithmetic.Add or Arithmetic.Subtract, Left: AxisValue axis, Right: Number } ? new Dim(axis.Axis) : null;

    static Dim? Plain(Expr index) => index switch
    {
        AxisValue axis => new Dim(axis.Axis),
        Composite composite when composite.Parts.All(p => p is AxisValue) =>
            new Dim(composite.Parts.Select(p => ((AxisValue)p).Axis).ToEquatable()),
        _ => null,
    };
}
