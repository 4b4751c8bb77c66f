using System.Globalization;
using System.Text;

namespace Adjoint.Cli;

/// <summary>Parse, reverse and cost of one text: what stands between a definition and a plan for it.</summary>
sealed class DerivationBench(string name, string text)
{
    // Enough runs for a median that repeats. Before them the code is compiled twice, quickly and then well.
    const int Runs = 51;
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    const int Blocks = 50;

    public static IReadOnlyList<DerivationBench> All { get; } =
    [
        Of("lstm"), Of("attention"), Of("conv2d"), new("derive_200_ops", TwoHundredOps()),
    ];

    public string Name { get; } = name;

    public int Lines { get; } = text.AsSpan().Count('\n');

    public Timing Measure(CancellationToken cancellation) =>
        Timing.Within(WarmUp, TimeSpan.Zero, (Runs, Runs), Derive, isOneThread: false, cancellation);

    void Derive()
    {
        var reverse = Reverse.Of(Parser.Parse(text)) ?? throw new InternalException($"{Name} has no reverse");
        var (forward, backward) = Cost.Of(reverse);
        if (forward.Operations.IsZero || backward.Operations.IsZero)
            throw new InternalException($"{Name} costs nothing");
    }

    static DerivationBench Of(string op) => new("derive_" + op, Printer.Print(Catalogue.Find(op)!.Program));

    // 50 blocks of linear, GELU, layer norm and residual, all in one program.
    static string TwoHundredOps()
    {
        var operands = new StringBuilder("x0[b,i]");
        var body = new StringBuilder("  axis j < #i\n");
        for (var n = 1; n <= Blocks; n++)
        {
            operands.Append(CultureInfo.InvariantCulture, $", w{n}[j,i], bias{n}[j], gain{n}[i], shift{n}[i]");
            body.Append(CultureInfo.InvariantCulture, $"""
                  a{n}[b,j] += x{n - 1}[b,i] * w{n}[j,i]
                  a{n}[b,j] += bias{n}[j]
                  g{n}[b,i] = 0.5 * a{n}[b,i] * (1 + erf(a{n}[b,i] * 0.7071067811865476))
                  m{n}[b] += g{n}[b,i] / #i
                  v{n}[b] += square(g{n}[b,i] - m{n}[b]) / #i
                  n{n}[b,i] = (g{n}[b,i] - m{n}[b]) / sqrt(v{n}[b] + 1e-5)
                  y{n}[b,i] = gain{n}[i] * n{n}[b,i] + shift{n}[i]
                  x{n}[b,i] = x{n - 1}[b,i] + y{n}[b,i]

                """);
        }
        return $"two_hundred_ops({operands}) -> x{Blocks}\n{body}";
    }
}
