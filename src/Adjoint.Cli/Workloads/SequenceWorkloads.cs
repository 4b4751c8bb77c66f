namespace Adjoint.Cli;

/// <summary>Whole training steps of models of text, the next letter of 65, and the letters they write one by one.</summary>
static class SequenceWorkloads
{
    const int Letters = 65, Length = 128, Embedded = 256, Written = 127, Prompt = 512;

    public static IEnumerable<Workload> All =>
    [
        Training("lstm", 32, () => Lstm(1, 256)), Training("lstm_scan", 32, () => new OwnCellModel(Embedded, 256)),
        Training("lstm_2x512", 32, () => Lstm(2, 512)), Training("gpt", 16, () => new Gpt()),
        Writing("lstm_decode", () => Lstm(1, 256)), Writing("lstm_2x512_decode", () => Lstm(2, 512)), Writing("gpt_decode", () => new Gpt()),
        WritingAgain("gpt_decode_uncached", () => new Gpt()),
        Reading("gpt_prompt_512", Prompt, () => new Gpt(Prompt)), Reading("lstm_prompt_512", Prompt, () => Lstm(1, 256)),
    ];

    public static RecurrentLanguageModel Lstm(int layers, int units) => new(Letters, Embedded, new Lstm(Embedded, units, layers));

    /// <summary>Letters [b, 128].</summary>
    public static Tensor Text(int batch) => Workload.Labels(Letters, batch, Length);

    static Workload Training(string name, int batch, Func<LanguageModel> make) => new(name, () =>
    {
        var model = Workload.Made(make());
        Tensor tokens = Text(batch), next = Workload.Labels(Letters, batch * Length);
        return Workload.Training(new Adam(model.Parameters), () => model.Forward(tokens).Reshape(-1, Letters).CrossEntropy(next));
    });

    // Always the likeliest letter; of all that are written the time of one is told.
    static Workload Writing(string name, Func<LanguageModel> make) => new(name, () =>
    {
        var model = Workload.Made(make());
        return () => [model.Forward(Tensor.Of([0], 1, 1))];
    })
    {
        Parts = Written,
        Whole = () =>
        {
            var model = Workload.Made(make());
            model.Evaluate();
            var text = model.Continue();
            return () =>
            {
                text.Restart();
                for (int n = 0, token = 0; n < Written; n++) token = Likeliest(text.Next(token));
            };
        },
    };

    // The whole text so far is read again for every letter.
    static Workload WritingAgain(string name, Func<LanguageModel> make) => Writing(name, make) with
    {
        Whole = () =>
        {
            var model = Workload.Made(make());
            model.Evaluate();
            var step = Step.Capture(tokens => model.Forward(tokens)[0, ^1]);
            return () =>
            {
                var text = new List<int> { 0 };
                for (var n = 0; n < Written; n++) text.Add(Likeliest(step.Run(Tensor.Of<int>([.. text], 1, text.Count))[0].ToArray<float>()));
            };
        },
    };

    // A prompt, up to the scores of what follows it.
    static Workload Reading(string name, int length, Func<LanguageModel> make) => new(name, () =>
    {
        var model = Workload.Made(make());
        var tokens = Workload.Labels(Letters, 1, length);
        return () => [model.Forward(tokens)[.., ^1]];
    })
    {
        Whole = () =>
        {
            var model = Workload.Made(make());
            model.Evaluate();
            var (text, prompt) = (model.Continue(), Workload.Labels(Letters, length).To(DType.Int32).ToArray<int>());
            return () =>
            {
                text.Restart();
                text.Next(prompt);
            };
        },
    };

    static int Likeliest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var n = 1; n < scores.Length; n++)
            if (scores[n] > scores[best]) best = n;
        return best;
    }

    /// <summary>An LSTM as a cell of the user's own.</summary>
    public sealed class OwnCellModel : LanguageModel
    {
        readonly Embedding table;
        readonly OwnCell cell;
        readonly Linear head;

        public OwnCellModel(int inputs, int units)
        {
            table = Child("table", new Embedding(Letters, inputs));
            cell = Child("cell", new OwnCell(inputs, units));
            head = Child("head", new Linear(units, Letters));
        }

        protected override Tensor Run(Tensor tokens) => head.Forward(cell.Forward(table.Forward(tokens.T))).Transpose(0, 1);

        internal override Continuation Continue() => throw new InternalException("a cell of a benchmark writes nothing");
    }

    sealed class OwnCell : RecurrentCell
    {
        readonly Linear input, state;

        public OwnCell(int inputs, int units)
        {
            input = Child("input", new Linear(inputs, 4 * units));
            state = Child("state", new Linear(units, 4 * units, bias: false));
            Units = units;
        }

        int Units { get; }

        protected override Tensor[] Start(int batch, DType type) => [Tensor.Zeros(type, batch, Units), Tensor.Zeros(type, batch, Units)];

        protected override Tensor[] Step(Tensor x, Tensor[] states)
        {
            var gates = (input.Forward(x) + state.Forward(states[0])).Split(Units);
            var c = gates[1].Sigmoid() * states[1] + gates[0].Sigmoid() * gates[2].Tanh();
            return [gates[3].Sigmoid() * c.Tanh(), c];
        }
    }

    /// <summary>Four layers with biases, a head of its own.</summary>
    public sealed class Gpt : LanguageModel
    {
        const int Width = Embedded, Layers = 4, Heads = 4;

        readonly int length;
        readonly Embedding table;
        readonly LearnedPositions places;
        readonly TransformerStack stack;
        readonly Linear head;

        /// <param name="length">The most letters it looks at.</param>
        public Gpt(int length = Length)
        {
            this.length = length;
            table = Child("table", new Embedding(Letters, Width));
            places = Child("places", new LearnedPositions(length, Width, Init.Normal(0.02)));
            stack = Child("stack", new TransformerStack(new(Width, Heads) { Rule = new ScaledDotProduct(isCausal: true) }, Layers));
            head = Child("head", new Linear(Width, Letters, bias: false));
        }

        protected override Tensor Run(Tensor tokens) => head.Forward(stack.Forward(places.Forward(table.Forward(tokens))));

        internal override Continuation Continue() => new CachedContinuation(length,
            (tokens, cache) => stack.Step(places.Step(table.Forward(tokens), cache), cache), head.Forward);
    }
}
