namespace Adjoint;

// The rules of the notation that need no sizes: names, ranks, what may stand in an index, who may write what, and that
// nothing is read before it is complete. Sizes are Derive/Extents.cs; cells are checked by the reference while it runs.

/// <summary>Refuses programs that parse and yet mean nothing, or not what they seem to say.</summary>
public sealed class Checker
{
    readonly LoopProgram program;
    readonly Dictionary<string, int> ranks = [];
    readonly HashSet<string> attributes;
    readonly HashSet<string> integers;
    readonly List<(Line Line, TimeLoop[] Loops)> lines = [];

    Checker(LoopProgram program)
    {
        this.program = program;
        attributes = program.Attributes.Select(a => a.Name).ToHashSet();
        integers = IntegerTensors.Operands(program);
        AddLines(program.Body, []);
    }

    /// <exception cref="LoopException">A rule is broken; the message shows the line.</exception>
    public static void Check(LoopProgram program)
    {
        var checker = new Checker(program);
        checker.CheckSignature();
        foreach (var (line, loops) in checker.lines) checker.CheckLine(line, loops);
        checker.CheckWriters();
        checker.CheckOrder();
    }

    /// <summary>Things that are legal and nearly always wrong, one sentence each.</summary>
    public static IReadOnlyList<string> Warnings(LoopProgram program)
    {
        var warnings = new List<string>();
        foreach (var line in program.Lines)
        {
            if (line.Op is not (LineOp.Add or LineOp.Subtract) || line.Value is not Binary { Operator: Arithmetic.Add or Arithmetic.Subtract })
                continue;
            var target = line.Target.Axes();
            var summed = line.Value.Axes().Where(a => !target.Contains(a)).ToList();
            foreach (var term in Terms(line.Value))
            {
                var missing = summed.Where(a => !term.Axes().Contains(a)).ToList();
                if (missing.Count > 0 && term.Any(e => e is Access))
                    warnings.Add($"{program.Name}: '{Printer.Print(term)}' is added #{string.Join(" * #", missing)} times in\n"
                        + LoopErrors.Marked(line, term) + "\nHint: give it a line of its own if it is meant once.");
            }
        }
        return warnings;
    }

