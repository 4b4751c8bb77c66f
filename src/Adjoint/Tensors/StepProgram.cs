namespace Adjoint;

/// <summary>Recorded calls as one program: the text of a whole step.</summary>
/// <param name="Program">Every axis has a line with its extent; every name occurs once.</param>
/// <param name="Leaves">Tensors with values, in the order of the program's operands.</param>
/// <param name="Results">Tensors to compute, in the order of the program's outputs. More outputs may follow:
/// intermediate
/// tensors whose sizes no line tells.</param>
/// <param name="Types">Of every computed tensor by name.</param>
/// <param name="Numbers">Which attribute of which call each attribute of the program is.</param>
sealed record StepProgram(
    LoopProgram Program, Tensor[] Leaves, Tensor[] Results, IReadOnlyDictionary<string, DType> Types,
    (int Call, int Attribute)[] Numbers)
{
    /// <param name="calls">Each after those it reads; what others computed is an operand.</param>
    /// <param name="known">What leaves and outputs are to be called; others get names of their own.</param>
    public static StepProgram Of(IReadOnlyList<Recorded> calls, IReadOnlyList<Tensor> wanted,
        IReadOnlyDictionary<Tensor, string>? known = null) => new StepWriter(takesArguments: true, known).Run(calls, wanted);

    /// <summary>A program without attributes: those of the calls are numbers in its text.</summary>
    /// <param name="isWithin">What other calls made is an operand, computed or not.</param>
    public static StepProgram Of(IReadOnlyList<Tensor> wanted, Func<Recorded, bool> isWithin) =>
        new StepWriter(takesArguments: false).Run(Plan.Calls(wanted, isWithin), wanted);
}

// Axes of a call take the names that its operands' dimensions already have, so that lines of different calls run
// over the same axes and can be fused. Attributes that shape loops become numbers. An updated operand w' stays an update of its leaf.

/// <summary>Builds an <see cref="StepProgram"/>.</summary>
/// <param name="takesArguments">Attributes that are only computed with stay attributes.</param>
/// <param name="known">Names of tensors, each fit for a program.</param>
sealed class StepWriter(bool takesArguments, IReadOnlyDictionary<Tensor, string>? known = null)
{
    readonly Dictionary<Tensor, (string Name, EquatableArray<Dim> Dims)> tensors = [];
    readonly Dictionary<Recorded, Dictionary<string, string>> names = [];
    readonly Dictionary<Recorded, EquatableArray<Dim>[]> outputDims = [];
    readonly List<AxisLine> axes = [];
    readonly Dictionary<string, int> extents = [];
    readonly HashSet<string> taken = [];
    readonly Dictionary<string, int> last = []; // the number that each letter was given last
    readonly Dictionary<Tensor, Line?> updated = []; // leaves under a w', with the line that makes it if that reads nothing else
    readonly List<Operand> operands = [];
    readonly List<Tensor> leaves = [];
    readonly List<Statement> body = [];
    readonly Dictionary<string, DType> types = [];
    readonly List<Output> declared = [];
    readonly List<NamedNumber> attributes = [];
    readonly Dictionary<(string Name, double Value, Dial? Dial), AttributeValue> arguments = [];
    readonly List<(int Call, int Attribute)> numbers = [];

    public StepProgram Run(IReadOnlyList<Recorded> calls, IReadOnlyList<Tensor> wanted)
    {
        for (var i = 0; i < calls.Count; i++) Add(calls[i], i);
        var outputs = new List<Output>();
        foreach (var tensor in wanted)
        {
            var (name, dims) = Find(tensor);
            outputs.Add(new(name, dims));
        }
        var received = outputs.Select(o => o.Name).ToHashSet();
        // A reverse gives the gradient of everything; what nobody asks for is not computed.
        var alive = DeadLines.Remove(body.ToEquatable(), received);
        var written = alive.AllLines().Select(l => l.Target.Tensor).ToHashSet();
        outputs.AddRange(declared.Where(d => received.Add(d.Name) && written.Contains(d.Name)));
        return new(new("step", operands.ToEquatable(), attributes.ToEquatable(), outputs.ToEquatable(),
            axes.ToEquatable(), alive), [.. leaves], [.. wanted], types, [.. numbers]);
    }

