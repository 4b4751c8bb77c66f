using System.Runtime.InteropServices;

namespace Adjoint;

// What happens to whole tensors around the kernels: start values, the operand under an update, random numbers, margins
// that the caller does not see.

/// <summary>Gives the cells of a tensor their start value.</summary>
sealed unsafe class FillStep(TensorPlace place) : CpuStep
{
    public override void Run(CpuFrame frame)
    {
        var cells = (void*)frame.Buffers[place.Buffer];
        if (place.Start == 0) NativeMemory.Clear(cells, (nuint)place.Bytes);
        else if (place.Element is Element.Double) Fill((double*)cells, place.Start);
        else Fill((float*)cells, (float)place.Start);
    }

    void Fill<T>(T* cells, T value) where T : unmanaged
    {
        for (long i = 0; i < place.Count; i += int.MaxValue)
            new Span<T>(cells + i, (int)Math.Min(int.MaxValue, place.Count - i)).Fill(value);
    }
}

/// <summary>Starts w' at w.</summary>
sealed unsafe class CopyStep(TensorPlace from, TensorPlace to) : CpuStep
{
    public override void Run(CpuFrame frame) =>
        NativeMemory.Copy((void*)frame.Buffers[from.Buffer], (void*)frame.Buffers[to.Buffer], (nuint)to.Bytes);
}

/// <summary>Draws the numbers of a random operand that the caller has not given.</summary>
sealed unsafe class RandomStep(TensorPlace place, bool isNormal) : CpuStep
{
    public int Buffer => place.Buffer;

    readonly uint stream = Philox.StreamOf(place.Name);

    public override void Run(CpuFrame frame)
    {
        var philox = new Philox(frame.Seed, stream, frame.Step);
        var cells = frame.Buffers[place.Buffer];
        for (long i = 0; i < place.Count; i++)
        {
            var value = isNormal ? philox.Normal(i) : philox.Uniform(i);
            if (place.Element is Element.Double) ((double*)cells)[i] = value;
            else ((float*)cells)[i] = (float)value;
        }
    }
}

/// <summary>Copies the cells that an output shows out of the tensor that owns more or fewer; what it lacks is
/// 0.</summary>
/// <param name="output">The number of the output's buffer.</param>
sealed unsafe class WindowStep(TensorPlace place, int output, int[] from, int[] sizes) : CpuStep
{
    readonly int[] index = new int[sizes.Length];

    public override void Run(CpuFrame frame)
    {
        var bytes = place.Type.ByteSize;
        var source = (byte*)frame.Buffers[place.Buffer];
        var target = (byte*)frame.Buffers[output];
        var count = 1L;
        foreach (var size in sizes) count *= size;
        Array.Clear(index);
        for (long i = 0; i < count; i++)
        {
            long offset = 0;
            var isOwned = true;
            for (var d = 0; d < sizes.Length; d++)
            {
                var cell = index[d] + from[d] - place.Extent.From[d];
                isOwned &= (uint)cell < (uint)place.Extent.Sizes[d];
                offset += cell * place.Strides[d];
            }
            if (isOwned) NativeMemory.Copy(source + offset * bytes, target + i * bytes, (nuint)bytes);
            else NativeMemory.Clear(target + i * bytes, (nuint)bytes);
            for (var d = sizes.Length - 1; d >= 0 && ++index[d] == sizes[d]; d--) index[d] = 0;
        }
    }
}
