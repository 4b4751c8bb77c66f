using System.Globalization;

namespace Adjoint;

// A call that draws has the next stream of its scope, so equal code under an equal seed draws equal numbers, in any
// order of computation and again in the reverse. A captured step has streams of its own and counts its runs instead.

/// <summary>The streams of a seed, handed out call by call.</summary>
sealed class RandomStreams(ulong seed)
{
    static readonly AsyncLocal<RandomStreams?> Scope = new();
    static readonly RandomStreams Default = new(0);

    readonly Dictionary<string, uint> usedBy = [];
    uint used;

    public ulong Seed => seed;

    public static RandomStreams Current => (Tracing.Current as Captured)?.Streams ?? Scope.Value ?? Default;

    public RandomKey Next() => new(seed, Interlocked.Increment(ref used), 0);

    /// <summary>The next stream of somebody with a name: whatever else draws, it draws the same numbers.</summary>
    public RandomKey Next(string name)
    {
        lock (usedBy)
        {
            var count = usedBy[name] = usedBy.GetValueOrDefault(name) + 1;
            return new(seed, Philox.StreamOf(string.Create(CultureInfo.InvariantCulture, $"{name}#{count}")), 0);
        }
    }

    /// <summary>Streams of a step: those of no other step of the same seed.</summary>
    public RandomStreams Branch() => new(seed + 0x9E3779B97F4A7C15 * Interlocked.Increment(ref used));

    /// <summary>Until it is disposed, calls draw from this seed.</summary>
    public static IDisposable Begin(ulong seed)
    {
        var before = Scope.Value;
        Scope.Value = new(seed);
        return new Ending(before);
    }

    sealed class Ending(RandomStreams? before) : IDisposable
    {
        public void Dispose() => Scope.Value = before;
    }
}
