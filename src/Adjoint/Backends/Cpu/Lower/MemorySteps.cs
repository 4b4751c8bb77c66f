using System.Runtime.InteropServices;

namespace Adjoint;

// What happens to whole tensors around the kernels: start values, the operand under an update, other types of memory,
// margins that the caller does not see.

/// <summary>Gives cells of a tensor their start value.</summary>
/// <param name="unset">Those that need it; null for all.</param>
sealed unsafe class FillStep(TensorPlace place, UnsetCells? unset) : CpuStep
{
    public override string Text => $"start value of {place.Name}";

    public override IEnumerable<int> Touches => [place.Buffer];

    public override void AddTouched(CpuFrame frame, List<Touched> touched)
    {
        var (first, bytes) = ((long)frame.Buffers[place.Buffer], place.Type.ByteSize);
        if (unset is null)
        {
            touched.Add(Touched.Written(first, place.Bytes));
            return;
        }
        var stride = place.Strides[unset.Dim] * bytes;
        var row = stride * place.Extent.Sizes[unset.Dim];
        for (var at = 0L; at < place.Bytes; at += row)
            foreach (var (from, to) in unset.Ranges) touched.Add(Touched.Written(first + at + from * stride, (to - from) * stride));
    }

    public override void Run(CpuFrame frame)
    {
        var cells = (byte*)frame.Buffers[place.Buffer];
        if (unset is null)
        {
            Fill(cells, place.Count);
            return;
        }
        var stride = place.Strides[unset.Dim];
        var row = stride * place.Extent.Sizes[unset.Dim];
        for (long first = 0; first < place.Count; first += row)
            for (var i = 0; i < unset.Ranges.Count; i++)
                Fill(cells + (first + unset.Ranges[i].From * stride) * place.Type.ByteSize,
                    (unset.Ranges[i].To - unset.Ranges[i].From) * stride);
    }

    void Fill(byte* cells, long count)
    {
        if (place.Start == 0) NativeMemory.Clear(cells, (nuint)(count * place.Type.ByteSize));
        else if (place.Element is Element.Double) Fill((double*)cells, count, place.Start);
        else if (place.Element is Element.Float) Fill((float*)cells, count, (float)place.Start);
        else if (place.Element is Element.Int32) Fill((int*)cells, count, int.CreateSaturating(place.Start));
        else Fill((long*)cells, count, long.CreateSaturating(place.Start));
    }

    static void Fill<T>(T* cells, long count, T value) where T : unmanaged
    {
        for (long i = 0; i < count; i += int.MaxValue)
            new Span<T>(cells + i, (int)Math.Min(int.MaxValue, count - i)).Fill(value);
    }
}

/// <summary>Starts w' at w.</summary>
sealed unsafe class CopyStep(TensorPlace from, TensorPlace to) : CpuStep
{
    public override string Text => $"{to.Name} starts at {from.Name}";

    public override IEnumerable<int> Touches => [from.Buffer, to.Buffer];

    /// <summary>The buffer of w.</summary>
    public int From => from.Buffer;

    public override void AddTouched(CpuFrame frame, List<Touched> touched)
    {
        if (frame.Buffers[from.Buffer] == frame.Buffers[to.Buffer]) return;
        touched.Add(Touched.Read(frame.Buffers[from.Buffer], to.Bytes));
        touched.Add(Touched.Written(frame.Buffers[to.Buffer], to.Bytes));
    }

    // Where the caller no longer needs w, w' may lie there, and a row written into a cache costs a row.
    public override void Run(CpuFrame frame)
    {
        if (frame.Buffers[from.Buffer] == frame.Buffers[to.Buffer]) return;
        NativeMemory.Copy((void*)frame.Buffers[from.Buffer], (void*)frame.Buffers[to.Buffer], (nuint)to.Bytes);
    }
}

/// <summary>Numbers of the caller as kernels want them, or the other way round.</summary>
sealed unsafe class ConversionStep(int from, DType fromType, int to, DType toType, long count) : CpuStep
{
    public override string Text => $"{fromType.Name} to {toType.Name}";

    public override IEnumerable<int> Touches => [from, to];

    // Number after number, through two functions.
    const double Instructions = 15;

    public override StepWork Work(CpuFrame frame, MachineSpeed speed) => new(Instructions * count * speed.Core.Instruction);

    public override void AddTouched(CpuFrame frame, List<Touched> touched)
    {
        touched.Add(Touched.Read(frame.Buffers[from], count * fromType.ByteSize));
        touched.Add(Touched.Written(frame.Buffers[to], count * toType.ByteSize));
    }

    public override void Run(CpuFrame frame) =>
        Conversion.Copy((void*)frame.Buffers[from], fromType, (void*)frame.Buffers[to], toType, count);
}

/// <summary>Copies the cells that an output shows out of the tensor that owns more or fewer; what it lacks is
/// 0.</summary>
/// <param name="output">The number of the output's buffer.</param>
sealed unsafe class WindowStep(TensorPlace place, int output, int[] from, int[] sizes) : CpuStep
{
    public override string Text => $"cells of {place.Name} that are shown";

    public override IEnumerable<int> Touches => [place.Buffer, output];

    public override void AddTouched(CpuFrame frame, List<Touched> touched)
    {
        var bytes = sizes.Aggregate((long)place.Type.ByteSize, (all, size) => all * size);
        touched.Add(Touched.Read(frame.Buffers[place.Buffer], place.Bytes) with { Bytes = bytes });
        touched.Add(Touched.Written(frame.Buffers[output], bytes));
    }

    public override void Run(CpuFrame frame)
    {
        var target = (byte*)frame.Buffers[output];
        Copy(0, (byte*)frame.Buffers[place.Buffer], ref target, true);
    }

    void Copy(int d, byte* source, ref byte* target, bool isOwned)
    {
        var bytes = place.Type.ByteSize;
        if (d == sizes.Length)
        {
            Move(source, target, bytes, isOwned);
            target += bytes;
            return;
        }
        var first = from[d] - place.Extent.From[d];
        if (d == sizes.Length - 1 && first >= 0 && first + sizes[d] <= place.Extent.Sizes[d])
        {
            Move(source + first * bytes, target, (long)sizes[d] * bytes, isOwned);
            target += (long)sizes[d] * bytes;
            return;
        }
        for (var i = 0; i < sizes[d]; i++)
        {
            var cell = first + i;
            Copy(d + 1, source + cell * place.Strides[d] * bytes, ref target,
                isOwned && (uint)cell < (uint)place.Extent.Sizes[d]);
        }
    }

    static void Move(byte* source, byte* target, long bytes, bool isOwned)
    {
        if (isOwned) NativeMemory.Copy(source, target, (nuint)bytes);
        else NativeMemory.Clear(target, (nuint)bytes);
    }
}
