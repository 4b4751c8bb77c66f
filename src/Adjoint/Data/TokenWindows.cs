using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>Pieces of one long text of numbers, each with the same piece one place later: what a language model reads and
/// what it must say.</summary>
public sealed class TokenWindows : Dataset
{
    readonly int[] tokens;
    readonly int length, stride;
    readonly Field[] fields;

    /// <param name="length">Tokens of a piece.</param>
    /// <param name="stride">From the beginning of a piece to that of the next; the length if it is not given.</param>
    /// <exception cref="DataException">The text is shorter than one piece.</exception>
    public TokenWindows(string name, ReadOnlySpan<int> tokens, int length, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? length, 1);
        if (tokens.Length < length + 1)
            throw new DataException($"Data set '{name}': {tokens.Length} tokens are too few for a piece of {length} "
                + "and its next one.", name);
        (Name, this.tokens, this.length, this.stride) = (name, tokens.ToArray(), length, stride ?? length);
        fields = [new("input", DType.Int32, length), new("target", DType.Int32, length)];
    }

    public override string Name { get; }
    public override int Count => (tokens.Length - length - 1) / stride + 1;

    /// <summary>input int32[t] and target int32[t].</summary>
    public override IReadOnlyList<Field> Fields => fields;

    public override void Fill(int example, int field, Span<byte> to) =>
        MemoryMarshal.AsBytes(tokens.AsSpan(example * stride + field, length)).CopyTo(to);
}
