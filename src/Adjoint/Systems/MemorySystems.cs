namespace Adjoint;

/// <summary>Tasks that a recurrent network solves only if it remembers over many steps (Hochreiter and Schmidhuber, 1997).</summary>
public abstract class MemorySystem : DrawnSystem
{
    public override Settings Settings() => Drawing(epochs: 10, batch: 32, rate: 4e-3, examples: 6400)
        .Add("model", "lstm", "rnn, skip (adds to its state without a gate), ugrnn, gru or lstm").Add("units", 64, "units of the network")
        .Add("lag", 50, "steps to remember over")
        .Add("forget", "zero", "bias of the forget gate of an lstm: zero, one, or spread: units forget after 1 to lag steps, evenly by logarithm");

    /// <summary>The network that is asked for.</summary>
    internal static Recurrent Network(Settings settings, int inputs) => settings.Name("model") switch
    {
        "rnn" => new Rnn(inputs, settings.Count("units")),
        "skip" => new SkipRnn(inputs, settings.Count("units")),
        "ugrnn" => new UgRnn(inputs, settings.Count("units")),
        "gru" => new Gru(inputs, settings.Count("units")),
        "lstm" => new Lstm(inputs, settings.Count("units"), forgetBias: ForgetBias(settings)),
        var other => throw new SettingException($"Setting 'model': there is no '{other}'.\n  models  rnn, skip, ugrnn, gru, lstm"),
    };

    // A gate of sigmoid(log k) keeps a state for about k steps.
    static Init ForgetBias(Settings settings) => settings.Name("forget") switch
    {
        "zero" => Init.Zeros,
        "one" => Init.Ones,
        "spread" => Init.Uniform(0, Math.Log(Math.Max(2, settings.Count("lag")))),
        var other => throw new SettingException($"Setting 'forget': there is no '{other}'.\n  biases  zero, one, spread"),
    };
}

/// <summary>A network that adds to its state and never forgets: h[t] = h[t-1] + tanh(w x[t] + u h[t-1] + bias), as a residual
/// network does with its layers.</summary>
sealed class SkipRnn(int inputs, int units) : Recurrent(1, inputs, units, 1, isBidirectional: false, dropout: 0, hasRecurrentBias: false)
{
    private protected override IReadOnlyList<Tensor> States(Tensor x, RecurrentWeights weights, IReadOnlyList<Tensor> start)
    {
        Tensor u = weights.Recurrent;
        return [Tensor.Scan((now, before) => before + (now + before.Linear(u)).Tanh(), x.Linear(weights.Input, weights.InputBias), start[0])];
    }
}

/// <summary>Says symbols again that were read long ago.</summary>
public sealed class CopyMemory : MemorySystem
{
    const int Symbols = 8, Blank = 0, Begin = Symbols + 1;

    public override string Name => "copy-memory";

    public override string Title => "symbols said again after a long pause (no data needed)";

    public override Settings Settings() => base.Settings().Add("symbols", 10, "how many of eight symbols are said again");

    private protected override Dataset Draw(Settings settings, int count, ulong seed)
    {
        var length = settings.Count("symbols");
        var (steps, random) = (settings.Count("lag") + 2 * length, new SplitMix64(seed));
        int[] tokens = new int[count * steps], answers = new int[count * length];
        for (var e = 0; e < count; e++)
        {
            for (var n = 0; n < length; n++) tokens[e * steps + n] = answers[e * length + n] = random.Integer(Blank + 1, Symbols);
            tokens[e * steps + steps - length] = Begin;
        }
        return new ArrayDataset(Name, ("tokens", HostArray.Of<int>(DType.Int32, tokens, count, steps)),
            ("answer", HostArray.Of<int>(DType.Int32, answers, count, length)));
    }

    private protected override Layer Model(Settings settings) =>
        new RecurrentLanguageModel(Begin + 1, 16, Network(settings, 16));

    private protected override (Tensor Loss, Tensor Right) Judge(Layer model, Tensor[] fields)
    {
        var scores = model.Forward(fields[0])[.., ^fields[1].Shape[1].., ..];
        return (scores.Flatten(0, 1).CrossEntropy(fields[1].Flatten()), scores.ArgMax(-1).Equal(fields[1]).To(DType.Float32).Mean());
    }
}

/// <summary>Adds the two numbers of a sequence that are marked.</summary>
public sealed class Adding : MemorySystem
{
    // A sum that is nearer than this counts as right.
    const double Near = 0.04;

    public override string Name => "adding";

    public override string Title => "the sum of two marked numbers in a long sequence (no data needed)";

    private protected override Dataset Draw(Settings settings, int count, ulong seed)
    {
        var (steps, random) = (Math.Max(2, settings.Count("lag")), new SplitMix64(seed));
        double[] x = new double[count * steps * 2], sums = new double[count];
        for (var e = 0; e < count; e++)
        {
            for (var t = 0; t < steps; t++) x[(e * steps + t) * 2] = random.Uniform();
            foreach (var t in new[] { random.Integer(0, steps / 2 - 1), random.Integer(steps / 2, steps - 1) })
            {
                x[(e * steps + t) * 2 + 1] = 1;
                sums[e] += x[(e * steps + t) * 2];
            }
        }
        return new ArrayDataset(Name, ("x", HostArray.FromDoubles(DType.Float32, [count, steps, 2], x)),
            ("sum", HostArray.FromDoubles(DType.Float32, [count, 1], sums)));
    }

    private protected override Layer Model(Settings settings) => new LastStep(Network(settings, 2), settings.Count("units"));

    private protected override (Tensor Loss, Tensor Right) Judge(Layer model, Tensor[] fields)
    {
        var y = model.Forward(fields[0]);
        return (y.Mse(fields[1]), (y - fields[1]).Abs().Less(Near).To(DType.Float32).Mean());
    }

    /// <summary>A linear layer on the state after the last step: x [b, t, i] to [b, 1].</summary>
    sealed class LastStep : Layer
    {
        readonly Recurrent network;
        readonly Linear head;

        public LastStep(Recurrent network, int units)
        {
            this.network = Child("network", network);
            head = Child("head", new Linear(units, 1));
        }

        protected override Tensor Run(Tensor x) => head.Forward(network.Forward(x.Transpose(0, 1))[^1]);
    }
}
