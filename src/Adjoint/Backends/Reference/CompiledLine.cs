namespace Adjoint;

/// <summary>One accumulate line as loops around a point.</summary>
sealed class CompiledLine : CompiledStatement
{
    // What the marks of a tensor say when it has a line with `=`.
    const int Added = 1, Set = 2;

    readonly ProgramFrame frame;
    readonly Cells target;
    readonly Func<long> address;
    readonly Func<double> value;
    readonly Func<bool>[] tests;
    readonly LoopNest nest;
    readonly Action point;
    readonly int number; // of the line in its program, from 1

    CompiledLine(Line line, ProgramFrame frame, EquatableArray<string> fixedAxes)
    {
        FixedAxes = fixedAxes;
        (Line, this.frame, target, number) = (line, frame, frame.Cells[line.Target.Tensor], frame.Lines.Count + 1);
        var compiler = new LineCompiler(frame, line);
        address = compiler.Address(line.Target);
        value = compiler.Value(line.Value);
        var limits = new List<AffineForm>();
        var rest = new List<Func<bool>>();
        foreach (var condition in line.Condition.Conjuncts())
        {
            if (compiler.Limits(condition) is { } limit) limits.AddRange(limit);
            else rest.Add(compiler.Condition(condition));
        }
        tests = [.. rest];
        nest = new([.. line.Axes().Where(a => !fixedAxes.Contains(a)).Select(a => frame.Positions[a])], limits,
            frame.Positions);
        point = target.Marks is null || (target.Updates is not null && line.Op is not LineOp.Set) ? Point
            : target.Updates is null ? MarkedPoint : DistinctPoint;
    }

    public Line Line { get; }

    /// <summary>Those of the enclosing time loops.</summary>
    public EquatableArray<string> FixedAxes { get; }

    /// <summary>How many points all runs so far computed.</summary>
    public long Points { get; set; }

    public static CompiledLine Compile(Line line, ProgramFrame frame, EquatableArray<string> fixedAxes)
    {
        var compiled = new CompiledLine(line, frame, fixedAxes);
        frame.Lines.Add(compiled);
        return compiled;
    }

    public override void Run() => nest.Run(point);

    void Point()
    {
        foreach (var test in tests) if (!test()) return;
        Points++;
        Store(address(), value());
    }

    // `=` finds a cell that no line has written before.
    void MarkedPoint()
    {
        foreach (var test in tests) if (!test()) return;
        Points++;
        var offset = address();
        ref var mark = ref target.Marks![offset];
        if (Line.Op is LineOp.Set && mark != 0) throw RunErrors.WrittenTwice(frame, Line, wasSet: mark == Set);
        mark = Line.Op is LineOp.Set ? Set : Added;
        Store(offset, value());
    }

    // In w' a later line may overwrite; but of two points of one line, which is later would decide silently.
    void DistinctPoint()
    {
        foreach (var test in tests) if (!test()) return;
        Points++;
        var offset = address();
        ref var mark = ref target.Marks![offset];
        if (mark == number) throw RunErrors.WrittenTwice(frame, Line, wasSet: true);
        mark = number;
        Store(offset, value());
    }

    void Store(long offset, double value)
    {
        ref var cell = ref target.Values[offset];
        switch (Line.Op)
        {
            case LineOp.Set: cell = value; break;
            case LineOp.Add: cell += value; break;
            case LineOp.Subtract: cell -= value; break;
            case LineOp.Multiply: cell *= value; break;
            case LineOp.Max:
                // a NaN in the cell stays: nothing compares greater
                if (value > cell || double.IsNaN(value)) cell = value;
                break;
            default:
                if (value < cell || double.IsNaN(value)) cell = value;
                break;
        }
    }
}
