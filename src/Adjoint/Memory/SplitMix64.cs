namespace Adjoint;

/// <summary>Steele, Lea and Flood's generator: tiny, and the same numbers in every language.</summary>
/// <remarks>For test inputs and shuffles; random operands use <see cref="Philox"/>, which needs no order.</remarks>
public sealed class SplitMix64(ulong seed)
{
    ulong state = seed;

    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, 1), a multiple of 2^-53.</summary>
    public double Uniform() => (Next() >> 11) / (double)(1L << 53);

    public double Uniform(double low, double high) => low + (high - low) * Uniform();

    /// <summary>Standard normal; takes two numbers and drops the second of the pair: no hidden state.</summary>
    public double Normal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform())); // 1 - u is never 0
        return radius * Math.Cos(2 * Math.PI * Uniform());
    }

    /// <summary>An integer from <paramref name="low"/> up to <paramref name="high"/>, both possible.</summary>
    public int Integer(int low, int high) => low + (int)(Uniform() * (high - low + 1L));
}
