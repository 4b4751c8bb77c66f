namespace Adjoint.Cli;

/// <summary>Whole training steps of models of text: the next letter of 65.</summary>
static class SequenceWorkloads
{
    const int Letters = 65, Length = 128;

    public static IEnumerable<Workload> All =>
    [
        Recurrent("lstm", 1, 256, Lstm), Recurrent("lstm_scan", 1, 256, Scanned), Recurrent("lstm_2x512", 2, 512, Lstm),
        Gpt,
    ];

    static Workload Recurrent(
        string name, int layers, int width, Func<Parameters, int, int, Func<Tensor, Tensor>> layer) => new(name, () =>
    {
        const int Batch = 32, Embedded = 256;
        var model = new Parameters();
        Tensor tokens = Workload.Labels(Letters, Length, Batch), next = Workload.Labels(Letters, Length * Batch);
        var table = model.Add(Workload.Random(1, Letters, Embedded));
        var hidden = new List<Func<Tensor, Tensor>>();
        for (var l = 0; l < layers; l++) hidden.Add(layer(model, l == 0 ? Embedded : width, width));
        var last = model.Linear(width, Letters);
        return () => model.Adam(last(hidden.Aggregate(table.Embedding(tokens), (x, run) => run(x)))
            .Reshape(-1, Letters).CrossEntropy(next));
    });

    static Func<Tensor, Tensor> Lstm(Parameters model, int inputs, int width)
    {
        Tensor w = model.Weight(4 * width, inputs), u = model.Weight(4 * width, width);
        Tensor bw = model.Bias(4 * width), bu = model.Bias(4 * width);
        return x =>
        {
            var zero = Tensor.Zeros(x.Shape[1], width);
            return RecurrentOps.Lstm.Call([x, w, u, bw, bu, zero, zero]);
        };
    }

    // The same network as a cell of the user's own.
    static Func<Tensor, Tensor> Scanned(Parameters model, int inputs, int width)
    {
        Tensor w = model.Weight(4 * width, inputs), u = model.Weight(4 * width, width), bias = model.Bias(4 * width);
        return x =>
        {
            var zero = Tensor.Zeros(x.Shape[1], width);
            return Tensor.Scan((now, states) =>
            {
                var gates = (now.Linear(w, bias) + states[0].MatMulTransposed(u)).Split(width);
                var c = gates[1].Sigmoid() * states[1] + gates[0].Sigmoid() * gates[2].Tanh();
                return [gates[3].Sigmoid() * c.Tanh(), c];
            }, x, zero, zero)[0];
        };
    }

    static Workload Gpt => new("gpt", () =>
    {
        const int Batch = 16, Width = 256, Layers = 4;
        var model = new Parameters();
        Tensor tokens = Workload.Labels(Letters, Batch, Length), next = Workload.Labels(Letters, Batch * Length);
        var table = model.Add(Workload.Random(1, Letters, Width));
        var places = model.Add(Workload.Random(0.02, Length, Width));
        var blocks = Enumerable.Range(0, Layers).Select(_ => Block(model, Width)).ToList();
        var norm = Norm(model, Width);
        var last = model.Weight(Letters, Width);
        return () => model.Adam(norm(blocks.Aggregate(table.Embedding(tokens) + places, (x, block) => block(x)))
            .MatMulTransposed(last).Reshape(-1, Letters).CrossEntropy(next));
    });

    static Func<Tensor, Tensor> Block(Parameters model, int width)
    {
        const int Heads = 4;
        Func<Tensor, Tensor> before = Norm(model, width), parts = model.Linear(width, 3 * width),
            together = model.Linear(width, width), between = Norm(model, width), wide = model.Linear(width, 4 * width),
            narrow = model.Linear(4 * width, width);
        return x =>
        {
            var qkv = parts(before(x)).Split(width);
            x += together(qkv[0].AttentionMultiheadCausal(qkv[1], qkv[2], Heads));
            return x + narrow(wide(between(x)).Gelu());
        };
    }

    static Func<Tensor, Tensor> Norm(Parameters model, int width)
    {
        Tensor gain = model.Add(Tensor.Ones(width)), bias = model.Bias(width);
        return x => x.LayerNorm(gain, bias);
    }
}
