using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Adjoint.Tests;

// Environment: ADJOINT_SLOW=1 runs the long form with a fresh seed, ADJOINT_SEED repeats a run, ADJOINT_RANDOM sets the
// number of cases. Without them the seed is fixed: the gate gives the same verdict twice; the slow run looks elsewhere.

/// <summary>The seed and the length of a random run; failures shrink and are printed whole.</summary>
static class RandomRun
{
    const ulong GateSeed = 20250807;

    public static bool IsSlow { get; } = Environment.GetEnvironmentVariable("ADJOINT_SLOW") == "1";

    public static ulong Seed { get; } = Number("ADJOINT_SEED") ?? (IsSlow ? (ulong)DateTime.UtcNow.Ticks : GateSeed);

    public static int Count(int gate, int slow) => (int)(Number("ADJOINT_RANDOM") ?? (ulong)(IsSlow ? slow : gate));

    /// <summary>Checks one property on many cases; the same seed gives the same cases to every property.</summary>
    public static void Check<T>(int count, Func<int, T> generate, Func<T, IEnumerable<T>> shrink, Action<T> property)
    {
        Print($"ADJOINT_SEED={Seed}, {count} cases");
        var cases = Gen.Choose(0, int.MaxValue).Select(generate);
        var config = Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true).WithReplay(Seed, Seed | 1);
        Prop.ForAll(Arb.From(cases, shrink), property).Check(config);
    }

    /// <summary>Checks one property on random programs; a failing one shrinks to a small one that is still valid.</summary>
    public static void Check(int count, Action<RandomCase> property, Func<int, RandomCase>? generate = null) =>
        Check(count, generate ?? ProgramGenerator.Of, ProgramShrinker.Smaller, property);

    public static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    static ulong? Number(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : null;
}
