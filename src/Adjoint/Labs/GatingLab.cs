using System.Globalization;

namespace Adjoint;

/// <summary>Why recurrent networks have gates: how far gradients reach back, and who learns to remember.</summary>
sealed class GatingLab : Lab
{
    const int Units = 64, Updates = 1500, Batch = 32, Steps = 200, Examples = 8;
    const double Solved = 0.99;

    static readonly int[] Lags = [1, 2, 5, 10, 20, 50, 100, 200];

    static readonly (string Name, string Model, string Forget)[] Cells =
    [
        ("vanilla", "rnn", "zero"), ("ungated skip", "skip", "zero"), ("UGRNN", "ugrnn", "zero"), ("GRU", "gru", "zero"),
        ("LSTM, forget bias 0", "lstm", "zero"), ("LSTM, forget bias spread", "lstm", "spread"),
    ];

    public override string Name => "gating";

    public override string Title => "gates against plain and skip connections: gradients by lag, recall of one symbol and sums after T steps";

    public override LabReport Run(LabOptions options, CancellationToken cancellation = default)
    {
        int[] lengths = options.IsShort ? [20] : [50, 100, 200, 500];
        var norms = Cells.ToDictionary(c => c.Name, c => Lags.Select(lag => Norm(c.Model, c.Forget, lag, options.Seed)).ToArray());
        var plot = new LinePlot { Title = "gradient of the last state by an earlier one", XLabel = "steps between them", YLabel = "norm", IsXLog = true, IsYLog = true };
        foreach (var (name, values) in norms) plot.Add(name, [.. Lags.Select(l => (double)l)], values);
        var copied = Trained("copy-memory", ["symbols=1", "lr=0.004"], lengths, options, cancellation);
        var added = Trained("adding", ["lr=0.004"], lengths, options, cancellation);
        return new(
            [
                new("norm of the gradient of a state by the state so many steps before, at random weights", ["cell", .. Lags.Select(l => $"{l}")],
                    [.. norms.Select(n => (string[])[n.Key, .. n.Value.Select(v => Text($"{v:G2}"))])]),
                Table($"copy-memory: share of one symbol of eight recalled after T steps, at most {UpdatesOf(options)} updates of {Batch}", copied, lengths),
                Table($"adding: share of sums within 0.04, at most {UpdatesOf(options)} updates of {Batch}", added, lengths),
            ],
            [new("gating_gradients", plot)], [.. Claims(norms, copied, Array.IndexOf(lengths, 200))]);
    }

    // What is said of gates; a short training can't tell who remembers.
    static IEnumerable<LabClaim> Claims(Dictionary<string, double[]> norms, Dictionary<string, double[]> copied, int after200)
    {
        var far = Array.IndexOf(Lags, 100);
        yield return new("gradients of a vanilla network are gone after 100 steps, those of a spread LSTM are not",
            norms["vanilla"][far] < 1e-6 && norms["LSTM, forget bias spread"][far] > 1e-3,
            Text($"{norms["vanilla"][far]:G2} and {norms["LSTM, forget bias spread"][far]:G2}"));
        if (after200 < 0) yield break;
        foreach (var (name, isSolver) in new[] { ("LSTM, forget bias spread", true), ("LSTM, forget bias 0", false), ("vanilla", false), ("ungated skip", false) })
            yield return new($"{name}: {(isSolver ? "recalls" : "does not recall")} a symbol after 200 steps",
                copied[name][after200] >= Solved == isSolver, Text($"{copied[name][after200]:P1} are right (by chance 12.5 %)"));
    }

    // How the sum of the last state depends on the whole state some steps before.
    static double Norm(string model, string forget, int lag, ulong seed)
    {
        var random = new SplitMix64(seed);
        var network = MemorySystem.Network(new CopyMemory().Settings().With(("model", model), ("forget", forget), ("lag", $"{Steps}")), Units);
        network.Initialize(seed, DType.Float64);
        var x = Tensor.Of(HostArray.FromDoubles(DType.Float64, [Steps + lag, Examples, Units],
            NdArray.Generate([Steps + lag, Examples, Units], _ => random.Normal()).Values));
        Tensor[] state = [.. network.Unroll(x[..Steps]).State.Select(s => Tensor.Of(s.ToHost()).WithGrad())];
        network.Unroll(x[Steps..], state).Output[^1].Sum().Backward();
        return Math.Sqrt(state.Sum(s => s.Grad?.Square().Sum().Item() ?? 0) / (Examples * Units));
    }

    static Dictionary<string, double[]> Trained(string system, string[] settings, int[] lengths, LabOptions options, CancellationToken cancellation)
    {
        var found = new Dictionary<string, double[]>();
        foreach (var (name, model, forget) in Cells)
            found[name] = [.. lengths.Select(length => Right(system, [.. settings, $"model={model}", $"forget={forget}", $"lag={length}"], name, options, cancellation))];
        return found;
    }

    // Trained until it is right nearly always, or until the budget is spent.
    static double Right(string system, string[] settings, string name, LabOptions options, CancellationToken cancellation)
    {
        const int Look = 100;
        var found = TrainingSystem.Find(system);
        var updates = UpdatesOf(options);
        var all = found.Settings().With([.. settings.Append($"units={Units}").Append($"batch={Batch}").Append($"examples={Batch * updates}").Append("epochs=1")
            .Select(s => s.Split('=')).Select(s => (s[0], s[1]))]);
        var job = found.Prepare(all, null, options.Seed).Job;
        using var loader = job.Loader;
        var step = Trainer.Capture(job);
        var right = 0.0;
        for (var n = 1; n <= updates; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            job.Model.Train();
            step.Run(loader.Next(cancellation).Tensors);
            if (n % Look != 0 && n != updates) continue;
            right = job.Validate!(cancellation)["right"];
            if (right >= Solved) break;
        }
        options.Progress?.Invoke(Text($"{system}, {name}, {all.Count("lag")} steps: {right:P1} right"));
        return right;
    }

    static int UpdatesOf(LabOptions options) => options.IsShort ? 60 : Updates;

    static LabTable Table(string title, Dictionary<string, double[]> right, int[] lengths) => new(title, ["cell", .. lengths.Select(l => $"T = {l}")],
        [.. right.Select(r => (string[])[r.Key, .. r.Value.Select(v => Text($"{v:P1}"))])]);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
