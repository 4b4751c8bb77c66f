namespace Adjoint;

// A loop that adds to the same cells in all its turns (a bias gradient over the batch, a loss) runs in chunks all the
// same: each chunk sums into cells of its own, and the chunks meet in their order. The chunks depend on sizes only, so
// the bits do too.

/// <summary>The cells of one tensor, once for each chunk of a loop.</summary>
/// <param name="Chunk">Turns of a chunk.</param>
/// <param name="Parts">How many chunks there are.</param>
/// <param name="IsFirst">Each chunk gives all cells their first value; else they begin with what changes
/// nothing.</param>
sealed record PartialSum(TensorPlace Place, LineOp Op, long Chunk, int Parts, bool IsFirst)
{
    /// <summary>From one chunk to the next: no two write one cache line.</summary>
    public long Stride { get; } = (Place.Count + 15) / 16 * 16;

    public long Bytes => Stride * Parts * Place.Type.ByteSize;
}

/// <summary>Finds the tensors that a loop only adds to, and brings their parts together.</summary>
static class PartialSums
{
    /// <summary>More would not be shared out better, and all have to be added.</summary>
    public const int MostParts = 16;

    // What the parts take in memory against what the loop does.
    const int PointsOfPart = 8;

    /// <summary>The tensors that keep the turns of a loop from running at the same time, if sums for each chunk are all
    /// it takes; else null.</summary>
    public static Dictionary<string, PartialSum>? Of(BoundProgram program, LoopNode node, long chunk)
    {
        var plans = node.Plans.ToList();
        var parts = (int)((node.Extent + chunk - 1) / chunk);
        var sums = new Dictionary<string, PartialSum>();
        for (var i = 0; i < plans.Count; i++)
            for (var j = i; j < plans.Count; j++)
            {
                var (one, other) = (plans[i].Line, plans[j].Line);
                if (LoopTree.AreIndependent(program, one, other, node)) continue;
                var place = program[one.Target.Tensor];
                if (other.Target.Tensor != place.Name || place.IsInteger || Kind(one.Op) is not { } op
                    || Kind(other.Op) != op || plans.Any(p => p.Line.Reads.Any(r => r.Tensor == place.Name)))
                    return null;
                sums[place.Name] = new(place, op, chunk, parts,
                    plans.Any(p => p.IsFirst && p.Line.Target.Tensor == place.Name));
            }
        var points = plans.Sum(p => p.Line.Axes.Aggregate(1.0, (all, axis) => all * program.Extents[axis]));
        var cells = sums.Values.Sum(s => (double)s.Place.Count);
        return sums.Count > 0 && cells * parts * PointsOfPart <= points ? sums : null;
    }

    static LineOp? Kind(LineOp op) => op switch
    {
        LineOp.Set => null,
        LineOp.Subtract => LineOp.Add,
        _ => op,
    };

    /// <summary>A kernel that takes a tensor and its parts, for each sum.</summary>
    public static KernelCode Combine(IEnumerable<PartialSum> sums, string name, CodeTarget target)
    {
        var code = new CodeBuilder(name, target);
        foreach (var sum in sums)
        {
            var cells = code.Buffer(sum.Place.Name, sum.Place.Element);
            var parts = code.Buffer($"{sum.Place.Name}_parts", sum.Place.Element);
            code.Remark($"{sum.Place.Name} of {sum.Parts} chunks");
            code.VectorLoop("cell", 0, sum.Place.Count, sum.Place.Element, (cell, lanes) =>
            {
                CodeExpr? all = sum.IsFirst ? null : lanes.Load(cells, cell);
                for (var part = 0; part < sum.Parts; part++)
                {
                    var one = lanes.Load(parts, cell + part * sum.Stride);
                    all = code.Let(sum.Place.Name, all is null ? one : Combined(code, sum.Op, all, one));
                }
                lanes.Store(cells, cell, all!);
            });
        }
        return code.Build();
    }

    /// <summary>What changes nothing.</summary>
    public static double Identity(LineOp op) => op switch
    {
        LineOp.Multiply => 1,
        LineOp.Max => double.NegativeInfinity,
        LineOp.Min => double.PositiveInfinity,
        _ => 0,
    };

    /// <summary>Two of a sum, a product, a largest or a smallest. A NaN stays.</summary>
    public static CodeExpr Combined(CodeBuilder code, LineOp op, CodeExpr all, CodeExpr one) => op switch
    {
        LineOp.Multiply => all * one,
        LineOp.Max => code.Max(all, one),
        LineOp.Min => code.Min(all, one),
        _ => all + one,
    };
}

/// <summary>A loop in chunks with sums of their own, then the sums of all.</summary>
sealed class PartialStep(FusedStep chunks, FusedStep combine, long bytes) : CpuStep
{
    public override string Text => chunks.Text;

    public override double Operations => chunks.Operations;

    public override object Kind => (chunks.Kind, bytes);

    public override IEnumerable<int> Touches => chunks.Touches.Concat(combine.Touches).Distinct();

    public override long ScratchBytes => bytes;

    public override StepWork Work(CpuFrame frame, MachineSpeed speed) =>
        chunks.Work(frame, speed) is var work ? work with { Seconds = work.Seconds + combine.Work(frame, speed).Seconds * chunks.Chunks } : work;

    public override void AddTouched(CpuFrame frame, List<Touched> touched) => chunks.AddTouched(frame, touched);

    public override void Bind(CpuFrame frame)
    {
        chunks.Bind(frame);
        combine.Bind(frame);
    }

    public override void Run(CpuFrame frame)
    {
        chunks.Run(frame);
        combine.Run(frame);
    }
}
