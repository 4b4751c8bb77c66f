using System.Runtime.InteropServices;

namespace Adjoint.Tests;

/// <summary>Examples that say their own number, so that orders can be read from batches.</summary>
/// <param name="failsAt">This example cannot be read.</param>
sealed class CountingDataset(int count, int failsAt = -1, int side = 3) : Dataset
{
    public override string Name => "counting";
    public override int Count => count;
    public override IReadOnlyList<Field> Fields { get; } =
        [new("image", DType.Float32, 1, side, side), new("number", DType.Int64), new(LabelField, DType.Int32)];

    public override void Fill(int example, int field, Span<byte> to)
    {
        if (example == failsAt) throw new InvalidOperationException("the disk is gone");
        if (field == 1) MemoryMarshal.Write(to, (long)example);
        else if (field == 2) MemoryMarshal.Write(to, example % 3);
        else
        {
            var pixels = MemoryMarshal.Cast<byte, float>(to);
            for (var i = 0; i < pixels.Length; i++) pixels[i] = example + i / 100f;
        }
    }
}
