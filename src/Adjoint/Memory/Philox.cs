namespace Adjoint;

// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): four 32-bit words
// as a function of a counter and a key. No state and no order, so a value can be recomputed anywhere.
// Counter: element (two words), step, stream. Key: the seed. An element has a block of its own.

/// <summary>Random numbers as a function of seed, stream, step and position.</summary>
public readonly partial struct Philox(ulong seed, uint stream, uint step)
{
    const int Rounds = 10;
    const uint EvenFactor = 0xD2511F53, OddFactor = 0xCD9E8D57, EvenKey = 0x9E3779B9, OddKey = 0xBB67AE85;

    /// <summary>In [0, 1), a multiple of 2^-53.</summary>
    public double Uniform(long element)
    {
        var (a, b, _, _) = Words(element);
        return Unit(a, b);
    }

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal(long element)
    {
        var (a, b, c, d) = Words(element);
        return Math.Sqrt(-2 * Math.Log(1 - Unit(a, b))) * Math.Cos(2 * Math.PI * Unit(c, d)); // 1 - u is never 0
    }

    /// <summary>The stream of an operand: its name, hashed (FNV-1a), so that a reverse sees the same.</summary>
    public static uint StreamOf(string name)
    {
        var hash = 2166136261u;
        foreach (var letter in name) hash = (hash ^ letter) * 16777619u;
        return hash;
    }

    /// <summary>Ten rounds over one counter.</summary>
    public static (uint, uint, uint, uint) Block((uint, uint, uint, uint) counter, (uint, uint) key)
    {
        var (c0, c1, c2, c3) = counter;
        var (k0, k1) = key;
        for (var round = 0; round < Rounds; round++)
        {
            var even = (ulong)c0 * EvenFactor;
            var odd = (ulong)c2 * OddFactor;
            (c0, c1, c2, c3) = ((uint)(odd >> 32) ^ c1 ^ k0, (uint)odd, (uint)(even >> 32) ^ c3 ^ k1, (uint)even);
            k0 += EvenKey;
            k1 += OddKey;
        }
        return (c0, c1, c2, c3);
    }

    (uint, uint, uint, uint) Words(long element) =>
        Block(((uint)element, (uint)(element >> 32), step, stream), ((uint)seed, (uint)(seed >> 32)));

    // 53 bits: all of the first word and the upper 21 of the second.
    static double Unit(uint high, uint low) => (((ulong)high << 21) | (low >> 11)) / (double)(1L << 53);
}
