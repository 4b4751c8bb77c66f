using System.Globalization;

namespace Adjoint;

/// <summary>What attention adds to a translation of n words to m words: a term in n m and nothing else.</summary>
sealed class Seq2SeqCostLab : Lab
{
    const int Words = 32, Units = 64, Vocabulary = 1000;
    static readonly int[] Lengths = [10, 20, 40, 80, 160];

    public override string Name => "seq2seq-cost";

    public override string Title => "what attention adds to the cost of a translation: exactly n m (4h + 3) operations and its part of the decoder";

    public override LabReport Run(LabOptions options, CancellationToken cancellation = default)
    {
        var both = LabPrograms.Read("seq2seq").Zip(["without attention", "with attention"], (program, name) => (Name: name, Program: program)).ToList();
        var rows = new List<string[]>();
        var figure = new LinePlot { Title = "translation of n words to n words", XLabel = "n", YLabel = "operations", IsXLog = true, IsYLog = true };
        foreach (var (name, program) in both)
        {
            figure.Add(name, [.. Lengths.Select(n => (double)n)], [.. Lengths.Select(n => (double)Predicted(program, n, n))]);
            rows.AddRange(Lengths.Take(2).Select(n => (string[])[name, $"{n}", Shown(Predicted(program, n, n)), Shown(Counted(program, n, n, options))]));
        }
        var mixed = both.ToDictionary(b => b.Name, b => Mixed(b.Program));
        var attention = 100 * (4 * Units + 3);
        return new(
            [
                new("operations of n source and n target words (d 32, h 64, V 1000)", ["model", "n", "predicted", "counted"], rows),
                new("as polynomials", ["model", "operations"], [.. both.Select(b => (string[])[b.Name, Cost.Of(b.Program).Operations.ToString()])]),
            ],
            [new("seq2seq_cost", figure)],
            [
                new("the interpreter counts what is predicted", rows.All(r => r[2] == r[3]), string.Join(", ", rows.Select(r => r[3]))),
                new("without attention neither length knows of the other", mixed["without attention"] == 0,
                    $"the mixed second difference over 10 and 20 words is {Shown(mixed["without attention"])}"),
                new("attention is bilinear, (4h + 3) operations for each pair of words", mixed["with attention"] == attention,
                    $"the mixed second difference is {Shown(mixed["with attention"])}, and 100 (4h + 3) is {Shown(attention)}"),
            ]);
    }

    static long Predicted(LoopProgram program, int n, int m) => (long)Cost.Of(program, new Dictionary<string, Polynomial>
    {
        ["n"] = n, ["m"] = m, ["d"] = Words, ["h"] = Units, ["V"] = Vocabulary,
    }).Operations.Value.Numerator;

    static long Counted(LoopProgram program, int n, int m, LabOptions options)
    {
        var sizes = new Dictionary<string, int> { ["n"] = n, ["m"] = m, ["d"] = Words, ["h"] = Units, ["V"] = Vocabulary, ["g"] = 4, ["k"] = Units };
        var random = new SplitMix64(options.Seed);
        var operands = program.Operands.ToDictionary(o => o.Name, o => NdArray.Generate([.. o.Dims.Select(d => sizes[d.Axes[0]])], _ => 0.1 * random.Normal()));
        return Reference.Run(Cost.Of(program).Counted, operands, options: new() { CountOperations = true }).Operations.Values.Sum();
    }

    static long Mixed(LoopProgram program) =>
        Predicted(program, 20, 20) - Predicted(program, 20, 10) - Predicted(program, 10, 20) + Predicted(program, 10, 10);

    static string Shown(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
