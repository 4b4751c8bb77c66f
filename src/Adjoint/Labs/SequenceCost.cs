namespace Adjoint;

/// <summary>One way to read or to generate a sequence, as a program and as a call that is timed.</summary>
/// <param name="Formula">Operations by the length.</param>
/// <param name="Exponent">How they grow for long sequences.</param>
/// <param name="Predicted">Operations at a length.</param>
sealed record SequenceCost(string Name, string Formula, int Exponent, Func<int, double> Predicted)
{
    /// <summary>Lengths at which the interpreter counts.</summary>
    public static readonly int[] Counted = [16, 64];

    /// <summary>What the interpreter counts; null where the steps of the whole are programs of their own.</summary>
    public LoopProgram? Program { get; init; }

    Func<int, Dictionary<string, int>> Sizes { get; init; } = _ => [];

    /// <summary>The length up to which it is timed: the longer, the less is spent on what does not grow.</summary>
    public int Longest { get; init; } = Exponent == 1 ? 16384 : 8192;

    /// <summary>A call at a length, ready to be timed.</summary>
    public Func<int, Action>? Prepare { get; init; }

    /// <summary>The call that is made for every prefix.</summary>
    public Func<int, Action>? FromPrefixes { get; init; }

    public double Count(int length, ulong seed)
    {
        var (sizes, random) = (Sizes(length), new SplitMix64(seed));
        var operands = Program!.Operands.ToDictionary(o => o.Name, o => NdArray.Generate(
            [.. o.Dims.Select(d => d.Axes.Aggregate(1, (size, axis) => size * sizes[axis]))], _ => 0.1 * random.Normal()));
        var attributes = Program.Attributes.Where(a => sizes.ContainsKey(a.Name)).ToDictionary(a => a.Name, a => (double)sizes[a.Name]);
        return Reference.Run(Cost.Of(Program).Counted, operands, attributes, new() { CountOperations = true }).Operations.Values.Sum();
    }

    public static IReadOnlyList<SequenceCost> All(int width, int window, int degree, int narrow)
    {
        Dictionary<string, int> Recurrent(int t) => new() { ["t"] = t, ["b"] = 1, ["i"] = width, ["j"] = width, ["k"] = width, ["g"] = 4 };
        Dictionary<string, int> Attentive(int t) => new() { ["b"] = 1, ["t"] = t, ["u"] = t, ["c"] = width, ["d"] = width, ["window"] = window };
        var words = MaclaurinWords.Of(narrow, degree, isSymmetric: false, DType.Float32);
        var softmax = Of("softmax attention", AttentionOps.AttentionCausal.Program, 2, Attentive, t => Attend(t, width, (q, k, v) => q.AttentionCausal(k, v)));
        return
        [
            Of("RNN", RecurrentOps.Rnn.Program, 1, Recurrent, t => RunOf(RecurrentOps.Rnn, Recurrent(t))),
            Of("LSTM", RecurrentOps.LstmOneBias.Program, 1, Recurrent, t => RunOf(RecurrentOps.LstmOneBias, Recurrent(t))),
            softmax,
            Of($"window {window}", AttentionOps.AttentionWindowed.Program, 1, Attentive, t => Attend(t, width, (q, k, v) => q.AttentionWindowed(k, v, window))),
            Of($"linear, degree {degree}", LinearAttentionOps.LinearAttention.Program, 1,
                t => new() { [".."] = 1, ["t"] = t, ["u"] = t, ["m"] = words.Count, ["d"] = narrow },
                t => Attend(t, narrow, (q, k, v) => words.Features(q).LinearAttention(words.Features(k), v))),
            new("generation, cached", "sum over t of a step", 2, n => Sum(n, t => OfStep(t, width))) { Prepare = n => Generate(n, width), Longest = 16384 },
            new("generation, uncached", "sum over t of softmax attention", 3, n => Sum(n, softmax.Predicted)) { FromPrefixes = softmax.Prepare },
        ];
    }

    static SequenceCost Of(string name, LoopProgram program, int exponent, Func<int, Dictionary<string, int>> sizes, Func<int, Action> prepare)
    {
        // The formula keeps the length; what stands for it in other places is the length, too.
        var symbols = sizes(2).ToDictionary(s => s.Key, s => (Polynomial)s.Value);
        foreach (var axis in (string[])["t", "u"])
            if (symbols.ContainsKey(axis)) symbols[axis] = Polynomial.Symbol("t");
        var formula = Cost.Of(program, symbols).Operations;
        return new(name, formula.ToString(), exponent, t => (double)formula.Evaluate(new Dictionary<string, int> { ["t"] = t }).Numerator)
        {
            Program = program, Sizes = sizes, Prepare = prepare,
        };
    }

    static double OfStep(int t, int width) =>
        Number(GenerationOps.AttentionStep.Program, new() { ["b"] = 1, ["u"] = t, ["c"] = width, ["d"] = width });

    static double Number(LoopProgram program, Dictionary<string, int> sizes) =>
        (double)Cost.Of(program, sizes.ToDictionary(s => s.Key, s => (Polynomial)s.Value)).Operations.Value.Numerator;

    // A step costs a polynomial of its place, quadratic at most: three values tell all of them.
    static double Sum(int n, Func<int, double> ofStep)
    {
        double at1 = ofStep(1), at2 = ofStep(2), at3 = ofStep(3);
        var (second, first) = ((at3 - 2 * at2 + at1) / 2, at2 - at1);
        return Enumerable.Range(1, n).Sum(t => at1 + (t - 1) * first + (t - 1.0) * (t - 2) * second);
    }

    static Action RunOf(Op op, Dictionary<string, int> sizes)
    {
        Tensor[] operands = [.. op.Program.Operands.Select((o, n) => Made((ulong)n, [.. o.Dims.Select(d => d.Axes.Aggregate(1, (size, axis) => size * sizes[axis]))]))];
        var step = Step.Capture((Tensor[] given) => [op.Call(given)]);
        return () => step.Run(operands);
    }

    static Action Attend(int t, int width, Func<Tensor, Tensor, Tensor, Tensor> attention)
    {
        Tensor q = Made(1, 1, t, width), k = Made(2, 1, t, width), v = Made(3, 1, t, width);
        var step = Step.Capture((Tensor[] given) => [attention(given[0], given[1], given[2])]);
        return () => step.Run(q, k, v);
    }

    static Action Generate(int n, int width)
    {
        var layer = new MultiHeadAttention(width, 1, new ScaledDotProduct(isCausal: true), bias: false);
        layer.Initialize(1);
        var cache = new KvCache(n);
        var x = Made(4, 1, width);
        var step = Step.Capture(given => layer.Step(given, cache));
        return () =>
        {
            cache.Clear();
            for (var t = 0; t < n; t++)
            {
                step.Run(x);
                cache.Advance();
            }
        };
    }

    static Tensor Made(ulong seed, params int[] shape)
    {
        var random = new SplitMix64(seed);
        return Tensor.Of(HostArray.FromDoubles(DType.Float32, shape, NdArray.Generate(shape, _ => 0.1 * random.Normal()).Values));
    }
}
