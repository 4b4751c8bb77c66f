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
    public override string Text => string.Join("; ", lines.Select(l => l.Line));

    public override double Operations => plan.Shape.Operations;

    public override IEnumerable<int> Touches =>
        [a.Buffer, b.Buffer, cells.Buffer, .. finish?.Buffers ?? [], .. panels is { } own ? [own] : (int[])[]];

    public override long ScratchBytes => plan.WorkspaceBytes;

    public override void Run(CpuFrame frame)
    {
        var context = new ContractionFinish.Context { Finish = finish!, Frame = frame };
        plan.Run(
            a.Address(frame), b.Address(frame), cells.Address(frame), accumulates, (void*)frame.Scratch, team, scale(frame.Numbers),
            finish is null ? null : ContractionFinish.Callback, Unsafe.AsPointer(ref context),
            panels is { } own ? (void*)frame.Buffers[own] : null);
    }
}

/// <summary>Packs the operand of a contraction that stays the same in all steps of a time loop.</summary>
/// <param name="panels">The buffer for the panels.</param>
sealed unsafe class PackStep(ContractionPlan plan, ContractionOperand operand, int panels, string name, Team team)
    : CpuStep
{
    public override string Text => $"panels of {name}";

    public override IEnumerable<int> Touches => [operand.Buffer, panels];

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
