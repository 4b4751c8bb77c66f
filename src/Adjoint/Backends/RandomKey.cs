namespace Adjoint;

/// <summary>Where the numbers of one random operand come from: the input of a plan in place of an array.</summary>
/// <param name="Stream">A number of its own for each call that draws.</param>
/// <param name="Step">Training step: each has numbers of its own.</param>
readonly record struct RandomKey(ulong Seed, uint Stream, uint Step)
{
    /// <summary>Bytes of a key in memory.</summary>
    public const int Size = 16;

    public static RandomKey Of(Storage storage) => Of(storage.AsSpan<uint>());

    public static unsafe RandomKey At(nint address) => Of(new Span<uint>((void*)address, Size / sizeof(uint)));

    static RandomKey Of(ReadOnlySpan<uint> words) => new(words[0] | (ulong)words[1] << 32, words[2], words[3]);

    public Philox Numbers => new(Seed, Stream, Step);

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
        var philox = Numbers;
        return NdArray.Generate(shape, kind is OperandKind.Normal ? i => philox.Normal(i) : i => philox.Uniform(i));
    }
}