    void Add(Recorded call, int number)
    {
        var program = call.ProgramToRun;
        var map = new Dictionary<string, string>();
        var axisNames = new Dictionary<string, string>();
        var updatedDims = new Dictionary<string, EquatableArray<Dim>>();
        var started = new List<(Output Output, string From)>();
        var written = new HashSet<string>();
        names[call] = map;
        for (var i = 0; i < call.Operands.Count; i++)
        {
            if (program.Operands[i].Kind is OperandKind.Shape && !tensors.ContainsKey(call.Operands[i])
                && IsLeaf(call.Operands[i]))
                continue; // every extent is a number here
            var updates = program.Outputs.FirstOrDefault(o => program.Updated(o.Name) == program.Operands[i]);
            var isLeaf = updates is not null && IsLeaf(call.Operands[i]);
            var isWritten = false;
            var (name, dims) = isLeaf ? UpdatedLeaf(call.Operands[i], Update.OwnLine(program, updates!), out isWritten)
                : Find(call.Operands[i]);
            map[program.Operands[i].Name] = name;
            if (isWritten) written.Add(updates!.Name);
            if (isLeaf) (map[updates!.Name], updatedDims[updates.Name]) = (name + "'", dims);
            else if (updates is not null) started.Add((updates, name));
            Unify(program.Operands[i].Dims, dims, axisNames);
        }
        foreach (var tensor in program.Lines.Select(l => l.Target.Tensor).Distinct())
            if (!map.ContainsKey(tensor)) map[tensor] = Name(call.Outputs.FirstOrDefault(o => o.Name == tensor), tensor);
        foreach (var line in program.Lines)
            types[map[line.Target.Tensor]] = call.Binding.TypeOf(line.Target.Tensor);
        // Sums onto a tensor that this program computes begin with a copy of it.
        foreach (var (output, from) in started)
            if (Update.Adds(program, output.Name))
            {
                var cell = Update.Walk(output.Dims).Map(i => i.Map(Renamed));
                body.Add(new Line(new(map[output.Name], cell), LineOp.Add, new Access(from, cell)));
            }
        body.AddRange(Rename([.. program.Body.Where(s => s is not Line line || !written.Contains(line.Target.Tensor))]));
        outputDims[call] = [.. program.Outputs.Select(o => updatedDims.TryGetValue(o.Name, out var dims)
            ? dims : o.Dims.Map(d => d with { Axes = d.Axes.Map(Axis) }))];
        foreach (var (output, dims) in program.Outputs.Zip(outputDims[call]))
            if (!updatedDims.ContainsKey(output.Name) && !program.Lines.Any(l => l.Target.Tensor == output.Name
                && l.Target.Indices.Equals(Update.Walk(output.Dims)))) declared.Add(new(map[output.Name], dims));

        EquatableArray<Statement> Rename(EquatableArray<Statement> statements) => statements.Map(s => s switch
        {
            TimeLoop loop => new TimeLoop(Axis(loop.Axis), loop.Down, Rename(loop.Body)),
            _ => ((Line)s).Map(Renamed),
        });

        Expr Renamed(Expr node) => node switch
        {
            Access access => new Access(map[access.Tensor], access.Indices.Select((index, d) =>
                index is Composite parts ? Unfolded(parts, DimsOf(access.Tensor)?[d]) : index).ToEquatable()),
            AxisValue axis => new AxisValue(Axis(axis.Axis)),
            ExtentValue extent => new ExtentValue(Axis(extent.Axis)),
            AttributeValue attribute => Attribute(attribute),
            _ => node,
        };

        Expr Attribute(AttributeValue attribute)
        {
            var at = call.Binding.Program.Attributes.ToList().FindIndex(a => a.Name == attribute.Name);
            if (!takesArguments || !call.Binding.IsArgument[at]) return new Number(call.Attributes[at]);
            // The keys of plans tell which ones are equal, so that equal lines of equal calls are computed once.
            var given = (attribute.Name, call.Attributes[at], call.DialOf(at));
            if (arguments.TryGetValue(given, out var known)) return known;
            var name = Fresh(attribute.Name);
            attributes.Add(new(name, call.Attributes[at]));
            numbers.Add((number, at));
            return arguments[given] = new(name);
        }

        EquatableArray<Dim>? DimsOf(string tensor) => program.FindOperand(tensor)?.Dims
            ?? program.Outputs.FirstOrDefault(o => o.Name == tensor)?.Dims;

        // (j,1) is a place among as many as the dimension declares; the leaf that is read may declare it otherwise.
        Expr Unfolded(Composite composite, Dim? dim)
        {
            if (dim is null || !dim.IsComposite || !composite.Parts.Any(p => p is Number)) return composite;
            Expr sum = Expr.Zero;
            for (var p = 0; p < composite.Parts.Count; p++)
            {
                var stride = dim.Axes.Skip(p + 1).Aggregate(1, (size, axis) => size * call.Binding.Extents[axis]);
                sum = Algebra.Add(sum, Algebra.Multiply(new Number(stride), composite.Parts[p]));
            }
            return sum is AxisValue ? new Binary(Arithmetic.Add, Expr.Zero, sum)
                : sum; // a part of the dimension, not all
        }

        string Axis(string axis)
        {
            if (!axisNames.TryGetValue(axis, out var name))
                axisNames[axis] = name = NewAxis(axis, call.Binding.Extents[axis]);
            return name;
        }
    }

