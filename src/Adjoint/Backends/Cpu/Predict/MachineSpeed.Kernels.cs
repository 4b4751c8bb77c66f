using System.Runtime.InteropServices;

namespace Adjoint;

// One core at work on what lies near: products in registers, tiles, short runs, long functions.

sealed unsafe partial record MachineSpeed
{
    /// <summary>Operations a second of one core: products and sums that never leave the registers.</summary>
    public static double OperationsOfCore() =>
        2 * CodeTarget.Host.Vector(Element.Float).Lanes / Seconds(Code.Fma, Chains, isChain: false);

    // Of one operation on vectors in registers: so many side by side, or each after the other.
    static double Seconds(Func<CodeExpr, CodeExpr, CodeExpr, CodeExpr> operation, int chains, bool isChain)
    {
        var code = new CodeBuilder("peak", CodeTarget.Host);
        var vector = CodeTarget.Host.Vector(Element.Float);
        var kept = code.Buffer("kept", Element.Float);
        var factor = code.Let("factor", kept[0]);
        var sums = new CodeLocal[chains];
        for (var i = 0; i < chains; i++) sums[i] = code.Variable("sum", Code.Constant(vector, (double)i));
        var factors = code.Let("factors", Code.Broadcast(factor, vector.Lanes));
        var each = isChain ? Chains : 1;
        code.For("turn", code.Begin, code.End, _ =>
        {
            for (var i = 0; i < each; i++)
                foreach (var sum in sums) code.Assign(sum, operation(isChain ? sum : factors, factors, sum));
        });
        foreach (var sum in sums) code.Store(kept, 0, sum);
        return Times(code.Build(), 0.999f, Turns)[0] / (Turns * (double)chains * each);
    }

    // Of the kernel that most steps spend most of their time in, on panels that lie near: loads beside products.
    static double InstructionSeconds()
    {
        const int Sums = 192, ManyTries = 201; // what others take of a core changes within some tens of milliseconds
        var target = CodeTarget.Host;
        var rows = TileKernel.MostAccumulators(target) / 2;
        var kernel = new TileKernel(Element.Float, rows, 2, IsAdjacent: true, Packs: false, CutsB: false, CutsOut: false).Write(target);
        var (entry, width) = (IlWriter.Compile(kernel), 2 * target.Lanes(Element.Float));
        var cells = (byte*)NativeMemory.AlignedAlloc((nuint)((Sums + rows) * (rows + width) * sizeof(float)), Storage.Alignment);
        NativeMemory.Clear(cells, (nuint)((Sums + rows) * (rows + width) * sizeof(float)));
        var call = new TileCall
        {
            A = cells, B = cells + Sums * rows * sizeof(float), Cells = cells + Sums * (rows + width) * sizeof(float),
            Sums = Sums, StepA = rows, StepB = width, TileB = 0, RowStep = width, Scale = 1,
        };
        var address = (nint)(&call);
        var seconds = Median(() => TileCall.Run(entry, ref *(TileCall*)address, 1), ManyTries);
        NativeMemory.AlignedFree(cells);
        return seconds / KernelClock.Seconds(kernel, new(Instruction: 1, 0, 0, 0, Window: 1 << 10), 0, 1,
            [Sums, null, null, null, null, 0, width, 0], [1]);
    }

    // A convolution's operand: rows of an image end after a few cells, and some cells are outside.
    static double ShortRunSeconds()
    {
        const int Side = 14, Channels = 16, Taps = 3;
        var side = Side - Taps + 3;
        var shape = new ContractionShape(
            [
                new(ContractionGroup.Row, Channels, StrideA: Channels * Taps * Taps, StrideOut: side * side),
                new(ContractionGroup.Column, side, StrideOut: side), new(ContractionGroup.Column, side, StrideOut: 1),
                new(ContractionGroup.Sum, Channels, StrideA: Taps * Taps, StrideB: Side * Side),
                new(ContractionGroup.Sum, Taps, StrideA: Taps), new(ContractionGroup.Sum, Taps, StrideA: 1),
            ],
            [
                new(IsOfB: true, Side, Side, [0, 1, 0, 0, 1, 0], Constant: -1), new(IsOfB: true, Side, 1, [0, 0, 1, 0, 0, 1], Constant: -1),
            ]);
        // What stays the same is packed, never read in place.
        var plan = ContractionPlan.Of(shape, DType.Float32, CodeTarget.Host, 1, StillOperand.B).Pieces[0];
        var (lanes, sums, width) = (plan.ColumnsB, plan.SumsB, plan.Width);
        var cells = (byte*)NativeMemory.AlignedAlloc(Channels * Side * Side * sizeof(float), Storage.Alignment);
        var panel = (byte*)NativeMemory.AlignedAlloc((nuint)(sums.Count * width * sizeof(float)), Storage.Alignment);
        NativeMemory.Clear(cells, Channels * Side * Side * sizeof(float));
        var (from, to) = ((nint)cells, (nint)panel);
        var seconds = Median(() =>
        {
            Span<int> origin = stackalloc int[AxisList.MostWindows];
            origin.Clear();
            plan.OriginB.CopyTo(origin);
            for (var lane = 0; lane + width <= lanes.Count; lane += width)
                plan.ReaderB.Pack((byte*)from, origin, lane, width, 0, sums.Count, width, (byte*)to);
        });
        NativeMemory.AlignedFree(cells);
        NativeMemory.AlignedFree(panel);
        var runs = 0;
        for (var lane = 0; lane + width <= lanes.Count; lane += width)
            for (int done = 0; done < width; done += Math.Min(width - done, lanes.LeftInRun(lane + done))) runs++;
        return seconds / ((double)runs * sums.Count);
    }

    // A function is a long chain of few instructions: how many are in flight decides how long it takes.
    static double Window(CoreSpeed core)
    {
        const int Cells = 2048, Most = 1024;
        var code = new CodeBuilder("function", CodeTarget.Host);
        var (from, to) = (code.Buffer("from", Element.Float), code.Buffer("to", Element.Float));
        code.VectorLoop("cell", code.Begin, code.End, Element.Float, (cell, lanes) =>
            lanes.Store(to, cell, code.Apply("tanh", code.Let("x", lanes.Load(from, cell)))), unroll: 4);
        var kernel = code.Build();
        var measured = Times(kernel, 0.5f, Cells)[Tries / 2];
        var (low, high) = (8, Most);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (KernelClock.Seconds(kernel, core with { Window = middle }, 0, Cells, [], []) > measured) low = middle;
            else high = middle;
        }
        return high;
    }

    static double[] Times(KernelCode kernel, float value, long count)
    {
        const int Most = 4096;
        var entry = IlWriter.Compile(kernel);
        var cells = (float*)NativeMemory.AlignedAlloc(2 * Most * sizeof(float), Storage.Alignment);
        new Span<float>(cells, 2 * Most).Fill(value);
        var buffers = stackalloc void*[2];
        buffers[0] = cells;
        buffers[1] = cells + Most;
        var address = (nint)buffers;
        var times = Times(() => entry((void**)address, null, null, 0, count), Tries);
        NativeMemory.AlignedFree(cells);
        return times;
    }
}
