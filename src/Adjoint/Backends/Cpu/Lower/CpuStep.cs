using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>What the steps of a run share: where tensors lie, where time loops stand.</summary>
sealed class CpuFrame(int buffers, int loops)
{
    /// <summary>The first cell of every tensor, by its number.</summary>
    public nint[] Buffers { get; } = new nint[buffers];

    /// <summary>Positions of the time loops, by their number.</summary>
    public long[] Positions { get; } = new long[loops];

    public ulong Seed { get; set; }
    public uint Step { get; set; }
}

/// <summary>One part of a compiled program. Steps allocate when they are made, never when they run.</summary>
abstract class CpuStep
{
    /// <summary>Looks up where its tensors lie in this run.</summary>
    public virtual void Bind(CpuFrame frame) { }

    public abstract void Run(CpuFrame frame);
}

/// <summary>Lines that share their loops: one kernel, its outermost loop in chunks where turns are
/// independent.</summary>
sealed unsafe class FusedStep : CpuStep
{
    /// <summary>Instead of a tensor: where kernels report an index out of range.</summary>
    public const int Status = -1;

    readonly KernelEntry entry;
    readonly int[] tensors, loops;
    readonly nint[] buffers;
    readonly long[] integers;
    readonly long extent, chunk;
    readonly int chunks;
    readonly Team team;

    /// <param name="tensors">Numbers of the buffers the kernel takes.</param>
    /// <param name="loops">Numbers of the time loops whose positions it takes.</param>
    /// <param name="extent">Of the outermost loop.</param>
    /// <param name="chunk">Turns that one thread takes at a time; they depend on sizes only.</param>
    public FusedStep(KernelEntry entry, int[] tensors, int[] loops, long extent, long chunk, Team team)
    {
        (this.entry, this.tensors, this.loops, this.extent, this.chunk, this.team) = (entry, tensors, loops, extent,
            chunk, team);
        buffers = GC.AllocateArray<nint>(tensors.Length + 1, pinned: true);
        integers = GC.AllocateArray<long>(loops.Length + 1, pinned: true);
        chunks = (int)((extent + chunk - 1) / chunk);
    }

    public int Chunks => chunks;

    public override void Bind(CpuFrame frame)
    {
        for (var i = 0; i < tensors.Length; i++) buffers[i] = tensors[i] == Status ? frame.Buffers[^1]
            : frame.Buffers[tensors[i]];
    }

    public override void Run(CpuFrame frame)
    {
        for (var i = 0; i < loops.Length; i++) integers[i] = frame.Positions[loops[i]];
        if (chunks == 1)
        {
            Call(0, extent);
            return;
        }
        var self = this;
        team.Run(chunks, &RunChunk, Unsafe.AsPointer(ref self));
        GC.KeepAlive(self);
    }

    // The context is the place on the caller's stack that holds the step; the caller waits, so it stays.
    static void RunChunk(void* context, int number, int worker)
    {
        var step = Unsafe.AsRef<FusedStep>(context);
        step.Call(number * step.chunk, Math.Min(step.extent, (number + 1) * step.chunk));
    }

    void Call(long begin, long end) => entry(
        (void**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(buffers)),
        (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(integers)), null, begin, end);
}

/// <summary>Steps that run for every position of a time loop.</summary>
sealed class TimeLoopStep(int loop, long extent, bool isDown, CpuStep[] body) : CpuStep
{
    public override void Bind(CpuFrame frame)
    {
        foreach (var step in body) step.Bind(frame);
    }

    public override void Run(CpuFrame frame)
    {
        for (var i = 0L; i < extent; i++)
        {
            frame.Positions[loop] = isDown ? extent - 1 - i : i;
            foreach (var step in body) step.Run(frame);
        }
    }
}
