namespace Adjoint;

/// <summary>Where the numbers of one random operand come from: the input of a plan in place of an array.</summary>
/// <param name="Stream">A number of its own for each call that draws.</param>
/// <param name="Step">Training step: each has numbers of its own.</param>
readonly record struct RandomKey(ulong Seed, uint Stream, uint Step)
{
    /// <summary>Bytes of a key in memory.</summary>
    public const int Size = 16;

    public static RandomKey Of(Storage storage)
    {
        var words = storage.AsSpan<uint>();
        return new(words[0] | (ulong)words[1] << 32, words[2], words[3]);
    }

    public void CopyTo(Storage storage)
    {
        var words = storage.AsSpan<uint>();
        (words[0], words[1], words[2], words[3]) = ((uint)Seed, (uint)(Seed >> 32), Stream, Step);
    }

    public Storage ToStorage()
    {
        var storage = Storage.Allocate(Size);
        CopyTo(storage);
        return storage;
    }

    public NdArray Draw(OperandKind kind, int[] shape)
    {
        var philox = new Philox(Seed, Stream, Step);
        return NdArray.Generate(shape, kind is OperandKind.Normal ? i => philox.Normal(i) : i => philox.Uniform(i));
    }
}
