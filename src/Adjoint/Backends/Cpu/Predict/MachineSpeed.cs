using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint;

// Every number here is measured by running something small that is bound by it alone, with kernels from the same
// writers as those that are predicted: what the compiler makes of them is part of the measurement.

/// <summary>What this machine can do at most, measured: the bounds of a roofline and what steps cost beside.</summary>
/// <param name="Operations">A second, of all threads, in float32.</param>
/// <param name="Bytes">Read and written a second by copying more than the caches hold.</param>
sealed unsafe partial record MachineSpeed(double Operations, double Bytes)
{
    // Enough for two units that answer after four or five cycles, and few enough for 16 registers.
    const int Chains = 12, Turns = 20_000;
    const long CopiedBytes = 64 << 20, ChunkBytes = 1 << 20;

    /// <summary>Of those that measured them.</summary>
    public int Threads { get; init; } = 1;

    public CoreSpeed Core { get; init; }

    /// <summary>As one thread finds it.</summary>
    public MemorySpeed? Alone { get; init; }

    /// <summary>As all threads find it together.</summary>
    public MemorySpeed? Together { get; init; }

    /// <summary>Seconds until all threads have begun and the caller knows that they are done.</summary>
    public double Fork { get; init; }

    /// <summary>Seconds of packing some cells that lie side by side and end where others begin.</summary>
    public double OfShortRun { get; init; }

    /// <summary>Seconds around one step of a plan.</summary>
    public double OfStep { get; init; }

    /// <summary>Seconds around one run of a plan.</summary>
    public double OfRun { get; init; }

    /// <summary>Seconds of a random number: even, normal.</summary>
    public (double Uniform, double Normal) Random { get; init; }

    /// <summary>Of this machine and the threads of the process, measured when first wanted.</summary>
    public static MachineSpeed Here => here.Value;

    static readonly Lazy<MachineSpeed> here = new(() => MeasureAll(Team.Shared));

    /// <summary>Without kernels made at run time there is nothing to measure.</summary>
    public static bool IsMeasurable => RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>The two bounds.</summary>
    public static MachineSpeed Measure(Team team) => new(OperationsOfCore() * team.Threads, CopyBytes(team)) { Threads = team.Threads };

    /// <summary>All of it: some seconds.</summary>
    public static MachineSpeed MeasureAll(Team team)
    {
        // What is measured three times, some time apart, was not disturbed all three times.
        const int Rounds = 3;
        var core = new CoreSpeed(double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue, 0);
        MemorySpeed? alone = null, together = null;
        for (var round = 0; round < Rounds; round++)
        {
            core = new(Math.Min(core.Instruction, InstructionSeconds()), Math.Min(core.Product, Seconds(Code.Fma, Chains, isChain: false)),
                Math.Min(core.Step, Seconds(Code.Fma, 1, isChain: true)), Math.Min(core.Division, Seconds((_, b, c) => c / b, Chains, isChain: false)), 0);
            core = core with { Window = Window(core) };
            alone = Memory(null, alone);
            together = team.Threads == 1 ? alone : Memory(team, together);
        }
        var (ofRun, ofStep) = PlanSeconds();
        return Measure(team) with
        {
            Core = core,
            Alone = alone,
            Together = together,
            Fork = team.Threads == 1 ? 0 : ForkSeconds(team),
            OfShortRun = ShortRunSeconds(),
            OfStep = ofStep,
            OfRun = ofRun,
            Random = RandomSeconds(),
        };
    }

