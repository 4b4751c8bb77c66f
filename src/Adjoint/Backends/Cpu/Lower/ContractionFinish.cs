using System.Runtime.CompilerServices;

namespace Adjoint;

// A tile is known by its first cell. From there the positions of all axes follow, and with them where the operands of
// the lines lie; axes along which every operand moves like the cells themselves are taken for one.

/// <summary>Lines that a contraction computes on its finished cells.</summary>
sealed unsafe class ContractionFinish
{
    /// <summary>Axes of cells, outermost first.</summary>
    readonly record struct CellAxis(string Name, long Step, long Extent);

    /// <summary>What one run hands to its tiles.</summary>
    public struct Context
    {
        public ContractionFinish Finish;
        public CpuFrame Frame;
    }

    /// <summary>The callback of the engine; its context is a <see cref="Context"/>.</summary>
    public static readonly TileEpilogue Callback = Run;

    // Instructions around a call of its kernel.
    const double OfCall = 60;

    readonly KernelEntry entry;
    readonly KernelCode code;
    readonly int[] tensors, loops, arguments, places; // places: of each axis among the integers, -1 for rows and columns
    readonly CellAxis[] axes;
    readonly int row, integers;

    /// <param name="rowStep">Between rows of most tiles, in cells.</param>
    /// <param name="write">Makes the kernel from its row axis, its column axis and the others.</param>
    public ContractionFinish(BoundProgram program, BoundLine cells, IReadOnlyList<LinePlan> lines, long rowStep,
        List<string> timeLoops, Func<string?, string, string[], (NestKernel Kernel, KernelEntry Entry)> write)
    {
        axes = Merge(program, cells, lines, rowStep);
        row = Array.FindIndex(axes, 0, axes.Length - 1, a => a.Step == rowStep);
        var (rowName, column) = (row < 0 ? null : axes[row].Name, axes[^1].Name);
        string[] others = [.. lines.SelectMany(p => p.Line.Axes).Distinct().Where(a => a != rowName && a != column)];
        (var kernel, entry) = write(rowName, column, others);
        code = kernel.Code;
        tensors = [.. kernel.Buffers.Select(b => b?.Buffer ?? FusedStep.Status)];
        arguments = [.. kernel.Numbers];
        loops = [.. kernel.Integers.SkipLast(others.Length).Select(name => timeLoops.IndexOf(name))];
        places = [.. axes.Select(a => Array.IndexOf(others, a.Name) is var n and >= 0 ? loops.Length + n : -1)];
        integers = loops.Length + others.Length;
    }

    /// <summary>Equal where equal lines are computed.</summary>
    public object Kind => entry;

    public IEnumerable<int> Buffers => tensors.Where(t => t != FusedStep.Status);

    /// <summary>Seconds on one core for so many rows and columns of cells that lie near.</summary>
    public double Seconds(CpuFrame frame, CoreSpeed core, int rows, int columns)
    {
        var (width, run) = (Math.Min(columns, axes[^1].Extent), row < 0 ? 1 : Math.Min(rows, axes[row].Extent));
        double[] given = [.. arguments.Select(a => frame.Numbers[a])];
        var each = KernelClock.Seconds(code, core, 0, width, [.. Enumerable.Repeat((double?)0, integers), 0, run], given);
        return (each + OfCall * core.Instruction) * rows / run * columns / width;
    }

    static void Run(void* context, void* cells, long cell, int rows, long rowStep, int columns)
    {
        ref var run = ref Unsafe.AsRef<Context>(context);
        run.Finish.Run(run.Frame, cell, rows, rowStep, columns);
    }

    void Run(CpuFrame frame, long cell, int rows, long rowStep, int columns)
    {
        var buffers = stackalloc nint[tensors.Length + 1];
        for (var i = 0; i < tensors.Length; i++)
            buffers[i] = tensors[i] == FusedStep.Status ? frame.StatusAddress : frame.Buffers[tensors[i]];
        var given = stackalloc double[arguments.Length + 1];
        for (var i = 0; i < arguments.Length; i++) given[i] = frame.Numbers[arguments[i]];
        var numbers = stackalloc long[integers + 2];
        for (var i = 0; i < integers; i++) numbers[i] = i < loops.Length ? frame.Positions[loops[i]] : 0;
        for (long done = 0, run; done < rows; done += run)
        {
            run = 1;
            for (long from = 0, width; from < columns; from += width)
            {
                var rest = cell + done * rowStep + from;
                for (var i = 0; i < axes.Length - 1; i++)
                {
                    (var position, rest) = Math.DivRem(rest, axes[i].Step);
                    if (places[i] >= 0) numbers[places[i]] = position;
                    if (i != row) continue;
                    if (rowStep == axes[i].Step) run = Math.Min(rows - done, axes[i].Extent - position);
                    (numbers[integers], numbers[integers + 1]) = (position, position + run);
                }
                width = Math.Min(columns - from, axes[^1].Extent - rest);
                entry((void**)buffers, numbers, given, rest, rest + width);
            }
        }
    }

    // Rows stay apart from columns: a tile has few columns of each of its rows.
    static CellAxis[] Merge(BoundProgram program, BoundLine cells, IReadOnlyList<LinePlan> lines, long rowStep)
    {
        var offsets = lines.SelectMany(p => p.Line.Reads.Append(p.Line.Target)).Select(program.Offset).ToList();
        var merged = new List<CellAxis>();
        foreach (var axis in cells.Left.Where(a => program.Extents[a] > 1).OrderBy(a => cells.TargetOffset[a]))
        {
            var next = new CellAxis(axis, cells.TargetOffset[axis], program.Extents[axis]);
            if (merged.Count > 0 && next.Step != rowStep && Continues(next, merged[^1]))
                merged[^1] = merged[^1] with { Extent = merged[^1].Extent * next.Extent };
            else merged.Add(next);
        }
        merged.Reverse();
        return [.. merged];

        bool Continues(CellAxis outer, CellAxis inner) => outer.Step == inner.Step * inner.Extent
            && offsets.TrueForAll(o => o[outer.Name] == o[inner.Name] * inner.Extent
                && o.Symbols.All(s => program.Atom(s) is null))
            && !lines.Any(p => p.Line.Tests.Prepend(p.Line.Value).Any(e =>
                IsValue(e, outer.Name) || IsValue(e, inner.Name)));
    }

    // Whether the position of an axis counts otherwise than in the index of a cell.
    static bool IsValue(Expr expr, string axis) => expr is AxisValue value ? value.Axis == axis
        : expr is not Access && expr.Parts().Any(p => IsValue(p, axis));
}
