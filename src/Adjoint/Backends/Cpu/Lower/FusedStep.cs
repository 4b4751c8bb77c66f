using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Lines that share their loops: one kernel, its outermost loop in chunks where turns are
/// independent.</summary>
sealed unsafe class FusedStep : CpuStep
{
    /// <summary>Instead of a tensor: where kernels report an index out of range.</summary>
    public const int Status = -1;

    /// <summary>Instead of a tensor: memory of the step; the next such buffer is one less.</summary>
    public const int Scratch = -2;

    readonly KernelEntry entry;
    readonly int[] tensors, loops, numbers;
    readonly long[] scratch;
    readonly (int Pointers, int Positions, int Numbers) slots;
    readonly long extent, chunk;
    readonly int chunks;
    readonly Team team;

    /// <param name="tensors">Numbers of the buffers the kernel takes.</param>
    /// <param name="loops">Numbers of the time loops whose positions it takes.</param>
    /// <param name="numbers">The arguments it takes, by their number.</param>
    /// <param name="extent">Of the outermost loop.</param>
    /// <param name="chunk">Turns that one thread takes at a time; they depend on sizes only.</param>
    /// <param name="scratch">Where each buffer in the memory of the step begins, in bytes.</param>
    public FusedStep(KernelEntry entry, int[] tensors, int[] loops, int[] numbers, KernelSlots slots, long extent,
        long chunk, Team team, params long[] scratch)
    {
        this.scratch = scratch;
        (this.entry, this.tensors, this.loops, this.extent, this.chunk, this.team) = (entry, tensors, loops, extent,
            chunk, team);
        this.numbers = numbers;
        this.slots = slots.Take(tensors.Length, loops.Length, numbers.Length);
        chunks = (int)((extent + chunk - 1) / chunk);
    }

    public int Chunks => chunks;

    /// <summary>Its loops; none where it only joins what others summed.</summary>
    public LoopItem? Item { get; init; }

    /// <summary>What its kernel was made of.</summary>
    public required KernelCode Code { get; init; }

    /// <summary>What its lines touch; none where it only joins what others summed.</summary>
    public TouchedCells? Cells { get; init; }

    /// <summary>Operations of a run.</summary>
    public double Counted { get; init; }

    public override string Text => Item is null ? "sums of chunks"
        : string.Join("; ", Item.Plans.Select(p => p.Line));

    public override object Kind => (entry, extent, chunk);

    public override double Operations => Counted;

    public override IEnumerable<int> Touches => tensors.Where(t => t >= 0);

    public override StepWork Work(CpuFrame frame, MachineSpeed speed)
    {
        double?[] integers = [.. loops.Select(l => (double?)frame.Positions[l])];
        double[] given = [.. numbers.Select(n => frame.Numbers[n])];
        var (seconds, done) = (KernelClock.Seconds(Code, speed.Core, 0, chunk, integers, given), (double)extent / chunk);
        return new(chunks == 1 ? KernelClock.Seconds(Code, speed.Core, 0, extent, integers, given) : seconds * done, chunks);
    }

    public override void AddTouched(CpuFrame frame, List<Touched> touched)
    {
        if (Item is not null) Cells?.Add(Item.Plans.Select(p => p.Line), frame, touched);
    }

    public override void Bind(CpuFrame frame)
    {
        var pointers = (nint*)frame.Pointers(slots.Pointers);
        for (var i = 0; i < tensors.Length; i++)
            if (tensors[i] > Scratch)
                pointers[i] = tensors[i] == Status ? frame.StatusAddress : frame.Buffers[tensors[i]];
        var arguments = frame.NumberArguments(slots.Numbers);
        for (var i = 0; i < numbers.Length; i++) arguments[i] = frame.Numbers[numbers[i]];
    }

    public override void Run(CpuFrame frame)
    {
        var pointers = (nint*)frame.Pointers(slots.Pointers);
        for (var i = 0; i < tensors.Length; i++)
            if (tensors[i] <= Scratch) pointers[i] = frame.Scratch + (nint)scratch[Scratch - tensors[i]];
        var positions = frame.PositionArguments(slots.Positions);
        for (var i = 0; i < loops.Length; i++) positions[i] = frame.Positions[loops[i]];
        var call = new Call(this, frame);
        if (chunks == 1)
        {
            call.Run(0, extent);
            return;
        }
        team.Run(chunks, &RunChunk, Unsafe.AsPointer(ref call));
        GC.KeepAlive(call.Step);
    }

    // The context is a place on the caller's stack; the caller waits, so it stays.
    static void RunChunk(void* context, int number, int worker)
    {
        var call = Unsafe.AsRef<Call>(context);
        call.Run(number * call.Step.chunk, Math.Min(call.Step.extent, (number + 1) * call.Step.chunk));
    }

    readonly struct Call(FusedStep step, CpuFrame frame)
    {
        public FusedStep Step => step;

        public void Run(long begin, long end) => step.entry(frame.Pointers(step.slots.Pointers),
            frame.PositionArguments(step.slots.Positions), frame.NumberArguments(step.slots.Numbers), begin, end);
    }
}
