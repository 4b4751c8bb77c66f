namespace Adjoint.Tests;

// A second opinion on what a program means, as plain as can be: every line walks the whole box of its axes in the order
// of the text, evaluates condition and value at the point, and stores into a dictionary. It infers no extents (it is
// told them), turns no condition into a bound and checks little.

/// <summary>Runs programs point by point.</summary>
sealed class PointwiseEvaluator
{
    readonly LoopProgram program;
    readonly RandomCase given;
    readonly Dictionary<string, int> at = [];
    readonly Dictionary<string, Dictionary<long, double>> tensors = [];
    readonly Dictionary<string, HashSet<long>> set = [];
    readonly Random? noise;
    double largest;

    PointwiseEvaluator(RandomCase given, Random? noise = null)
    {
        this.noise = noise;
        (program, this.given) = (given.Program, given);
        foreach (var operand in program.Operands)
        {
            var values = given.Inputs[operand.Name].Values;
            tensors[operand.Name] = Cells(operand.Dims).Select((cell, i) => (cell, values[i])).ToDictionary();
        }
        foreach (var name in program.Lines.Select(l => l.Target.Tensor))
            if (program.Updated(name) is { } operand) tensors[name] = tensors[operand.Name].ToDictionary();
    }

    /// <summary>The outputs in row-major order.</summary>
    public static Dictionary<string, double[]> Run(RandomCase given) => Run(given, out _);

    /// <param name="largest">The largest magnitude of what any line read or wrote; infinite where a value was none.</param>
    public static Dictionary<string, double[]> Run(RandomCase given, out double largest)
    {
        var evaluator = new PointwiseEvaluator(given);
        evaluator.Run(given.Program.Body);
        var outputs = given.Program.Outputs.ToDictionary(o => o.Name,
            o => evaluator.Cells(o.Dims).Select(c => evaluator.Seen(evaluator.Cell(o.Name, c))).ToArray());
        largest = evaluator.largest;
        return outputs;
    }

    /// <summary>Whether outputs hardly change when every value changes in its last digits. A recurrence of squares need not
    /// be so: two programs that mean the same then say different things.</summary>
    public static bool IsSteady(RandomCase given)
    {
        const double Amplified = 1e6;
        var exact = Run(given);
        var evaluator = new PointwiseEvaluator(given, new(given.Seed));
        evaluator.Run(given.Program.Body);
        return given.Program.Outputs.All(o => evaluator.Cells(o.Dims).Select(c => evaluator.Cell(o.Name, c)).Zip(exact[o.Name])
            .All(v => !(Math.Abs(v.First - v.Second) > Amplified * Noise * (1 + Math.Abs(v.Second)))));
    }

    // Relative; some roundings.
    const double Noise = 1e-15;

    void Run(EquatableArray<Statement> body)
    {
        foreach (var statement in body)
        {
            if (statement is TimeLoop loop)
            {
                for (var step = 0; step < given.Sizes[loop.Axis]; step++)
                {
                    at[loop.Axis] = loop.Down ? given.Sizes[loop.Axis] - 1 - step : step;
                    Run(loop.Body);
                }
                at.Remove(loop.Axis);
            }
            else Box((Line)statement, [.. ((Line)statement).Axes().Where(a => !at.ContainsKey(a))], 0);
        }
    }

    void Box(Line line, string[] axes, int first)
    {
        if (first == axes.Length)
        {
            if (line.Condition is null || Holds(line.Condition)) Store(line);
            return;
        }
        for (var i = 0; i < given.Sizes[axes[first]]; i++)
        {
            at[axes[first]] = i;
            Box(line, axes, first + 1);
        }
        at.Remove(axes[first]);
    }

    void Store(Line line)
    {
        var cell = Key(line.Target);
        var old = Cell(line.Target.Tensor, cell);
        var value = Seen(Value(line.Value)) * (1 + Noise * (noise?.NextDouble() - 0.5 ?? 0));
        if (line.Op is LineOp.Set && program.Updated(line.Target.Tensor) is null
            && !(set.TryGetValue(line.Target.Tensor, out var written) ? written : set[line.Target.Tensor] = []).Add(cell))
            throw new LoopRunException($"{line.Target} is set twice");
        tensors.TryAdd(line.Target.Tensor, []);
        tensors[line.Target.Tensor][cell] = line.Op switch
        {
            LineOp.Set => value,
            LineOp.Add => old + value,
            LineOp.Subtract => old - value,
            LineOp.Multiply => old * value,
            LineOp.Max => value > old || double.IsNaN(value) ? value : old, // a NaN stays, as in the reference
            _ => value < old || double.IsNaN(value) ? value : old,
        };
    }

