using System.Globalization;
using System.Text;

namespace Adjoint;

/// <summary>One thing that was verified.</summary>
/// <param name="Error">The worst error found; 0 where equality is exact.</param>
/// <param name="Bound">The largest error that passes.</param>
/// <param name="Detail">Where the worst error is, or what did not hold.</param>
public sealed record Check(string Name, double Error, double Bound, string Detail = "")
{
    public bool Passed => Error <= Bound; // false for NaN

    public override string ToString() =>
        $"{(Passed ? "ok    " : "FAILED")}  {Name,-28}"
        + (Bound == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  error {Error:0.0e+0} of {Bound:0e+0}"))
        + (Detail.Length == 0 ? "" : "  " + Detail);
}

/// <summary>What <see cref="Verification"/> found out about a program.</summary>
/// <param name="Seed">Draws the same inputs again.</param>
public sealed record VerificationResult(string Program, ulong Seed, string Inputs, IReadOnlyList<Check> Checks)
{
    public bool Passed => Checks.All(c => c.Passed);

    /// <summary>A headline, then one line a check.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Program}  seed {Seed}  {Inputs}\n");
        foreach (var check in Checks) text.Append("  ").Append(check).Append('\n');
        return text.ToString();
    }
}
