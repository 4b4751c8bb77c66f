namespace Adjoint;

/// <summary>Writes dates in one form, letters in reverse or numbers in words, from sequences that it reads.</summary>
public sealed class Seq2SeqSystem : DrawnSystem
{
    public override string Name => "seq2seq";

    public override string Title => "dates, reversed letters or names of numbers by two LSTMs, with or without attention (no data needed)";

    public override Settings Settings() => Drawing(epochs: 10, batch: 64, rate: 4e-3, examples: 10_000)
        .Add("task", "dates", "dates, reverse or numbers").Add("attention", true, "whether the writer looks at all that was read")
        .Add("width", 32, "numbers a character is").Add("units", 96, "units of each LSTM");

    const int Shown = 4; // examples in a picture

    private protected override Dataset Draw(Settings settings, int count, ulong seed) => SequenceTasks.Dataset(settings.Name("task"), count, seed);

    private protected override Layer Model(Settings settings) => new Seq2Seq(SequenceTasks.Alphabet.Count,
        SequenceTasks.Lengths(settings.Name("task")).Source, settings.Count("width"), settings.Count("units"), settings.Flag("attention"));

    public override TargetWriter Writer(Settings settings) => WriterOf(settings, (Seq2Seq)Model(settings));

    // alignments.svg: what the model reads of the first examples it is judged on, while it writes what it takes for right.
    private protected override Action<string>? Pictures(Settings settings, Layer model, ulong seed) => !settings.Flag("attention") ? null : folder =>
    {
        var (writer, random) = (WriterOf(settings, (Seq2Seq)model), new SplitMix64(seed));
        var written = Enumerable.Range(0, Shown).Select(_ => writer.Beam(SequenceTasks.Draw(settings.Name("task"), random).Source, width: 1));
        AlignmentMap[] maps = [.. written.Where(w => w.Text.Length > 0).Select(w => writer.Alignment(w.Source, w.Text)!)];
        if (maps.Length > 0) AlignmentMap.WriteSvg(Path.Combine(folder, "alignments.svg"), maps);
    };

    static TargetWriter WriterOf(Settings settings, Seq2Seq model)
    {
        var (source, target) = SequenceTasks.Lengths(settings.Name("task"));
        return new(model, SequenceTasks.Alphabet, source, target);
    }

    // The best tokens given the right ones before are those that greedy writing takes, as long as all are right.
    private protected override (Tensor Loss, Tensor Right) Judge(Layer model, Tensor[] fields)
    {
        var (scores, answer) = (model.Forward(fields[0]), fields[1]);
        var right = scores.ArgMax(-1).Equal(answer).Or(answer.Less(0)).All(-1);
        return (scores.CrossEntropySmoothed(answer, 0), right.To(DType.Float32).Mean());
    }
}
