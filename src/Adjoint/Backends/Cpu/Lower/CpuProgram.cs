using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>A loop program bound to sizes and types, compiled to kernels. It runs many times, one run at a
/// time.</summary>
sealed unsafe class CpuProgram
{
    readonly BoundProgram program;
    readonly CpuCompiler compiler;
    readonly CpuFrame frame;
    readonly CpuStep[] before, after;
    readonly int[] operandBuffers, outputBuffers; // by the order of the signature; -1 takes no values
    readonly nint[] own; // what a buffer is when the caller gives none
    readonly long[] status = GC.AllocateArray<long>(2, pinned: true);
    readonly Storage arena;

    CpuProgram(BoundProgram program, CpuOptions options)
    {
        (this.program, compiler) = (program, new(program, options));
        var text = program.Program;
        var places = program.Places.ToList();
        var (begin, end) = (new List<CpuStep>(), new List<CpuStep>());
        outputBuffers = new int[text.Outputs.Count];
        var buffers = places.Count;
        var windows = new HashSet<string>();
        for (var i = 0; i < outputBuffers.Length; i++)
        {
            var (name, dims) = (text.Outputs[i].Name, text.Outputs[i].Dims);
            var place = program[name];
            int[] from = [.. dims.Select(d => d.From)];
            int[] sizes = [.. dims.Select(d =>
                d.Axes.Aggregate(1, (size, axis) => size * program.Extents[axis]) + d.To - d.From)];
            if (from.SequenceEqual(place.Extent.From)
                && sizes.SequenceEqual(place.Extent.Sizes)) outputBuffers[i] = place.Buffer;
            else
            {
                outputBuffers[i] = buffers++;
                windows.Add(name);
                end.Add(new WindowStep(place, outputBuffers[i], from, sizes));
            }
        }
        operandBuffers = [.. text.Operands.Select(o => o.Kind is OperandKind.Shape ? -1 : program[o.Name].Buffer)];
        frame = new(buffers + 1, compiler.Loops);
        own = new nint[buffers + 1];
        var bytes = 0L;
        var offsets = new Dictionary<TensorPlace, long>();
        foreach (var place in places)
        {
            var isRandom = text.FindOperand(place.Name) is { Kind: OperandKind.Uniform or OperandKind.Normal };
            if (!isRandom
                && (place.IsOperand || place.IsOutput && !windows.Contains(place.Name)
                    || compiler.Unstored.Contains(place.Name))) continue;
            offsets[place] = bytes;
            bytes += (place.Bytes + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;
        }
        arena = Storage.Allocate(Math.Max(bytes + compiler.WorkspaceBytes, 1));
        compiler.Workspace = (nint)arena.Pointer + (nint)bytes;
        foreach (var (place, offset) in offsets) own[place.Buffer] = (nint)arena.Pointer + (nint)offset;
        own[^1] = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(status));
        foreach (var place in places)
        {
            if (text.FindOperand(place.Name) is { } operand)
            {
                if (operand.Kind is OperandKind.Uniform or OperandKind.Normal)
                    begin.Add(new RandomStep(place, operand.Kind is OperandKind.Normal));
            }
            else if (place.Count > 0 && !compiler.Unstored.Contains(place.Name) && compiler.NeedsStart(place))
                begin.Add(place.Updates is null ? new FillStep(place) : new CopyStep(program[place.Updates], place));
        }
        (before, after, ArenaBytes) = ([.. begin], [.. end], bytes);
    }

    /// <summary>Lines that run without vectors, and why.</summary>
    public IReadOnlyList<string> Fallbacks => compiler.Fallbacks;

    public int Kernels => compiler.Texts.Count;

    /// <summary>Lines that the contraction engine computes.</summary>
    public int Contractions => compiler.Contractions;

    /// <summary>Memory for what is neither operand nor output.</summary>
    public long ArenaBytes { get; }

    public Extents Extents => program.Extents;

    /// <summary>Key of the random operands.</summary>
    public ulong Seed { get; set; }

    /// <summary>Training step: each has random numbers of its own.</summary>
    public uint Step { get; set; }

    /// <param name="shapes">Of every operand but the random ones whose size follows from the others.</param>
    /// <param name="operandTypes">float32 or float64 for floating operands, all the same; int32 or int64 for
    /// integers.</param>
    /// <param name="attributes">Values that replace defaults.</param>
    public static CpuProgram Compile(LoopProgram program, IReadOnlyDictionary<string, int[]> shapes,
        IReadOnlyDictionary<string, DType> operandTypes, IReadOnlyDictionary<string, double>? attributes = null,
        CpuOptions? options = null)
    {
        var extents = Extents.Bind(program, OperandShapes.WithRandom(program, shapes), attributes);
        options ??= new();
        return new(new(program, extents, operandTypes, options.Type), options);
    }

    /// <summary>Runs once.</summary>
    /// <param name="operands">First cells, in the order of the signature; 0 for operands given by shape, and for random
    /// ones that are to be drawn.</param>
    /// <param name="outputs">First cells, in the order of the signature.</param>
    /// <exception cref="LoopRunException">An index was outside its tensor.</exception>
    public void Run(ReadOnlySpan<nint> operands, ReadOnlySpan<nint> outputs)
    {
        if (operands.Length != operandBuffers.Length || outputs.Length != outputBuffers.Length)
            throw Throw.Internal(
                $"{program.Program.Name} takes {operandBuffers.Length} operands, {outputBuffers.Length} outputs");
        (frame.Seed, frame.Step) = (Seed, Step);
        own.CopyTo(frame.Buffers, 0);
        for (var i = 0; i < operands.Length; i++)
            if (operandBuffers[i] >= 0 && operands[i] != 0) frame.Buffers[operandBuffers[i]] = operands[i];
        for (var i = 0; i < outputs.Length; i++) frame.Buffers[outputBuffers[i]] = outputs[i];
        status[0] = 0;
        foreach (var step in before)
            if (step is not RandomStep random || frame.Buffers[random.Buffer] == own[random.Buffer]) step.Run(frame);
        foreach (var step in compiler.Steps)
        {
            step.Bind(frame);
            step.Run(frame);
        }
        foreach (var step in after) step.Run(frame);
        GC.KeepAlive(arena);
        if (status[0] != 0) throw compiler.Sites.Error((int)status[0], status[1]);
    }

    /// <summary>The kernels as C#.</summary>
    public string Print() => string.Join("\n", compiler.Texts);
}
