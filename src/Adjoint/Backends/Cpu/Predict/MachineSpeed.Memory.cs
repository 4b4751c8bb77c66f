using System.Runtime.InteropServices;

namespace Adjoint;

sealed unsafe partial record MachineSpeed
{
    const int Apart = 4096;

    static readonly long[] Footprints =
        [64 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20, 8 << 20, 16 << 20, 32 << 20, 64 << 20];

    /// <param name="known">What was found before: the faster counts.</param>
    static MemorySpeed Memory(Team? team, MemorySpeed? known)
    {
        var cells = (byte*)NativeMemory.AlignedAlloc((nuint)Footprints[^1], 4096);
        NativeMemory.Clear(cells, (nuint)Footprints[^1]);
        double[][] passes = [.. new[] { Reader(), Writer(reads: false), Writer(reads: true) }.Select(IlWriter.Compile)
            .Select(kernel => Footprints.Select(bytes => Pass(kernel, bytes)).ToArray())];
        var entry = IlWriter.Compile(Walker());
        var apart = Footprints.Select(bytes => Pass(entry, bytes) * Apart).ToArray();
        NativeMemory.AlignedFree(cells);
        return new MemorySpeed([.. Footprints.Select(f => (double)f)], passes[0], passes[1], passes[2], apart).Least(known);

        double Pass(KernelEntry kernel, long bytes)
        {
            var parts = team?.Threads ?? 1;
            // Several at once, so that fork and join do not count.
            var passes = (int)Math.Max(1, (8 << 20) / bytes);
            var pass = GCHandle.Alloc(new Pass(kernel, (nint)cells, bytes / parts, passes));
            var address = GCHandle.ToIntPtr(pass);
            var seconds = Median(() =>
            {
                if (team is null) RunPass((void*)address, 0, 0);
                else team.Run(parts, &RunPass, (void*)address);
            });
            pass.Free();
            return seconds / bytes / passes;
        }
    }

    sealed record Pass(KernelEntry Kernel, nint Cells, long Bytes, int Passes);

    static void RunPass(void* context, int part, int worker)
    {
        var pass = (Pass)GCHandle.FromIntPtr((nint)context).Target!;
        var buffers = stackalloc void*[1];
        buffers[0] = (byte*)pass.Cells + part * pass.Bytes;
        for (var i = 0; i < pass.Passes; i++) pass.Kernel(buffers, null, null, 0, pass.Bytes / sizeof(float));
    }

    // A number of every page: each falls on the same sets of the caches.
    static KernelCode Walker()
    {
        var code = new CodeBuilder("walker", CodeTarget.Host);
        var cells = code.Buffer("cells", Element.Float);
        var sum = code.Variable("sum", Code.Constant(CodeType.Float, 0));
        code.For("cell", code.Begin, code.End, cell => code.Assign(sum, sum + cells[cell]), Apart / sizeof(float));
        code.Store(cells, 0, sum);
        return code.Build();
    }

    static KernelCode Reader()
    {
        const int Sums = 8;
        var code = new CodeBuilder("reader", CodeTarget.Host);
        var cells = code.Buffer("cells", Element.Float);
        var vector = CodeTarget.Host.Vector(Element.Float);
        var sums = new CodeLocal[Sums];
        for (var i = 0; i < Sums; i++) sums[i] = code.Variable("sum", Code.Constant(vector, 0));
        code.For("cell", code.Begin, code.End, cell =>
        {
            for (var i = 0; i < Sums; i++) code.Assign(sums[i], sums[i] + Code.Load(cells, cell + i * vector.Lanes, vector));
        }, Sums * vector.Lanes);
        code.If(Code.Any(sums.Aggregate((CodeExpr)sums[0], (a, b) => a + b) > 1e30), () => code.Store(cells, 0, sums[0]));
        return code.Build();
    }

    static KernelCode Writer(bool reads)
    {
        const int Stores = 8;
        var code = new CodeBuilder("writer", CodeTarget.Host);
        var cells = code.Buffer("cells", Element.Float);
        var vector = CodeTarget.Host.Vector(Element.Float);
        var zeros = code.Variable("zeros", Code.Constant(vector, 0));
        code.For("cell", code.Begin, code.End, cell =>
        {
            for (var i = 0; i < Stores; i++)
                code.Store(cells, cell + i * vector.Lanes, reads ? Code.Load(cells, cell + i * vector.Lanes, vector) + zeros : zeros);
        }, Stores * vector.Lanes);
        return code.Build();
    }
}
