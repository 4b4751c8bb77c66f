using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

/// <summary>A dimension of a copy with margins.</summary>
/// <param name="Extent">In the copy.</param>
/// <param name="Step">From one position to the next, in cells of the operand.</param>
/// <param name="Least">The first position.</param>
/// <param name="Exists">Positions of the operand.</param>
readonly record struct MarginDim(int Extent, long Step, int Least, int Exists);

/// <summary>An operand with zeros around it, in which every point exists. Of the last dimension, position p lies at p mod
/// stride, then p / stride, so that a stride is gone.</summary>
/// <param name="First">The cell of the operand at which all positions are 0.</param>
/// <param name="Dims">The outermost first.</param>
sealed unsafe record MarginCopy(EquatableArray<MarginDim> Dims, int Stride, long First, bool IsDouble)
{
    /// <summary>A larger copy would go through memory twice.</summary>
    const long MostBytes = 64 << 20;

    /// <summary>Cells behind the last one that a tile may read, and drop.</summary>
    const int Slack = 64;

    const int Chunks = 64;

    /// <summary>Of a line of the cache, in cells.</summary>
    const int Line = 16;

    readonly MarginDim[] dims = [.. Dims];
    readonly Vector256<int>[]? masks = Masks(Dims[^1], Stride, IsDouble);
    readonly int phase = (Dims[^1].Extent + Stride - 1) / Stride;
    readonly int rows = (int)Math.Min(int.MaxValue, Dims.SkipLast(1).Aggregate(1L, (count, dim) => count * dim.Extent));
    readonly long[] pitches = Pitches(Dims, (Dims[^1].Extent + Stride - 1) / Stride * Stride);

    // The fields above follow from these.
    public bool Equals(MarginCopy? other) =>
        other is not null && Dims == other.Dims && Stride == other.Stride && First == other.First && IsDouble == other.IsDouble;

    public override int GetHashCode() => HashCode.Combine(Dims, Stride, First, IsDouble);

    public long Bytes => (Dims.Count == 1 ? (long)phase * Stride : Dims[0].Extent * pitches[0]) * Size + Slack * Size;

    int Size => IsDouble ? sizeof(double) : sizeof(float);

    public bool IsLarge => Bytes > MostBytes;

    /// <summary>From one position of a dimension to the next, in cells of the copy; of the last, from one to that a stride away.</summary>
    public long Pitch(int dim) => pitches[dim];

    /// <summary>Where a position of the last dimension lies in its row.</summary>
    public long InRow(int position) => Math.DivRem(position, Stride, out var rest) + (long)rest * phase;

    /// <param name="operand">Its first cell.</param>
    /// <param name="target"><see cref="Bytes"/> bytes.</param>
    public void Run(byte* operand, byte* target, Team? team)
    {
        var call = new Call { Copy = this, Source = operand + First * Size, Target = target };
        if (team is null) CopyRows(ref call, 0, rows);
        else team.Run(Math.Min(rows, Chunks), &CopyChunk, Unsafe.AsPointer(ref call));
    }

    static void CopyChunk(void* context, int chunk, int worker)
    {
        ref var call = ref Unsafe.AsRef<Call>(context);
        var (from, to) = ChunkGrid.Range(call.Copy.rows, Math.Min(call.Copy.rows, Chunks), chunk);
        CopyRows(ref call, from, to);
    }

    // Rows of a plane follow each other in both.
    static void CopyRows(ref Call call, int from, int to)
    {
        var copy = call.Copy;
        var perPlane = copy.dims.Length > 1 ? copy.dims[^2].Extent : 1;
        for (int row = from, next; row < to; row = next)
        {
            var (plane, first) = Math.DivRem(row, perPlane);
            next = Math.Min(to, (plane + 1) * perPlane);
            var (source, target, exists) = copy.Plane(plane);
            if (copy.IsDouble) copy.CopyPlane((double*)call.Source + source, (double*)call.Target + target, exists, first, next - row);
            else copy.CopyPlane((float*)call.Source + source, (float*)call.Target + target, exists, first, next - row);
        }
    }