    /// <summary>The least time in which it can be done: whichever of work and memory takes longer.</summary>
    public double SecondsOf(double operations, double bytes) => Math.Max(operations / Operations, bytes / Bytes);

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
        return Least(code.Build(), 0.999f, Turns) / (Turns * (double)chains * each);
    }

    // Of the kernel that most steps spend most of their time in, on panels that lie near: loads beside products.
    static double InstructionSeconds()
    {
        const int Sums = 192;
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
        var least = Least(() => TileCall.Run(entry, ref *(TileCall*)address, 1));
        NativeMemory.AlignedFree(cells);
        return least / KernelClock.Seconds(kernel, new(Instruction: 1, 0, 0, 0, Window: 1 << 10), 0, 1,
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
        var least = Least(() =>
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
        return least / ((double)runs * sums.Count);
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
        var measured = Least(kernel, 0.5f, Cells);
        var (low, high) = (8, Most);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (KernelClock.Seconds(kernel, core with { Window = middle }, 0, Cells, [], []) > measured) low = middle;
            else high = middle;
        }
        return high;
    }

    static double Least(KernelCode kernel, float value, long count)
    {
        const int Most = 4096;
        var entry = IlWriter.Compile(kernel);
        var cells = (float*)NativeMemory.AlignedAlloc(2 * Most * sizeof(float), Storage.Alignment);
        new Span<float>(cells, 2 * Most).Fill(value);
        var buffers = stackalloc void*[2];
        buffers[0] = cells;
        buffers[1] = cells + Most;
        var address = (nint)buffers;
        var least = Least(() => entry((void**)address, null, null, 0, count));
        NativeMemory.AlignedFree(cells);
        return least;
    }

    // What others take of the machine only ever makes it slower.
    static double Least(Action action)
    {
        const int Tries = 9;
        const double Enough = 1e-3;
        action();
        var calls = 1;
        for (var start = Stopwatch.GetTimestamp(); ; calls *= 2)
        {
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++) action();
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > Enough) break;
        }
        var least = double.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++) action();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
        }
        return least;
    }

    // As much for each thread as steps have at least; what that takes alone is known.
    static double ForkSeconds(Team team)
    {
        var kernel = IlWriter.Compile(Reader());
        var cells = (byte*)NativeMemory.AlignedAlloc((nuint)(Footprints[0] * team.Threads), 4096);
        NativeMemory.Clear(cells, (nuint)(Footprints[0] * team.Threads));
        var pass = GCHandle.Alloc(new Pass(kernel, (nint)cells, 16 << 10, 64));
        var address = GCHandle.ToIntPtr(pass);
        var alone = Least(() => RunPass((void*)address, 0, 0));
        var together = Least(() => team.Run(team.Threads, &RunPass, (void*)address));
        pass.Free();
        NativeMemory.AlignedFree(cells);
        return Math.Max(0, together - alone);
    }

    // Programs of a few cells that only differ in how many steps they have.
    static (double Run, double Step) PlanSeconds()
    {
        const int Few = 2, Many = 18;
        var ((few, fewSteps), (many, manySteps)) = (Chain(Few), Chain(Many));
        var step = Math.Max(0, (many - few) / (manySteps - fewSteps));
        return (Math.Max(0, few - fewSteps * step), step);

        static (double Seconds, int Steps) Chain(int length)
        {
            const int Cells = 4;
            var lines = Enumerable.Range(1, length).Select(i => $"  m{i} max= y{i - 1}[i]\n  y{i}[i] = y{i - 1}[i] - m{i}\n");
            var program = Parser.Parse($"chain(y0[i]) -> y{length}\n{string.Concat(lines)}");
            var compiled = CpuProgram.Compile(program, new Dictionary<string, int[]> { ["y0"] = [Cells] }, new Dictionary<string, DType>(),
                options: new() { IsReported = false });
            var cells = stackalloc float[2 * Cells];
            var (from, to) = ((nint)cells, (nint)(cells + Cells));
            new Span<float>(cells, 2 * Cells).Clear();
            return (Least(() => compiled.Run([from], [to])), compiled.Steps.Count);
        }
    }

    static (double, double) RandomSeconds()
    {
        const int Count = 1024;
        var philox = new Philox(1, 1, 1);
        var cells = new float[Count];
        var sum = 0.0;
        var uniform = Least(() =>
        {
            fixed (float* first = cells) philox.Uniform(0, first, Count);
        });
        var normal = Least(() =>
        {
            for (var i = 0; i < Count; i++) sum += philox.Normal(i);
        });
        return (uniform / Count, normal / Count);
    }

    /// <summary>Bytes a second that copying reads and writes.</summary>
    public static double CopyBytes(Team team)
    {
        // Not from the pool, which keeps what it has: this memory is to leave no trace in what is measured next.
        var from = (byte*)NativeMemory.AlignedAlloc((nuint)CopiedBytes, Storage.Alignment);
        var to = (byte*)NativeMemory.AlignedAlloc((nuint)CopiedBytes, Storage.Alignment);
        NativeMemory.Clear(from, (nuint)CopiedBytes);
        var copy = new Copy(from, to);
        var address = (nint)(&copy);
        var chunks = team.Threads == 1 ? 1 : (int)(CopiedBytes / ChunkBytes);
        var least = Least(() => team.Run(chunks, chunks == 1 ? &Whole : &Chunk, (void*)address));
        NativeMemory.AlignedFree(from);
        NativeMemory.AlignedFree(to);
        return 2.0 * CopiedBytes / least;
    }

    readonly struct Copy(byte* from, byte* to)
    {
        public readonly byte* From = from, To = to;
    }

    static void Whole(void* copy, int chunk, int worker) =>
        NativeMemory.Copy(((Copy*)copy)->From, ((Copy*)copy)->To, (nuint)CopiedBytes);

    static void Chunk(void* copy, int chunk, int worker) => NativeMemory.Copy(((Copy*)copy)->From + chunk * ChunkBytes,
        ((Copy*)copy)->To + chunk * ChunkBytes, (nuint)ChunkBytes);
}
