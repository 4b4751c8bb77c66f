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

    const int Tries = 9;

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
        CoreSpeed? core = null;
        MemorySpeed? alone = null, together = null;
        for (var round = 0; round < Rounds; round++)
        {
            core = MeasureCore(core);
            alone = Memory(null, alone);
            together = team.Threads == 1 ? alone : Memory(team, together);
        }
        var (ofRun, ofStep) = PlanSeconds();
        return Measure(team) with
        {
            Core = core!.Value,
            Alone = alone,
            Together = together,
            Fork = team.Threads == 1 ? 0 : ForkSeconds(team),
            OfShortRun = ShortRunSeconds(),
            OfStep = ofStep,
            OfRun = ofRun,
            Random = RandomSeconds(),
        };
    }

    /// <summary>With core and memory as they are now: on a machine shared with others that changes within minutes.</summary>
    public MachineSpeed Again(Team team)
    {
        var alone = Memory(null, null);
        return this with { Core = MeasureCore(null), Alone = alone, Together = team.Threads == 1 ? alone : Memory(team, null) };
    }

    /// <param name="known">What was found before: the faster counts.</param>
    static CoreSpeed MeasureCore(CoreSpeed? known)
    {
        var before = known ?? new(double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue, 0);
        var core = new CoreSpeed(Math.Min(before.Instruction, InstructionSeconds()), Math.Min(before.Product, Seconds(Code.Fma, Chains, isChain: false)),
            Math.Min(before.Step, Seconds(Code.Fma, 1, isChain: true)), Math.Min(before.Division, Seconds((_, b, c) => c / b, Chains, isChain: false)), 0);
        return core with { Window = Window(core) };
    }

    /// <summary>The least time in which it can be done: whichever of work and memory takes longer.</summary>
    public double SecondsOf(double operations, double bytes) => Math.Max(operations / Operations, bytes / Bytes);

    // What others take of the machine only ever makes it slower: so bounds are found, and what is subtracted from each other.
    static double Least(Action action) => Times(action, Tries)[0];

    // What others take of the machine they take of steps, too.
    static double Median(Action action, int tries = Tries) => Times(action, tries)[tries / 2];

    // Of one call, the least first.
    static double[] Times(Action action, int tries)
    {
        const double Enough = 1e-3;
        action();
        var calls = 1;
        for (var start = Stopwatch.GetTimestamp(); ; calls *= 2)
        {
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++) action();
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > Enough) break;
        }
        var times = new double[tries];
        for (var i = 0; i < tries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++) action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        }
        Array.Sort(times);
        return times;
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
}
