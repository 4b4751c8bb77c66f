using Xunit;

namespace Adjoint.Tests;

// The text people read is part of the product: a change of the derivation shows here as a diff of loops and costs.

public sealed class ReverseTextTests
{
    public static TheoryData<string> Names => CatalogueTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_derived_from_an_op_reads_as_on_file(string name) =>
        Repository.AssertGolden(Derived(Catalogue.Find(name)!.Program), "tests", "golden", "derived", name + ".txt");

    // Conditions, margins, ties and shifts in combinations that no op has.
    [Fact]
    public void What_is_derived_from_random_programs_reads_as_on_file() => Repository.AssertGolden(
        string.Join('\n', Enumerable.Range(0, 120).Select(seed => Derived(ProgramGenerator.Of(seed).Program))),
        "tests", "golden", "derived_random.txt");

    static string Derived(LoopProgram program)
    {
        var lines = new List<string>();
        if (Reverse.Of(program) is { } reverse)
        {
            var (forward, back) = Cost.Of(reverse);
            lines.AddRange([Printer.Print(reverse.Forward), Printer.Print(reverse.Program)]);
            lines.AddRange([.. Figures("Forward", forward), .. Figures("Reverse", back)]);
            if (Reverse.Of(reverse.Program) is { } second)
                lines.Add($"# Reverse of the reverse: {Cost.Of(second).Reverse.Operations}");
        }
        else lines.AddRange([Printer.Print(program), .. Figures("Forward", Cost.Of(program))]);
        lines.AddRange(Mixing.Of(program).Print().TrimEnd('\n').Split('\n').Select(line => $"# {line}"));
        return string.Join('\n', lines) + "\n";
    }

    static IEnumerable<string> Figures(string title, Cost cost)
    {
        yield return $"# {title}: {cost.Operations}{(cost.IsExact ? "" : " at most")}";
        if (cost.DenseOperations != cost.Operations) yield return $"#   without clipping {cost.DenseOperations}";
        foreach (var (kind, count) in cost.ByKind) yield return $"#   {kind} {count}";
        yield return $"#   reads {cost.BytesRead}, writes {cost.BytesWritten}, kept {cost.Kept}";
        yield return $"#   peak {cost.PeakBytes}, critical path {cost.CriticalPath}";
    }
}