    // An axis of the call is the axis its operand was made with, if no other operand claimed it first.
    static void Unify(EquatableArray<Dim> own, EquatableArray<Dim> given, Dictionary<string, string> axisNames)
    {
        if (own.Count != given.Count) return;
        for (var d = 0; d < own.Count; d++)
            if (!own[d].IsComposite && !given[d].IsComposite && own[d].From == given[d].From && own[d].To == given[d].To
                && !axisNames.ContainsValue(given[d].Axes[0]))
                axisNames.TryAdd(own[d].Axes[0], given[d].Axes[0]);
    }

    // A leaf lies under one w'. A counter that several calls advance alike is advanced once; other updates of it start at a
    // second operand.
    (string Name, EquatableArray<Dim> Dims) UpdatedLeaf(Tensor leaf, Line? line, out bool isWritten)
    {
        var isFirst = !updated.TryGetValue(leaf, out var before);
        isWritten = !isFirst && line is not null && line == before;
        if (isFirst) updated[leaf] = line;
        return isFirst || isWritten ? Find(leaf) : Leaf(leaf, Fresh("a"));
    }

    (string Name, EquatableArray<Dim> Dims) Find(Tensor tensor)
    {
        if (tensors.TryGetValue(tensor, out var found)) return found;
        if (IsLeaf(tensor)) return tensors[tensor] = Leaf(tensor, Name(tensor, "a"));
        var call = tensor.Source!;
        var at = call.Outputs.ToList().IndexOf(tensor);
        return tensors[tensor] = at >= 0 ? (names[call][tensor.Name!], outputDims[call][at])
            : (names[call][tensor.Name!], default);
    }

    bool IsLeaf(Tensor tensor) => tensor.Values is not null || tensor.Source is not { } call || !names.ContainsKey(call);

    (string Name, EquatableArray<Dim> Dims) Leaf(Tensor tensor, string name)
    {
        var dims = new Dim[tensor.Rank];
        for (var d = 0; d < dims.Length; d++)
        {
            var (from, to) = tensor.Dims is { } declared ? (declared[d].From, declared[d].To) : (0, 0);
            dims[d] = new(NewAxis("i", tensor.Shape[d] + from - to), from, to);
        }
        var kind = tensor.Draws ?? (tensor.Type.IsFloating ? OperandKind.Float : OperandKind.Int);
        operands.Add(new(kind, name, dims.ToEquatable()));
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

    string Name(Tensor? tensor, string otherwise) =>
        tensor is not null && known?.GetValueOrDefault(tensor) is { } name && taken.Add(name) ? name : Fresh(otherwise);

    string Fresh(string name)
    {
        name = name.TrimEnd('\'');
        var number = last.GetValueOrDefault(name);
        string fresh;
        do fresh = $"{name}{++number}";
        while (!taken.Add(fresh));
        last[name] = number;
        return fresh;
    }
}
