namespace Adjoint;

/// <summary>What one line costs.</summary>
/// <param name="PerPoint">Operations of one point, by kind (<see cref="OperationCount"/>).</param>
/// <param name="Points">Points the line has: exact, or an upper bound where a condition depends on data.</param>
/// <param name="Dense">Points without clipping: every position of the axes that no equality fixes.</param>
public sealed record LineCost(Line Line, IReadOnlyDictionary<string, int> PerPoint, Polynomial Points,
    Polynomial Dense, bool IsExact)
{
    public Polynomial Operations => Points * PerPoint.Values.Sum();
}

// Operations are counted on the normal form, memory on the program as written: what a plan fuses is the plan's
// business. Formulas hold where every extent is at least 1; numbers (At) are counted anew and hold for 0 too.

/// <summary>What a program costs: scalar operations, numbers moved and kept, and the longest chain of
/// operations.</summary>
public sealed class Cost
{
    const int BytesPerNumber = 4; // float32, and int32 for integers

    readonly LoopProgram program;
    readonly IReadOnlyDictionary<string, Polynomial> given;
    readonly bool asWritten;
    readonly IReadOnlyCollection<string> keptNames;

    Cost(LoopProgram program, IReadOnlyDictionary<string, Polynomial> given, bool asWritten,
        IReadOnlyCollection<string> kept)
    {
        (this.program, this.given, this.asWritten, keptNames) = (program, given, asWritten, kept);
        Counted = asWritten ? program : NormalForm.Of(program);
        Extents = SymbolicExtents.Of(Counted, given);
        var writers = Counted.Lines.CountBy(l => l.Target.Tensor).ToDictionary();
        Lines = [.. Count(Counted.Body, [])];
        CriticalPath = Adjoint.CriticalPath.Of(Counted, Extents);
        PeakLive = FindPeak();

        IEnumerable<LineCost> Count(EquatableArray<Statement> body, string[] loops) => body.SelectMany(statement =>
        {
            if (statement is TimeLoop loop) return Count(loop.Body, [.. loops, loop.Axis]);
            var line = (Line)statement;
            var points = PointCount.Of(line, loops, Extents);
            return [new(line, OperationCount.PerPoint(Counted, line, loops, writers[line.Target.Tensor]),
                points.Points, points.Dense(a => Extents[a]), points.IsExact)];
        });
    }

    /// <param name="given">Extents and attributes as numbers or by other names, <c>{"j": n}</c>; the rest keep name or
    /// default.</param>
    /// <param name="asWritten">Count the text instead of its normal form.</param>
    /// <param name="kept">Computed tensors that are kept for the reverse.</param>
    public static Cost Of(LoopProgram program, IReadOnlyDictionary<string, Polynomial>? given = null,
        bool asWritten = false, IReadOnlyCollection<string>? kept = null) =>
        new(program, given ?? new Dictionary<string, Polynomial>(), asWritten, kept ?? []);

    /// <summary>Forward, keeping what the reverse needs, and the reverse, both in the letters of the forward.</summary>
    public static (Cost Forward, Cost Reverse) Of(Reverse reverse,
        IReadOnlyDictionary<string, Polynomial>? given = null)
    {
        var forward = Of(reverse.Forward, given, kept: [.. reverse.Kept.Select(k => k.Name)]);
        var names = forward.given.ToDictionary();
        foreach (var axis in forward.Extents.Axes) names[axis] = forward.Extents[axis];
        return (forward, Of(reverse.Program, names));
    }

    /// <summary>The same count with numbers for the names in its formulas (and for axes and attributes that have no
    /// other name).</summary>
    public Cost At(IReadOnlyDictionary<string, int> sizes)
    {
        var numbers = sizes.ToDictionary(s => s.Key, s => (Polynomial)s.Value);
        foreach (var (name, value) in given) numbers[name] = value.Substitute(numbers.GetValueOrDefault);
        return new(program, numbers, asWritten, keptNames);
    }

    /// <summary>The program whose operations are counted.</summary>
    public LoopProgram Counted { get; }
    public SymbolicExtents Extents { get; }
    public IReadOnlyList<LineCost> Lines { get; }
    public Polynomial CriticalPath { get; }

    public Polynomial Operations => Lines.Aggregate(Polynomial.Zero, (sum, line) => sum + line.Operations);
    public Polynomial DenseOperations =>
        Lines.Aggregate(Polynomial.Zero, (sum, line) => sum + line.Dense * line.PerPoint.Values.Sum());
    public bool IsExact => Lines.All(l => l.IsExact || l.PerPoint.Count == 0);

    public IReadOnlyDictionary<string, Polynomial> ByKind => new SortedDictionary<string, Polynomial>(Lines
        .SelectMany(l => l.PerPoint.Select(kind => (kind.Key, Count: l.Points * kind.Value))).GroupBy(k => k.Key)
        .ToDictionary(g => g.Key, g => g.Aggregate(Polynomial.Zero, (sum, k) => sum + k.Count)), StringComparer.Ordinal);

    /// <summary>Numbers in all floating operands; which of them are parameters is for the caller to say:
    /// <c>Extents.Cells("w")</c>.</summary>
    public Polynomial FloatingOperands =>
        Sum(program.Operands.Where(o => o.Kind is OperandKind.Float).Select(o => o.Name));

    /// <summary>Numbers of computed tensors that stay for the reverse.</summary>
    public Polynomial Kept => Sum(keptNames);

    /// <summary>Every stored operand once. Random operands are not stored, shapes have no values.</summary>
    public Polynomial BytesRead => BytesPerNumber * Sum(Stored);

    /// <summary>Every output and every kept tensor once.</summary>
    public Polynomial BytesWritten => BytesPerNumber * Sum(program.Outputs.Select(o => o.Name).Union(keptNames));

    /// <summary>The most numbers alive at once: operands always, outputs and kept tensors from their first line on,
    /// other tensors from their first line to the last that reads them. A time loop is one line, x' has the memory of
    /// x.</summary>
    public Polynomial PeakLive { get; }

    public Polynomial PeakBytes => BytesPerNumber * PeakLive;

    IEnumerable<string> Stored =>
        program.Operands.Where(o => o.Kind is OperandKind.Float or OperandKind.Int).Select(o => o.Name);

    Polynomial Sum(IEnumerable<string> tensors) =>
        tensors.Aggregate(Polynomial.Zero, (sum, name) => sum + Extents.Cells(name));

    Polynomial FindPeak()
    {
        var toTheEnd = program.Outputs.Select(o => o.Name).Union(keptNames).ToHashSet();
        var lives = new Dictionary<string, (int First, int Last)>();
        for (var at = 0; at < program.Body.Count; at++)
            foreach (var line in (program with { Body = [program.Body[at]] }).Lines)
                foreach (var name in line.Reads().Select(r => r.Tensor).Append(line.Target.Tensor))
                    if (program.FindOperand(name) is null && program.Updated(name) is null)
                        lives[name] = (lives.GetValueOrDefault(name, (at, at)).Item1,
                            toTheEnd.Contains(name) ? int.MaxValue : at);
        var (births, deaths) = (lives.ToLookup(l => l.Value.First, l => l.Key),
            lives.ToLookup(l => l.Value.Last, l => l.Key));
        var (alive, peak) = (Polynomial.Zero, Polynomial.Zero);
        for (var at = 0; at < program.Body.Count; at++)
        {
            alive += Sum(births[at]);
            peak = Polynomial.Larger(peak, alive);
            alive -= Sum(deaths[at]);
        }
        return Sum(Stored) + peak;
    }
}
