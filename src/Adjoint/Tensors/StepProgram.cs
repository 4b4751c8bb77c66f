namespace Adjoint;

/// <summary>Recorded calls as one program: the text of a whole step.</summary>
/// <param name="Program">Every axis has a line with its extent; every name occurs once.</param>
/// <param name="Leaves">Tensors with values, in the order of the program's operands.</param>
/// <param name="Results">Tensors to compute, in the order of the program's outputs.</param>
sealed record StepProgram(LoopProgram Program, Tensor[] Leaves, Tensor[] Results)
{
    public static StepProgram Of(IReadOnlyList<Recorded> calls, IReadOnlyList<Tensor> wanted) => new StepWriter().Run(calls, wanted);
}

// Axes of a call take the names that its operands' dimensions already have, so that lines of different calls run over the
// same axes and can be fused. Attributes become numbers. An updated operand w' stays an update of its leaf.

/// <summary>Builds an <see cref="StepProgram"/>.</summary>
sealed class StepWriter
{
    readonly Dictionary<Tensor, (string Name, EquatableArray<Dim> Dims)> tensors = [];
    readonly Dictionary<Recorded, Dictionary<string, string>> names = [];
    readonly Dictionary<Recorded, EquatableArray<Dim>[]> outputDims = [];
    readonly List<AxisLine> axes = [];
    readonly Dictionary<string, int> extents = [];
    readonly HashSet<string> taken = [];
    readonly List<Operand> operands = [];
    readonly List<Tensor> leaves = [];
    readonly List<Statement> body = [];

    public StepProgram Run(IReadOnlyList<Recorded> calls, IReadOnlyList<Tensor> wanted)
    {
        foreach (var call in calls) Add(call);
        var outputs = new List<Output>();
        foreach (var tensor in wanted)
        {
            var (name, dims) = Find(tensor);
            outputs.Add(new(name, dims));
        }
        return new(new("step", operands.ToEquatable(), [], outputs.ToEquatable(), axes.ToEquatable(), body.ToEquatable()),
            [.. leaves], [.. wanted]);
    }

    void Add(Recorded call)
    {
        var program = call.ProgramToRun;
        var map = new Dictionary<string, string>();
        var axisNames = new Dictionary<string, string>();
        var updatedDims = new Dictionary<string, EquatableArray<Dim>>();
        names[call] = map;
        for (var i = 0; i < call.Operands.Length; i++)
        {
            var updates = program.Outputs.FirstOrDefault(o => program.Updated(o.Name) == program.Operands[i]);
            var (name, dims) = updates is null ? Find(call.Operands[i]) : Leaf(call.Operands[i], Fresh("a"));
            map[program.Operands[i].Name] = name;
            if (updates is not null) (map[updates.Name], updatedDims[updates.Name]) = (name + "'", dims);
            Unify(call, program.Operands[i].Dims, dims, axisNames);
        }
        foreach (var tensor in program.Lines.Select(l => l.Target.Tensor).Distinct())
            if (!map.ContainsKey(tensor)) map[tensor] = Fresh(tensor);
        body.AddRange(Rename(program.Body));
        outputDims[call] = [.. program.Outputs.Select(o => updatedDims.TryGetValue(o.Name, out var dims)
            ? dims : o.Dims.Map(d => d with { Axes = d.Axes.Map(Axis) }))];

        EquatableArray<Statement> Rename(EquatableArray<Statement> statements) => statements.Map(s => s switch
        {
            TimeLoop loop => new TimeLoop(Axis(loop.Axis), loop.Down, Rename(loop.Body)),
            _ => ((Line)s).Map(Renamed),
        });

        Expr Renamed(Expr node) => node switch
        {
            Access access => access with { Tensor = map[access.Tensor] },
            AxisValue axis => new AxisValue(Axis(axis.Axis)),
            ExtentValue extent => new ExtentValue(Axis(extent.Axis)),
            AttributeValue attribute => new Number(call.Binding.Attributes[attribute.Name]),
            _ => node,
        };

        string Axis(string axis)
        {
            if (!axisNames.TryGetValue(axis, out var name)) axisNames[axis] = name = NewAxis(axis, call.Binding.Extents[axis]);
            return name;
        }
    }

    // An axis of the call is the axis its operand was made with, if no other operand claimed it first.
    static void Unify(Recorded call, EquatableArray<Dim> own, EquatableArray<Dim> given, Dictionary<string, string> axisNames)
    {
        if (own.Count != given.Count) return;
        for (var d = 0; d < own.Count; d++)
            if (!own[d].IsComposite && !given[d].IsComposite && own[d].From == given[d].From && own[d].To == given[d].To
                && !axisNames.ContainsValue(given[d].Axes[0]))
                axisNames.TryAdd(own[d].Axes[0], given[d].Axes[0]);
    }

    (string Name, EquatableArray<Dim> Dims) Find(Tensor tensor)
    {
        if (tensors.TryGetValue(tensor, out var known)) return known;
        if (tensor.Values is not null || tensor.Source is null) return tensors[tensor] = Leaf(tensor, Fresh("a"));
        var call = tensor.Source!;
        var at = call.Outputs.ToList().IndexOf(tensor);
        return tensors[tensor] = at >= 0 ? (names[call][tensor.Name!], outputDims[call][at])
            : (names[call][tensor.Name!], default);
    }

    (string Name, EquatableArray<Dim> Dims) Leaf(Tensor tensor, string name)
    {
        var dims = new Dim[tensor.Rank];
        for (var d = 0; d < dims.Length; d++)
        {
            var (from, to) = tensor.Dims is { } declared ? (declared[d].From, declared[d].To) : (0, 0);
            dims[d] = new(NewAxis("i", tensor.Shape[d] + from - to), from, to);
        }
        operands.Add(new(tensor.Type.IsFloating ? OperandKind.Float : OperandKind.Int, name, dims.ToEquatable()));
        leaves.Add(tensor);
        return (name, dims.ToEquatable());
    }

    string NewAxis(string letter, int extent)
    {
        var name = Fresh(letter);
        axes.Add(new(name, new Number(extent)));
        extents[name] = extent;
        return name;
    }

    string Fresh(string name)
    {
        name = name.TrimEnd('\'');
        for (var n = 1; ; n++)
            if (taken.Add($"{name}{n}")) return $"{name}{n}";
    }
}