    // Where the first row of a plane lies, and whether the operand has it.
    (long Source, long Target, bool Exists) Plane(int plane)
    {
        var (source, target, exists) = (0L, 0L, true);
        for (var i = dims.Length - 3; i >= 0; i--)
        {
            (plane, var at) = Math.DivRem(plane, dims[i].Extent);
            var position = at + dims[i].Least;
            exists &= (uint)position < (uint)dims[i].Exists;
            source += position * dims[i].Step;
            target += at * pitches[i];
        }
        return (source, target, exists);
    }

    void CopyPlane<T>(T* source, T* target, bool exists, int first, int count) where T : unmanaged
    {
        var rows = dims.Length > 1 ? dims[^2] : new(1, 0, 0, 1);
        var pitch = dims.Length > 1 ? pitches[^2] : 0;
        var from = exists ? Math.Clamp(-rows.Least, first, first + count) : first + count;
        var to = Math.Clamp(rows.Exists - rows.Least, from, first + count);
        source += rows.Least * rows.Step;
        for (var row = first; row < from; row++) new Span<T>(target + row * pitch, phase * Stride).Clear();
        // The last vector of a row reaches into those that follow, which are written after it; what follows the last ones is not ours.
        var reached = masks is null ? 0 : (masks.Length * Vector256<float>.Count - 1) / dims[^1].Extent;
        var masked = masks is null ? from : Math.Max(from, Math.Min(to, first + count - reached));
        if (masks is not null) CopyMasked((float*)source + from * rows.Step, (float*)target + from * pitch, rows.Step, pitch, masked - from);
        for (var row = masked; row < to; row++) CopyRow(source + row * rows.Step, target + row * pitch);
        for (var row = to; row < first + count; row++) new Span<T>(target + row * pitch, phase * Stride).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyMasked(float* source, float* target, long step, long pitch, int rows)
    {
        source += dims[^1].Least;
        var (first, second) = (masks![0].AsSingle(), masks[Math.Min(1, masks.Length - 1)].AsSingle());
        for (; rows > 0; rows--, source += step, target += pitch)
        {
            Copy(0, first);
            if (masks.Length > 1) Copy(1, second);
            for (var v = 2; v < masks.Length; v++) Copy(v, masks[v].AsSingle());
        }

        void Copy(int vector, Vector256<float> mask) =>
            Avx.MaskLoad(source + vector * Vector256<float>.Count, mask).Store(target + vector * Vector256<float>.Count);
    }

    // Planes begin an odd number of lines apart: else many of them share a few sets of the cache.
    static long[] Pitches(EquatableArray<MarginDim> dims, long row)
    {
        var pitches = new long[dims.Count];
        pitches[^1] = 1;
        for (var (i, pitch) = (dims.Count - 2, row); i >= 0; i--)
        {
            pitches[i] = pitch;
            pitch *= dims[i].Extent;
            pitch = (pitch + Line - 1) / Line * Line;
            if (pitch / Line % 2 == 0) pitch += Line;
        }
        return pitches;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopyRow<T>(T* source, T* target) where T : unmanaged
    {
        var lane = dims[^1];
        for (var rest = 0; rest < Stride; rest++, target += phase)
        {
            // Position least + rest + stride * j exists from j = from on, up to to.
            var start = lane.Least + rest;
            var from = Math.Clamp((-start + Stride - 1) / Stride, 0, phase);
            var to = Math.Clamp((lane.Exists - start + Stride - 1) / Stride, from, phase);
            new Span<T>(target, from).Clear();
            var step = lane.Step * Stride;
            var at = source + start * lane.Step;
            if (step == 1) new ReadOnlySpan<T>(at + from, to - from).CopyTo(new(target + from, to - from));
            else for (var j = from; j < to; j++) target[j] = at[j * step];
            new Span<T>(target + to, phase - to).Clear();
        }
    }

    // Which numbers of a row exist, eight at a time; null where others than neighbours follow each other, or the machine has no masks.
    static Vector256<int>[]? Masks(MarginDim row, int stride, bool isDouble) => stride > 1 || row.Step != 1 || isDouble || !Avx.IsSupported ? null
        : [.. Enumerable.Range(0, (row.Extent + Vector256<float>.Count - 1) / Vector256<float>.Count).Select(v => Vector256.LessThan(
            (Vector256<int>.Indices + Vector256.Create(Vector256<float>.Count * v + row.Least)).AsUInt32(), Vector256.Create((uint)row.Exists)).AsInt32())];

    struct Call
    {
        public MarginCopy Copy;
        public byte* Source;
        public byte* Target;
    }
}
