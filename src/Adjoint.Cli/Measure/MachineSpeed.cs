using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Cli;

/// <summary>What this machine can do at most, measured: the two bounds of a roofline.</summary>
/// <param name="Operations">A second, of all threads, in float32.</param>
/// <param name="Bytes">Read and written a second by copying more than the caches hold.</param>
sealed unsafe record MachineSpeed(double Operations, double Bytes)
{
    const int Chains = 20, Turns = 200_000;
    const long CopiedBytes = 64 << 20, ChunkBytes = 1 << 20;

    /// <summary>Without kernels made at run time there is nothing to measure.</summary>
    public static bool IsMeasurable => RuntimeFeature.IsDynamicCodeSupported;

    public static MachineSpeed Measure(Team team) => new(OperationsOfCore() * team.Threads, CopyBytes(team));

    /// <summary>The least time in which it can be done: whichever of work and memory takes longer.</summary>
    public double SecondsOf(double operations, double bytes) => Math.Max(operations / Operations, bytes / Bytes);

    /// <summary>Operations a second of one core: products and sums that never leave the registers.</summary>
    public static double OperationsOfCore()
    {
        var code = new CodeBuilder("peak", CodeTarget.Host);
        var vector = CodeTarget.Host.Vector(Element.Float);
        var kept = code.Buffer("kept", Element.Float);
        var factor = code.Let("factor", kept[0]);
        var sums = new CodeLocal[Chains];
        for (var i = 0; i < Chains; i++) sums[i] = code.Variable("sum", Code.Constant(vector, (double)i));
        var factors = code.Let("factors", Code.Broadcast(factor, vector.Lanes));
        code.For("turn", code.Begin, code.End, _ =>
        {
            foreach (var sum in sums) code.Assign(sum, Code.Fma(factors, factors, sum));
        });
        foreach (var sum in sums) code.Store(kept, 0, sum);
        var entry = IlWriter.Compile(code.Build());
        var cells = stackalloc float[64];
        cells[0] = 0.5f;
        var buffers = stackalloc void*[1];
        buffers[0] = cells;
        var operations = 2.0 * Chains * vector.Lanes * Turns;
        var (address, least) = ((nint)buffers, double.MaxValue);
        for (var i = 0; i < 5; i++)
            least = Math.Min(least, Timing.Of(() => entry((void**)address, null, null, 0, Turns), 1e-3).Least);
        return operations / least;
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
        var least = Timing.Of(() => team.Run(chunks, chunks == 1 ? &Whole : &Chunk, (void*)address), 0.005).Least;
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
