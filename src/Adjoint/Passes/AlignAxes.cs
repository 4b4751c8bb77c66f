namespace Adjoint;

// Calls of different layers name their axes apart. Loops can be shared only by lines that walk along the same axis, so
// axes that one dimension ties together get one name; where a line has two of them, the next name.

/// <summary>Gives the axes of all lines as few names as their ties allow.</summary>
sealed class AlignAxes
{
    readonly LoopProgram program;
    readonly Dictionary<(string Name, int Dim), (string Name, int Dim)> parents = [];
    readonly Dictionary<(string Name, int Dim), List<string>> members = [];
    readonly Dictionary<string, int> numbers = []; // the place of an axis in its class
    readonly Dictionary<(string Tensor, int Dim), int> places = []; // which of its class's names a dimension has

    AlignAxes(LoopProgram program)
    {
        this.program = program;
        foreach (var operand in program.Operands) Tie(operand.Name, operand.Dims);
        foreach (var output in program.Outputs)
        {
            Tie(output.Name, output.Dims);
            if (program.Updated(output.Name) is { } updated)
                for (var d = 0; d < updated.Dims.Count; d++) Join((output.Name, d), (updated.Name, d));
        }
        foreach (var line in program.Lines)
            foreach (var access in Accesses(line))
                for (var d = 0; d < access.Indices.Count; d++)
                    if (access.Indices[d] is AxisValue axis) Join((access.Tensor, d), Axis(axis.Axis));
        foreach (var line in program.Lines)
            foreach (var axis in line.Axes())
            {
                if (!members.TryGetValue(Class(axis), out var names)) members[Class(axis)] = names = [];
                if (numbers.TryAdd(axis, names.Count)) names.Add(axis);
            }
    }

    public static LoopProgram Run(LoopProgram program) =>
        program with { Body = new AlignAxes(program).Aligned(program.Body, []) };

    EquatableArray<Statement> Aligned(EquatableArray<Statement> body, string[] loops) => body.Map(s => s switch
    {
        TimeLoop loop => loop with { Body = Aligned(loop.Body, [.. loops, loop.Axis]) },
        _ => Aligned((Line)s, loops),
    });

    Line Aligned(Line line, string[] loops)
    {
        var names = new Dictionary<string, string>();
        var taken = new HashSet<string>(loops);
        foreach (var loop in loops) names[loop] = loop;
        // The axes that lines share their loops along come before those that one sums over.
        foreach (var axes in new[] { line.Target.Axes(), line.Axes() })
        {
            foreach (var access in Accesses(line))
                for (var d = 0; d < access.Indices.Count; d++)
                    if (access.Indices[d] is AxisValue axis && axes.Contains(axis.Axis)
                        && places.TryGetValue((access.Tensor, d), out var place)) Name(axis.Axis, place);
            foreach (var axis in axes) Name(axis, 0);
        }
        for (var d = 0; d < line.Target.Indices.Count; d++)
            if (line.Target.Indices[d] is AxisValue axis)
                places.TryAdd((line.Target.Tensor, d), numbers[names[axis.Axis]]);
        return line.Map(e => e is AxisValue axis && names[axis.Axis] != axis.Axis ? new AxisValue(names[axis.Axis]) : e);

        // As many names as a line needs are there: its own.
        void Name(string axis, int place)
        {
            if (names.ContainsKey(axis)) return;
            var all = members[Class(axis)];
            for (var n = 0; n < all.Count; n++)
                if (taken.Add(all[(place + n) % all.Count]))
                {
                    names[axis] = all[(place + n) % all.Count];
                    return;
                }
            throw Throw.Internal($"{axis} in '{Printer.Print((Statement)line)}' has no name left");
        }
    }

    void Tie(string tensor, EquatableArray<Dim> dims)
    {
        for (var d = 0; d < dims.Count; d++)
            if (!dims[d].IsComposite) Join((tensor, d), Axis(dims[d].Axes[0]));
    }

    void Join((string, int) a, (string, int) b) => parents[Root(a)] = Root(b);

    (string, int) Root((string, int) node)
    {
        var root = node;
        while (parents.TryGetValue(root, out var parent) && parent != root) root = parent;
        // Shorter ways for those that ask later: chains are as long as the calls of a network.
        while (node != root) (parents[node], node) = (root, parents[node]);
        return root;
    }

    (string, int) Class(string axis) => Root(Axis(axis));

    static (string, int) Axis(string axis) => (axis, -1);

    // The target first: a line that adds to cells walks as the line that began them.
    static IEnumerable<Access> Accesses(Line line) => line.Reads().Prepend(line.Target);
}
