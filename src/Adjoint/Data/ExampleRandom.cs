namespace Adjoint;

/// <summary>Random numbers for one example in one epoch: the same whenever it is read again.</summary>
public struct ExampleRandom
{
    readonly Philox numbers;
    long next;

    internal ExampleRandom(ulong seed, int epoch, int example) =>
        numbers = new(seed, Philox.StreamOf("example") ^ (uint)epoch, (uint)example);

    /// <summary>In [0, 1).</summary>
    public double Uniform() => numbers.Uniform(next++);

    public double Uniform(double low, double high) => low + (high - low) * Uniform();

    /// <summary>Standard normal.</summary>
    public double Normal() => numbers.Normal(next++);

    /// <summary>A whole number from <paramref name="low"/> up to <paramref name="high"/>, both possible.</summary>
    public int Integer(int low, int high) => low + (int)(Uniform() * (high - low + 1L));
}