    double Seen(double value)
    {
        largest = Math.Max(largest, double.IsNaN(value) ? double.PositiveInfinity : Math.Abs(value));
        return value;
    }

    double Cell(string tensor, long cell)
    {
        if (tensors.TryGetValue(tensor, out var cells) && cells.TryGetValue(cell, out var value)) return value;
        if (program.FindOperand(tensor) is not null || program.Updated(tensor) is not null)
            throw new LoopRunException($"{tensor} is read outside");
        return program.Lines.First(l => l.Target.Tensor == tensor).Op switch
        {
            LineOp.Multiply => 1,
            LineOp.Max => double.NegativeInfinity,
            LineOp.Min => double.PositiveInfinity,
            _ => 0,
        };
    }

    double Value(Expr expr) => expr switch
    {
        Number number => number.Value,
        AxisValue axis => at[axis.Axis],
        ExtentValue extent => given.Sizes[extent.Axis],
        AttributeValue attribute => program.Attributes.First(a => a.Name == attribute.Name).Default,
        Access access => Seen(Cell(access.Tensor, Key(access))),
        Negate negate => -Value(negate.Value),
        Binary binary => Compute(binary.Operator, Value(binary.Left), Value(binary.Right)),
        Compare or And or Or or Not => Holds(expr) ? 1 : 0,
        Call call => call.Function.Value(Value(call.Arguments[0]), call.Arguments.Count > 1 ? Value(call.Arguments[1]) : 0),
        Where where => Holds(where.Condition) ? Value(where.Then) : Value(where.Else),
        Stop stop => Value(stop.Value),
        _ => throw new NotSupportedException(expr.ToString()),
    };

    static double Compute(Arithmetic operation, double a, double b) => operation switch
    {
        Arithmetic.Add => a + b,
        Arithmetic.Subtract => a - b,
        Arithmetic.Multiply => a * b,
        Arithmetic.Divide => a / b,
        _ => a - b * Math.Floor(a / b),
    };

    bool Holds(Expr expr) => expr switch
    {
        And and => Holds(and.Left) && Holds(and.Right),
        Or or => Holds(or.Left) || Holds(or.Right),
        Not not => !Holds(not.Value),
        Compare { Operator: Comparison.Equal } c => Value(c.Left) == Value(c.Right),
        Compare { Operator: Comparison.NotEqual } c => Value(c.Left) != Value(c.Right),
        Compare { Operator: Comparison.Less } c => Value(c.Left) < Value(c.Right),
        Compare { Operator: Comparison.LessOrEqual } c => Value(c.Left) <= Value(c.Right),
        Compare { Operator: Comparison.Greater } c => Value(c.Left) > Value(c.Right),
        Compare c => Value(c.Left) >= Value(c.Right),
        _ => Value(expr) != 0,
    };

    long Key(Access access) => Key(access.Indices.Select((index, d) => index is Composite composite ? Fold(composite, access, d) : Index(index)));

    int Index(Expr expr) => expr switch
    {
        Negate negate => -Index(negate.Value),
        Binary { Operator: Arithmetic.Divide } quotient => (int)Math.Floor((double)Index(quotient.Left) / Index(quotient.Right)),
        Binary binary => (int)Compute(binary.Operator, Index(binary.Left), Index(binary.Right)),
        _ => (int)Value(expr),
    };

    // (h,c) is h * #c + c; an integer part has the extent of the axis that the signature declares in its place.
    int Fold(Composite composite, Access access, int d)
    {
        var index = 0;
        for (var part = 0; part < composite.Parts.Count; part++)
        {
            var axis = composite.Parts[part] is AxisValue own ? own.Axis
                : (program.FindOperand(access.Tensor)?.Dims ?? program.Outputs.First(o => o.Name == access.Tensor).Dims)[d].Axes[part];
            index = index * given.Sizes[axis] + Index(composite.Parts[part]);
        }
        return index;
    }

    // Row-major cells of dims, margins included.
    IEnumerable<long> Cells(EquatableArray<Dim> dims)
    {
        IEnumerable<long> cells = [0L];
        foreach (var dim in dims)
            cells = cells.SelectMany(cell => Enumerable.Range(dim.From, given.Size(dim)).Select(i => Key(cell, i))).ToList();
        return cells;
    }

    static long Key(IEnumerable<int> index) => index.Aggregate(0L, Key);

    // Indices stay below 500 and above -12; seven dimensions fit.
    static long Key(long before, int index) => before * 512 + index + 12;
}
