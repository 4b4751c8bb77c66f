using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint;

// The same numbers, several elements at a time. Each word lies in the lower half of a lane of 64 bits; what a product
// leaves in the upper half is never read, for products take lower halves and a word's upper half is shifted away.

public readonly partial struct Philox
{
    const int Lanes = 8;

    /// <summary>Uniform numbers of consecutive elements, the bits of <see cref="Uniform(long)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal unsafe void Uniform(long first, float* cells, int count)
    {
        var i = 0;
        // A carry into the upper word of the counter is left to the scalar form.
        if (Avx2.IsSupported && (first >>> 32) == (first + count) >>> 32)
            for (; i + Lanes <= count; i += Lanes)
            {
                var element = Vector256.Create((ulong)first + (ulong)i) + Vector256.Create(0ul, 1, 2, 3);
                var (low, high) = (Units(element), Units(element + Vector256.Create(4ul)));
                Vector256.Narrow(low, high).Store(cells + i);
            }
        for (; i < count; i++) cells[i] = (float)Uniform(first + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Vector256<double> Units(Vector256<ulong> element)
    {
        var (c0, c1) = (element, element >>> 32);
        Vector256<ulong> c2 = Vector256.Create((ulong)step), c3 = Vector256.Create((ulong)stream);
        var (k0, k1) = ((uint)seed, (uint)(seed >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var even = Product(c0, EvenFactor);
            var odd = Product(c2, OddFactor);
            c0 = (odd >>> 32) ^ c1 ^ Vector256.Create((ulong)k0);
            c2 = (even >>> 32) ^ c3 ^ Vector256.Create((ulong)k1);
            (c1, c3) = (odd, even);
            k0 += EvenKey;
            k1 += OddKey;
        }
        var word = Vector256.Create((ulong)uint.MaxValue);
        var bits = ((c0 & word) << 21) | ((c1 & word) >>> 11);
        return Vector256.ConvertToDouble(bits) * (1.0 / (1L << 53));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> Product(Vector256<ulong> words, uint factor) =>
        Avx2.Multiply(words.AsUInt32(), Vector256.Create((ulong)factor).AsUInt32());
}
