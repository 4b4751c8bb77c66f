using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>A contraction inside a program.</summary>
/// <param name="accumulates">Adds to what the cells hold.</param>
/// <param name="lines">The product, then what it computes on its cells.</param>
/// <param name="finish">Lines it computes on its cells; null for none.</param>
/// <param name="panels">The buffer in which a <see cref="PackStep"/> has left an operand; null for none.</param>
sealed unsafe class ContractionStep(
    ContractionPlan plan, ContractionOperand a, ContractionOperand b, ContractionOperand cells, bool accumulates,
    Func<double[], double> scale, Team team, IReadOnlyList<LinePlan> lines, ContractionFinish? finish = null,
    int? panels = null) : CpuStep
{
    /// <summary>How far a run goes along groups of the shape.</summary>
    public IReadOnlyList<(ContractionGroup Group, RunInteger Count)> Cuts { get; init; } = [];

    /// <summary>What its lines touch.</summary>
    public required TouchedCells Cells { get; init; }

    /// <summary>Loops around the engine.</summary>
    public IReadOnlyList<ContractionAxis> Outer { get; init; } = [];

    public override string Text => string.Join("; ", lines.Select(l => l.Line));

    public override double Operations => plan.Shape.Operations;

    public override object Kind => (plan.Shape, finish?.Kind, panels is null, Outer.Aggregate(1L, (all, axis) => all * axis.Extent));

    public override IEnumerable<int> Touches =>
        [a.Buffer, b.Buffer, cells.Buffer, .. finish?.Buffers ?? [], .. panels is { } own ? [own] : (int[])[],
            .. Cuts.SelectMany(c => c.Count.Buffers)];

    public override long ScratchBytes => plan.WorkspaceBytes;

    public override StepWork Work(CpuFrame frame, MachineSpeed speed)
    {
        // In the middle of the loops around, where what grows has grown half.
        Span<long> positions = stackalloc long[Outer.Count];
        for (var i = 0; i < positions.Length; i++) positions[i] = Outer[i].Extent / 2;
        var ends = ContractionEnds.All;
        foreach (var (group, count) in Cuts)
            if (count.Known(frame, positions) is { } known) ends = ends.With(group, known);
        var times = Outer.Aggregate(1.0, (all, axis) => all * axis.Extent);
        return new(times * ContractionClock.Seconds(plan, ends, accumulates, scale(frame.Numbers), panels is not null, speed,
            finish is null ? null : (rows, columns) => finish.Seconds(frame, speed.Core, rows, columns)), ContractionClock.Chunks(plan));
    }

    public override void AddTouched(CpuFrame frame, List<Touched> touched) =>
        Cells.Add(lines.Select(l => l.Line), frame, touched);

    public override void Run(CpuFrame frame)
    {
        Span<long> positions = stackalloc long[Outer.Count];
        positions.Clear();
        Run(frame, positions, 0, (byte*)a.Address(frame), (byte*)b.Address(frame), (byte*)cells.Address(frame));
    }

    void Run(CpuFrame frame, Span<long> positions, int depth, byte* atA, byte* atB, byte* atCells)
    {
        if (depth == Outer.Count)
        {
            Run(frame, positions, atA, atB, atCells);
            return;
        }
        var axis = Outer[depth];
        for (positions[depth] = 0; positions[depth] < axis.Extent; positions[depth]++)
            Run(frame, positions, depth + 1, atA + positions[depth] * axis.StrideA * a.Bytes,
                atB + positions[depth] * axis.StrideB * b.Bytes, atCells + positions[depth] * axis.StrideOut * cells.Bytes);
    }

    void Run(CpuFrame frame, ReadOnlySpan<long> positions, byte* atA, byte* atB, byte* atCells)
    {
        var ends = ContractionEnds.All;
        for (var i = 0; i < Cuts.Count; i++) ends = ends.With(Cuts[i].Group, Cuts[i].Count.Value(frame, positions));
        var context = new ContractionFinish.Context { Finish = finish!, Frame = frame };
        plan.Run(atA, atB, atCells, accumulates, (void*)frame.Scratch, team, scale(frame.Numbers),
            finish is null ? null : ContractionFinish.Callback, Unsafe.AsPointer(ref context),
            panels is { } own ? (void*)frame.Buffers[own] : null, ends);
    }
}

/// <summary>Packs the operand of a contraction that stays the same in all steps of a time loop.</summary>
/// <param name="panels">The buffer for the panels.</param>
sealed unsafe class PackStep(ContractionPlan plan, ContractionOperand operand, int panels, string name, Team team)
    : CpuStep
{
    public override string Text => $"panels of {name}";

    public override IEnumerable<int> Touches => [operand.Buffer, panels];

    public override StepWork Work(CpuFrame frame, MachineSpeed speed) =>
        new(ContractionClock.PackSeconds(plan, speed), plan.Threads);

    public override void AddTouched(CpuFrame frame, List<Touched> touched)
    {
        touched.Add(Touched.Read((long)operand.Address(frame), plan.PanelBytes));
        touched.Add(Touched.Written(frame.Buffers[panels], plan.PanelBytes));
    }

    public override void Run(CpuFrame frame) =>
        plan.Pack(operand.Address(frame), (void*)frame.Buffers[panels], team);
}

/// <summary>Where one array of a contraction begins.</summary>
/// <param name="Bytes">Of a cell.</param>
/// <param name="Factors">Cells that one position of each time loop moves it.</param>
sealed unsafe record ContractionOperand(int Buffer, int Bytes, long First, long[] Factors)
{
    public void* Address(CpuFrame frame)
    {
        var cell = First;
        for (var i = 0; i < Factors.Length; i++) cell += Factors[i] * frame.Positions[i];
        return (byte*)frame.Buffers[Buffer] + cell * Bytes;
    }
}