    static IEnumerable<Expr> Terms(Expr expr) => expr is Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } sum
        ? Terms(sum.Left).Concat(Terms(sum.Right))
        : [expr];

    void AddLines(EquatableArray<Statement> body, TimeLoop[] loops)
    {
        foreach (var statement in body)
        {
            if (statement is TimeLoop loop)
            {
                if (loops.Any(l => l.Axis == loop.Axis))
                    throw LoopErrors.InLine(program, $"two nested time loops over {loop.Axis}", loop, [],
                        "Give the inner one an axis of its own: axis u < …");
                AddLines(loop.Body, [.. loops, loop]);
            }
            else lines.Add(((Line)statement, loops));
        }
    }

    void CheckSignature()
    {
        var names = new HashSet<string>();
        foreach (var name in program.Operands.Select(o => o.Name).Concat(attributes).Concat(program.Outputs.Select(o => o.Name)))
            if (!names.Add(name))
                throw LoopErrors.InSignature(program, $"the name '{name}' stands twice in the signature",
                    program.Outputs.Any(o => o.Name == name) ? $"An operand is updated under the name {name}'." : null);
        foreach (var operand in program.Operands) CheckDims(operand.Name, operand.Dims);
        foreach (var output in program.Outputs)
        {
            if (program.Updated(output.Name) is { } updated && updated.Dims != output.Dims)
                throw LoopErrors.InSignature(program, $"the update '{output.Name}' has other dimensions than the operand '{updated.Name}'",
                    $"Leave them out: they are those of '{updated.Name}'.");
            CheckDims(output.Name, output.Dims);
            if (lines.All(l => l.Line.Target.Tensor != output.Name))
                throw LoopErrors.InSignature(program, $"no line writes the output '{output.Name}'");
        }
        var axes = new HashSet<string>();
        foreach (var axis in program.Axes)
        {
            if (!axes.Add(axis.Axis)) throw LoopErrors.InAxis(program, $"the axis {axis.Axis} has two axis lines", axis);
            axis.Bound.Visit(node =>
            {
                if (node is AxisValue or Access or Call or Where or Stop or Compare or And or Or or Not)
                    throw LoopErrors.InAxis(program, $"the bound of axis {axis.Axis} holds '{Printer.Print(node)}'", axis,
                        "A bound is made of integers, attributes and extents such as #j.");
                if (node is AttributeValue attribute) CheckInteger(attribute.Name, $"the bound of axis {axis.Axis}");
            });
        }
    }

    void CheckDims(string tensor, EquatableArray<Dim> dims)
    {
        ranks[tensor] = dims.Count;
        if (dims.Count(d => d.Axes[0] == "..") > 1)
            throw LoopErrors.InSignature(program, $"'..' stands twice in the dimensions of '{tensor}'");
    }

    void CheckLine(Line line, TimeLoop[] loops)
    {
        var name = line.Target.Tensor;
        if (program.FindOperand(name) is not null)
            throw LoopErrors.InLine(program, $"the operand '{name}' is assigned", line, [line.Target],
                $"Write the updated operand as {name}' and name it so among the outputs.");
        if (attributes.Contains(name))
            throw LoopErrors.InLine(program, $"the attribute '{name}' is assigned", line, [line.Target],
                "Attributes are the caller's: compute under another name.");
        if (name.EndsWith('\'') && program.Updated(name) is null)
            throw LoopErrors.InLine(program, $"{name} updates an operand {name[..^1]} that is not there", line, [line.Target],
                $"Name it without the apostrophe, or add the operand {name[..^1]} to the signature.");
        if (name.EndsWith('\'') && loops.Length > 0)
            throw LoopErrors.InLine(program, $"{name} is written in a time loop", line, [line.Target],
                "Give the loop a tensor of its own that carries the loop's axis, and write the operand after the loop.");
        foreach (var expression in line.Expressions())
            expression.Visit(node => CheckNode(line, node));
        if (line.Op is LineOp.Set) CheckNothingAccumulated(line, loops);
    }

    void CheckNode(Line line, Expr node)
    {
        switch (node)
        {
            case Access access: CheckAccess(line, access); break;
            case AxisValue axis when attributes.Contains(axis.Axis) || ranks.ContainsKey(axis.Axis) && axis.Axis != "..":
                throw LoopErrors.InLine(program, $"'{axis.Axis}' is both an axis and a tensor or attribute", line, [node],
                    "Names and axes share one space: rename one of them.");
            case Number { Value: double.NaN }: throw LoopErrors.InLine(program, "a number that is none", line, [node]);
        }
    }

    void CheckAccess(Line line, Access access)
    {
        var name = access.Tensor;
        if (program.FindOperand(name) is { Kind: OperandKind.Shape })
            throw LoopErrors.InLine(program, $"'{name}' is given by its shape alone and has no values to read", line, [access]);
        if (!ranks.TryGetValue(name, out var rank))
        {
            if (lines.All(l => l.Line.Target.Tensor != name))
                throw LoopErrors.InLine(program, $"'{name}' is neither an operand nor written by a line", line, [access]);
            ranks[name] = rank = program.Updated(name)?.Dims.Count ?? access.Indices.Count;
        }
        if (access.Indices.Count != rank)
            throw LoopErrors.InLine(program, $"'{name}' has {rank} dimension{(rank == 1 ? "" : "s")}, here it is read or written with "
                + $"{access.Indices.Count}", line, [access],
                access.Indices.Count == 0 ? $"If {name} is meant as an axis: names and axes share one space, rename one of them." : null);
        foreach (var index in access.Indices) CheckIndex(line, access, index, isTop: true);
    }

    void CheckIndex(Line line, Access access, Expr index, bool isTop)
    {
        var isAllowed = index switch
        {
            AxisValue or ExtentValue => true,
            AttributeValue attribute => CheckInteger(attribute.Name, $"an index of '{access.Tensor}'"),
            Number number => number.Value == Math.Floor(number.Value) && Math.Abs(number.Value) < int.MaxValue,
            Composite composite => isTop && composite.Parts.All(p => p is AxisValue or Number { Value: >= 0 } && CheckPart(p)),
            Negate or Binary { Operator: Arithmetic.Add or Arithmetic.Subtract } => true,
            Binary { Operator: Arithmetic.Multiply } product => !HasPosition(product.Left) || !HasPosition(product.Right),
            Binary quotient => !HasPosition(quotient.Left) && !HasPosition(quotient.Right),
            Access gathered => program.FindOperand(gathered.Tensor) is { Kind: OperandKind.Float or OperandKind.Int }
                || IntegerTensors.IsComputed(program, gathered.Tensor),
            _ => false,
        };
        if (!isAllowed && index is Access computed)
            throw LoopErrors.InLine(program, $"'{Printer.Print(index)}' is computed and can't stand in an index", line, [index],
                computed.Indices.Count == 0 ? $"If {computed.Tensor} is meant as an axis: names and axes share one space, rename one of them."
                    : "Only integers may: an operand 'int at[b]', or what is computed from such and from axes by + - * alone.");
        if (!isAllowed)
            throw LoopErrors.InLine(program, $"'{Printer.Print(index)}' can't stand in an index", line, [index],
                "An index is an axis, (axis,axis), an integer combination of axes, or an integer operand: w[tok[b],d].");
        if (index is Access) return;
        foreach (var part in index.Parts()) CheckIndex(line, access, part, isTop: false);
    }

    static bool CheckPart(Expr part) => part is not Number number || number.Value == Math.Floor(number.Value);

    static bool HasPosition(Expr expr) => expr.Any(e => e is AxisValue or Access);

    bool CheckInteger(string attribute, string where)
    {
        var value = program.Attributes.First(a => a.Name == attribute).Default;
        return value == Math.Floor(value) && Math.Abs(value) < int.MaxValue ? true : throw LoopErrors.InSignature(program,
            $"the attribute {attribute} = {Printer.Print(value)} is used in {where} and must be an integer");
    }

    void CheckNothingAccumulated(Line line, TimeLoop[] loops)
    {
        var fixedAxes = loops.Select(l => l.Axis).Concat(line.Target.Axes()).ToList();
        var free = line.Axes().Where(a => !fixedAxes.Contains(a)).ToList();
        foreach (var conjunct in line.Condition.Conjuncts())
            if (conjunct is Compare { Operator: Comparison.Equal } relation && relation.Axes().FirstOrDefault(free.Contains) is { } axis)
                free.Remove(axis);
        if (free.Count > 0)
            throw LoopErrors.InLine(program, $"'=' would write each cell once for every {string.Join(", ", free)}", line, [line.Target],
                $"Use += to sum over {free[0]}, or name {free[0]} on the left.");
    }

    void CheckWriters()
    {
        foreach (var writers in lines.Select(l => l.Line).GroupBy(l => l.Target.Tensor))
        {
            var folding = writers.FirstOrDefault(l => l.Op is LineOp.Multiply or LineOp.Max or LineOp.Min);
            if (folding is not null && writers.Count() > 1)
                throw LoopErrors.InLine(program, $"'{writers.Key}' is written by {Sign(folding.Op)} and by another line", folding, [folding.Target],
                    $"A tensor that {Sign(folding.Op)} writes has no other writer: give each line a tensor of its own, then join them.");
        }
    }

    // A tensor is complete before it is read. Within a common time loop the step decides: earlier steps are complete,
    // later ones are not, and in the same step the text order counts.
    void CheckOrder()
    {
        for (var reader = 0; reader < lines.Count; reader++)
            foreach (var read in lines[reader].Line.Reads())
                for (var writer = 0; writer < lines.Count; writer++)
                    if (lines[writer].Line.Target.Tensor == read.Tensor && !lines[writer].Line.Target.IsApartFrom(read)) CheckOrder(reader, read, writer);
    }

    void CheckOrder(int reader, Access read, int writer)
    {
        var (line, loops) = lines[reader];
        var (source, sourceLoops) = lines[writer];
        foreach (var (loop, sourceLoop) in loops.Zip(sourceLoops))
        {
            if (!ReferenceEquals(loop, sourceLoop)) break;
            if (!source.Target.Axes().Contains(loop.Axis))
                throw LoopErrors.InLine(program, $"'{read.Tensor}' accumulates over {loop.Axis} and is read in the same time loop", line, [read],
                    $"Let it carry the axis: {read.Tensor}[{loop.Axis},…].");
            switch (Step(read, source.Target, loop))
            {
                case null or < 0: return;
                case > 0:
                    throw LoopErrors.InLine(program, $"'{Printer.Print(read)}' is read before the time loop reaches it", line, [read],
                        loop.Down ? "A loop that goes down reads later positions: t+1." : "A loop that goes up reads earlier positions: t-1.");
            }
        }
        if (writer >= reader)
            throw LoopErrors.InLine(program, $"'{read.Tensor}' is read before it is complete", line, [read],
                writer == reader ? "A tensor can't read itself outside a time loop." : $"Move the line below '{LineText(source)}'.");
    }

    static string Sign(LineOp op) => op switch { LineOp.Multiply => "*=", LineOp.Max => "max=", _ => "min=" };

    static string LineText(Line line) => Printer.Print((Statement)line);

    // How many steps after the current one the read cell is written (negative: before); null where no step can be told.
    static double? Step(Access read, Access target, TimeLoop loop)
    {
        for (var i = 0; i < target.Indices.Count; i++)
        {
            if (!target.Indices[i].Axes().Contains(loop.Axis)) continue;
            if (Shift(read.Indices[i], loop.Axis) is { } to && Shift(target.Indices[i], loop.Axis) is { } from)
                return loop.Down ? from - to : to - from;
            return null;
        }
        return null;
    }

    static double? Shift(Expr index, string axis) => index switch
    {
        AxisValue value when value.Axis == axis => 0,
        Binary { Operator: Arithmetic.Add, Left: AxisValue left, Right: Number right } when left.Axis == axis => right.Value,
        Binary { Operator: Arithmetic.Add, Left: Number left, Right: AxisValue right } when right.Axis == axis => left.Value,
        Binary { Operator: Arithmetic.Subtract, Left: AxisValue left, Right: Number right } when left.Axis == axis => -right.Value,
        _ => null,
    };
}
